// An incident: what happened to a service, a host or a path, told by several connections.

import type { Confidence } from '../verdict/answer.js'
import type { Ended } from './ended.js'

/** Kinds of incidents, in the order in which they are told when they begin together. */
export type IncidentKind =
  | 'process_death'
  | 'graceful_shutdown'
  | 'service_restart'
  | 'host_vanished'
  | 'path_blocked'
  | 'accept_queue_full'
  | 'close_wait_leak'
  | 'idle_timer'

/** Numbers of an incident, those that its kind has. */
export interface IncidentNumbers {
  /** From the first to the last end of a burst. */
  readonly spreadNs?: number
  /** From the beginning of an outage to the first connection taken again. */
  readonly downtimeNs?: number
  /** From the beginning to the first SYN refused. */
  readonly toRefusedNs?: number
  /** Connections refused. */
  readonly refused?: number
  /** Requests without an answer. */
  readonly requestsLost?: number
  /** Connections that were open and stayed so. */
  readonly leftOpen?: number
  /** The time after which a timer closes. */
  readonly timerNs?: number
  /** New ones a minute. */
  readonly perMinute?: number
  /** How long the oldest has stood. */
  readonly oldestNs?: number
}

/** One incident. Times are ns relative to the zero of its capture. */
export interface Incident extends IncidentNumbers {
  readonly kind: IncidentKind
  /** `ip:port` of a service, or the address of a host. */
  readonly endpoint: string
  readonly startNs: number
  readonly endNs: number
  readonly confidence: Confidence
  /** One sentence, without its time. */
  readonly says: string
  readonly speaksFor: readonly string[]
  readonly speaksAgainst: readonly string[]
  /** The connections it is made of. */
  readonly members: readonly Ended[]
}

/** Longest span that is told: longer ones are those of a clock that was set, see STEP_AHEAD_NS of pipeline.ts. */
const LONGEST_TOLD_NS = 30 * 86_400e9

/** Whether a span can be one that has passed. */
export function isPlausible(ns: number): boolean {
  return ns <= LONGEST_TOLD_NS
}
