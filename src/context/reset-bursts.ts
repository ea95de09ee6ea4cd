// Resets that come in bulk: what a listener does to the connections nobody has accepted, when it is closed or its
// process dies (inet_csk_listen_stop). One such connection cannot be told from an abort; several at the same instant, or
// a port that refuses right afterwards, can. Kept for each server endpoint, filled by resets only.

import { EndpointTable } from './endpoint-table.js'

/** Resets of one endpoint within one instant, by sockets that had never sent payload. */
export interface ResetBurst {
  firstNs: number
  lastNs: number
  /** Resets in all, and those on which the client had sent nothing either. */
  resets: number
  bareResets: number
  /** The first SYN refused by the endpoint afterwards; frame 0 for none. */
  refusedFrame: number
  refusedNs: number
}

/** Resets further apart are two bursts: a kernel tears a queue down in well under a millisecond a connection. */
const SAME_INSTANT_NS = 10e6
/** A refusal later than this says nothing about the burst. */
const REFUSED_WITHIN_NS = 5e9
const MAX_ENDPOINTS = 4096
const MAX_BURSTS = 16

/** Bursts by server endpoint, given as the words of an {@link EndpointTable}; the oldest is forgotten when there are too many. */
export class ResetBursts {
  private readonly endpoints = new EndpointTable(MAX_ENDPOINTS)
  private readonly bursts: ResetBurst[][] = []

  /** A server's reset on a connection on which it never sent payload; `isBare` when its client had not either. */
  addReset(endpoint: Int32Array, isBare: boolean, timeNs: number): void {
    const bursts = this.burstsOf(endpoint) ?? this.begin(endpoint)
    let burst = bursts[bursts.length - 1]
    if (burst === undefined || timeNs - burst.lastNs > SAME_INSTANT_NS) {
      burst = {
        firstNs: timeNs,
        lastNs: timeNs,
        resets: 0,
        bareResets: 0,
        refusedFrame: 0,
        refusedNs: 0,
      }
      bursts.push(burst)
      if (bursts.length > MAX_BURSTS) bursts.shift()
    }
    burst.lastNs = Math.max(burst.lastNs, timeNs)
    burst.resets++
    if (isBare) burst.bareResets++
  }

  /** A SYN to the endpoint was refused. */
  addRefusal(endpoint: Int32Array, frame: number, timeNs: number): void {
    const burst = this.burstsOf(endpoint)?.at(-1)
    if (burst === undefined || burst.refusedFrame !== 0) return
    if (timeNs - burst.lastNs > REFUSED_WITHIN_NS) return
    burst.refusedFrame = frame
    burst.refusedNs = timeNs
  }

  /** The burst of an endpoint that a reset at this time belongs to. */
  find(endpoint: Int32Array, timeNs: number): ResetBurst | undefined {
    return this.burstsOf(endpoint)?.find(
      ({ firstNs, lastNs }) => timeNs >= firstNs && timeNs <= lastNs,
    )
  }

  /** Whether any refusal could matter. */
  get isEmpty(): boolean {
    return this.endpoints.size === 0
  }

  private burstsOf(endpoint: Int32Array): ResetBurst[] | undefined {
    const place = this.endpoints.find(endpoint)
    return place < 0 ? undefined : this.bursts[place]
  }

  private begin(endpoint: Int32Array): ResetBurst[] {
    const bursts: ResetBurst[] = []
    this.bursts[this.endpoints.add(endpoint)] = bursts
    return bursts
  }
}
