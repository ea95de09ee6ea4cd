// What is said about every ending, and the verdicts they belong to.

/** Verdicts in the order of reports, with a heading each that leaves room beside numbers. */
export const VERDICTS = [
  { verdict: 'graceful_fin', title: 'closed by FIN from both sides' },
  { verdict: 'rst_after_kill', title: 'reset: closed, killed or gone' },
  { verdict: 'rst_abort', title: 'reset on purpose, nothing unread' },
  { verdict: 'keepalive_timeout', title: 'keepalive probes went unanswered' },
  { verdict: 'lingering_established', title: 'still open at the end' },
  { verdict: 'retransmission_timeout', title: 'given up after retransmissions' },
  { verdict: 'handshake_failed', title: 'never fully established' },
  { verdict: 'reset_other', title: 'reset by a third party, or unclear' },
  { verdict: 'incomplete', title: 'too little captured to judge' },
] as const

/** How a connection ended, in one word. */
export type Verdict = (typeof VERDICTS)[number]['verdict']

/**
 * Linux `sk_rst_reason` names (include/net/rstreason.h); they join with eBPF traces of
 * trace/events/tcp/tcp_send_reset.
 */
export type KernelReason =
  | 'NO_SOCKET'
  | 'TCP_ABORT_ON_CLOSE'
  | 'TCP_ABORT_ON_DATA'
  | 'TCP_ABORT_ON_LINGER'
  | 'TCP_ABORT_ON_MEMORY'
  | 'TCP_KEEPALIVE_TIMEOUT'
  | 'TCP_STATE'
  | 'TCP_TIMEWAIT_SOCKET'

/**
 * How much an ending matters to those who run the service: 0 as it should be, or a habit (counted, not listed), 1 worth a look,
 * 2 trouble, 3 something broke.
 */
export type Severity = 0 | 1 | 2 | 3

/** How much a connection of each severity counts where endings are ordered: what is rare and broken comes before common oddities. */
export const TROUBLE = [0, 1, 10, 100] as const

/** One ending: a verdict with one of its causes, and all texts about it. */
export interface EndingRow {
  readonly verdict: Verdict
  /** Why, in one word; unique within its verdict. */
  readonly cause: string
  /** What the packets show, in one sentence. */
  readonly meaning: string
  /** What usually is the reason, and what to look at. */
  readonly usually: string
  /** What to look at, or change, next. */
  readonly advice: string
  /** The ending in passing, fit to follow "it could also be". */
  readonly brief: string
  /** RFC section or kernel function that makes it so. */
  readonly source: string
  /** The code paths of Linux that can have sent the deciding RST. */
  readonly kernelReasons: readonly KernelReason[]
  readonly severity: Severity
}
