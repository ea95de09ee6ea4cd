// How long the timers of a host run, as far as an observer can rely on it.

/** A timer is late by an eighth at most (the granularity of the kernel's timer wheel), never early. */
export const LATE = 1.125
/** From here on an answer that did not come within the capture is likely to be missing. */
export const ANSWER_NS = 1e9
/** No Linux retransmission timer waits longer (TCP_RTO_MAX), lateness included. */
export const LONGEST_WAIT_NS: number = 120e9 * LATE
/** What Linux and BSD wait between two keepalive probes by default (tcp_keepalive_intvl). */
export const DEFAULT_PROBE_INTERVAL_NS = 75e9
