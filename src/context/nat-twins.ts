// The same connection captured on both sides of a NAT: two streams under different addresses, with the same initial
// sequence numbers, which address translation leaves alone. Both ISNs are random (RFC 6528), so that two connections
// share them by chance once in 2^64. Kept is only what passed lately, in a table of fixed size that newer entries overwrite.

const SLOTS = 1 << 10
/** Client ISN, server ISN, record, stream. */
const WORDS = 4
/** Both copies of a SYN-ACK pass within this time. */
const WITHIN_NS = 100e6

/** Finds connections that have the initial sequence numbers of another one. */
export class NatTwins {
  /** Lower bits of the stream number of the record that `add` returned: the record may serve another connection by now. */
  stream = 0
  private readonly words = new Int32Array(SLOTS * WORDS)
  private readonly times = new Float64Array(SLOTS)

  /**
   * Takes a SYN-ACK that passed for the first time on the connection in `record`, whose stream number has `stream` as its
   * lower bits. Returns the record of the connection that had the same numbers a moment ago, -1 for none.
   */
  add(
    clientIsn: number,
    serverIsn: number,
    record: number,
    stream: number,
    timeNs: number,
  ): number {
    const slot = (Math.imul(clientIsn, 0x9e3779b1) ^ serverIsn) & (SLOTS - 1)
    const { words, times } = this
    const at = slot * WORDS
    const isTwin =
      words[at] === clientIsn &&
      words[at + 1] === serverIsn &&
      Math.abs(timeNs - (times[slot] as number)) <= WITHIN_NS
    const twin = isTwin ? (words[at + 2] as number) : -1
    this.stream = words[at + 3] as number
    words[at] = clientIsn
    words[at + 1] = serverIsn
    words[at + 2] = record
    words[at + 3] = stream
    times[slot] = timeNs
    return twin
  }
}
