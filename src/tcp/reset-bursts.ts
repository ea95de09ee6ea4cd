// Resets that come in bulk: what a listener does to the connections nobody has accepted, when it is closed or its
// process dies (inet_csk_listen_stop). One such connection cannot be told from an abort; several at the same instant, or
// a port that refuses right afterwards, can. Kept for each server endpoint, filled by resets only.

import * as L from './layout.js'

/** Resets of one endpoint within one instant, by sockets that had never sent payload. */
export interface Flush {
  firstNs: number
  lastNs: number
  /** Resets in all, and those on which the client had sent nothing either. */
  resets: number
  bareResets: number
  /** The first SYN refused by the endpoint afterwards; frame 0 for none. */
  refusedFrame: number
  refusedNs: number
}

/** Resets further apart are two flushes: a kernel tears a queue down in well under a millisecond a connection. */
const SAME_INSTANT_NS = 10e6
/** A refusal later than this says nothing about the flush. */
const REFUSED_WITHIN_NS = 5e9
const MAX_ENDPOINTS = 4096
const MAX_FLUSHES = 16

/** Flushes by server endpoint; the least recently made endpoint is forgotten when there are too many. */
export class FlushLog {
  private readonly endpoints = new Map<EndpointKey, Flush[]>()

  /** A server's reset on a connection on which it never sent payload; `isBare` when its client had not either. */
  addReset(endpoint: EndpointKey, isBare: boolean, timeNs: number): void {
    const flushes = this.endpoints.get(endpoint) ?? this.begin(endpoint)
    let flush = flushes[flushes.length - 1]
    if (flush === undefined || timeNs - flush.lastNs > SAME_INSTANT_NS) {
      flush = {
        firstNs: timeNs,
        lastNs: timeNs,
        resets: 0,
        bareResets: 0,
        refusedFrame: 0,
        refusedNs: 0,
      }
      flushes.push(flush)
      if (flushes.length > MAX_FLUSHES) flushes.shift()
    }
    flush.lastNs = Math.max(flush.lastNs, timeNs)
    flush.resets++
    if (isBare) flush.bareResets++
  }

  /** A SYN to the endpoint was refused. */
  addRefusal(endpoint: EndpointKey, frame: number, timeNs: number): void {
    const flush = this.endpoints.get(endpoint)?.at(-1)
    if (flush === undefined || flush.refusedFrame !== 0) return
    if (timeNs - flush.lastNs > REFUSED_WITHIN_NS) return
    flush.refusedFrame = frame
    flush.refusedNs = timeNs
  }

  /** The flush of an endpoint that a reset at this time belongs to. */
  find(endpoint: EndpointKey, timeNs: number): Flush | undefined {
    return this.endpoints
      .get(endpoint)
      ?.find(({ firstNs, lastNs }) => timeNs >= firstNs && timeNs <= lastNs)
  }

  /** Whether any refusal could matter. */
  get isEmpty(): boolean {
    return this.endpoints.size === 0
  }

  private begin(endpoint: EndpointKey): Flush[] {
    if (this.endpoints.size >= MAX_ENDPOINTS) {
      const [oldest] = this.endpoints.keys()
      if (oldest !== undefined) this.endpoints.delete(oldest)
    }
    const flushes: Flush[] = []
    this.endpoints.set(endpoint, flushes)
    return flushes
  }
}

/** Stands for the address and port of one side of a connection record. */
export type EndpointKey = string | number

/** A key for the address and port of one side; a number for IPv4, which costs a tenth of a text. */
export function endpointKey(ints: Int32Array, record: number, side: number): EndpointKey {
  const conn = record * L.CONN_INTS
  const at = conn + (side === 0 ? L.ADDR_0 : L.ADDR_1)
  const ports = ints[conn + L.PORTS] as number
  const port = side === 0 ? ports >>> 16 : ports & 0xffff
  if (
    ((ints[conn + L.CONN_FLAGS] as number) & L.CONN_IPV6) === 0 &&
    ints[conn + L.ENCAPSULATION] === 0
  ) {
    return ((ints[at] as number) >>> 0) * 0x1_0000 + port
  }
  return `${ints[at]},${ints[at + 1]},${ints[at + 2]},${ints[at + 3]},${port},${ints[conn + L.ENCAPSULATION]}`
}
