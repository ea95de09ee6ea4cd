// The same connection captured on both sides of a NAT: two streams under different addresses, with the same initial
// sequence numbers, which address translation leaves alone. Both ISNs are random (RFC 6528), so that two connections
// share them by chance once in 2^64. Kept is only what passed lately, in a table of fixed size that newer entries overwrite.

import * as L from './layout.js'

const SLOTS = 1 << 10
/** Client ISN, server ISN, record, stream. */
const WORDS = 4
/** Both copies of a SYN-ACK pass within this time. */
const WITHIN_NS = 100e6

/** Finds connections that are another one's twin. */
export class NatTwins {
  private readonly words = new Int32Array(SLOTS * WORDS)
  private readonly times = new Float64Array(SLOTS)

  /** A SYN-ACK of `server` passed for the first time on a connection: marks it and its twin, if it has one. */
  onSynAck(ints: Int32Array, record: number, client: number, server: number, timeNs: number): void {
    const clientIsn = ints[client + L.ISN] as number
    const serverIsn = ints[server + L.ISN] as number
    const slot = (Math.imul(clientIsn, 0x9e3779b1) ^ serverIsn) & (SLOTS - 1)
    const { words, times } = this
    const at = slot * WORDS
    const conn = record * L.CONN_INTS
    const twin = (words[at + 2] as number) * L.CONN_INTS
    if (
      words[at] === clientIsn &&
      words[at + 1] === serverIsn &&
      ints[twin + L.STREAM] === words[at + 3] &&
      twin !== conn &&
      Math.abs(timeNs - (times[slot] as number)) <= WITHIN_NS &&
      sharesPort(ints, conn, twin)
    ) {
      ints[conn + L.CONN_FLAGS] = (ints[conn + L.CONN_FLAGS] as number) | L.CONN_NAT_TWIN
      ints[twin + L.CONN_FLAGS] = (ints[twin + L.CONN_FLAGS] as number) | L.CONN_NAT_TWIN
    }
    words[at] = clientIsn
    words[at + 1] = serverIsn
    words[at + 2] = record
    words[at + 3] = ints[conn + L.STREAM] as number
    times[slot] = timeNs
  }
}

/** NAT keeps at least one of the two ports almost always. */
function sharesPort(ints: Int32Array, a: number, b: number): boolean {
  const [x, y] = [ints[a + L.PORTS] as number, ints[b + L.PORTS] as number]
  return x >>> 16 === y >>> 16 || (x & 0xffff) === (y & 0xffff)
}
