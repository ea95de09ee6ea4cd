// The state machine of one endpoint (RFC 9293 §3.3.2), as an observer can drive it from what passes the capture point.
// An observer never sees a segment arrive. What an endpoint has received is known from what it acknowledges, so RCVD
// events are raised by the receiver's own acknowledgment. That keeps crossed FINs apart from answered ones (CLOSING
// against LAST-ACK), which a machine driven by passing packets alone would mix up.

// Endpoint states as small integers, in the order of STATE_NAMES.

/** Nothing of this side, and no proof of its state, has passed yet. */
export const UNKNOWN = 0
export const CLOSED = 1
export const LISTEN = 2
export const SYN_SENT = 3
export const SYN_RECEIVED = 4
export const ESTABLISHED = 5
export const FIN_WAIT_1 = 6
export const FIN_WAIT_2 = 7
export const CLOSE_WAIT = 8
export const CLOSING = 9
export const LAST_ACK = 10
export const TIME_WAIT = 11
export const STATE_COUNT = 12

/** State names in the RFC's spelling, by state number; the first is empty. */
export const STATE_NAMES = [
  '',
  'CLOSED',
  'LISTEN',
  'SYN-SENT',
  'SYN-RECEIVED',
  'ESTABLISHED',
  'FIN-WAIT-1',
  'FIN-WAIT-2',
  'CLOSE-WAIT',
  'CLOSING',
  'LAST-ACK',
  'TIME-WAIT',
] as const
/** The name of a state. */
export type TcpState = Exclude<(typeof STATE_NAMES)[number], ''>

/** Events at one endpoint: what it sent, and what its own segments prove it received. */
export const SENT_SYN = 0
export const SENT_SYN_ACK = 1
/** Any segment with ACK that is neither SYN, FIN nor RST: the sender takes the connection for open. */
export const SENT_ACK = 2
export const SENT_FIN = 3
export const SENT_RST = 4
/** The peer acknowledged our SYN. */
export const SYN_ACKED = 5
/** We acknowledged the peer's FIN. */
export const RCVD_FIN = 6
/** The peer acknowledged our FIN. */
export const FIN_ACKED = 7
export const RCVD_RST = 8
export const EVENT_COUNT = 9

/** One edge: in state `from`, event `on` leads to state `to`. */
export type Edge = readonly [from: number, on: number, to: number]

const RESETTABLE: readonly number[] = [
  UNKNOWN,
  LISTEN,
  SYN_SENT,
  SYN_RECEIVED,
  ESTABLISHED,
  FIN_WAIT_1,
  FIN_WAIT_2,
  CLOSE_WAIT,
  CLOSING,
  LAST_ACK,
  TIME_WAIT,
]

/** RFC 9293 Figure 5 for an observer. A (state, event) pair that is not listed leaves the state as it is. */
export const EDGES: readonly Edge[] = [
  // Opening, §3.5.
  [UNKNOWN, SENT_SYN, SYN_SENT], // active open
  [LISTEN, SENT_SYN, SYN_SENT], // the supposed server opens too: simultaneous open
  [UNKNOWN, SENT_SYN_ACK, SYN_RECEIVED], // its SYN was not captured
  [LISTEN, SENT_SYN_ACK, SYN_RECEIVED], // passive open
  [SYN_SENT, SENT_SYN_ACK, SYN_RECEIVED], // simultaneous open, §3.5 figure 7
  [SYN_SENT, SENT_ACK, ESTABLISHED], // it acknowledges the SYN-ACK
  [SYN_RECEIVED, SYN_ACKED, ESTABLISHED], // third packet of the handshake
  [CLOSED, SENT_SYN, SYN_SENT], // the same SYN again after a reset: half-open recovery, §3.5.1
  [CLOSED, SENT_SYN_ACK, SYN_RECEIVED],
  // A capture that begins later: a side that acknowledges is at least established.
  [UNKNOWN, SENT_ACK, ESTABLISHED],
  [LISTEN, SENT_ACK, ESTABLISHED],
  [UNKNOWN, SYN_ACKED, ESTABLISHED],
  [LISTEN, SYN_ACKED, ESTABLISHED], // the peer acknowledges a SYN-ACK that was not captured
  // Closing, §3.6.
  [UNKNOWN, SENT_FIN, FIN_WAIT_1], // first packet of a late capture
  [LISTEN, SENT_FIN, FIN_WAIT_1],
  [SYN_SENT, SENT_FIN, FIN_WAIT_1], // handshake ACK not captured
  [SYN_RECEIVED, SENT_FIN, FIN_WAIT_1], // allowed, §3.10.4
  [ESTABLISHED, SENT_FIN, FIN_WAIT_1], // case 1: active close
  [FIN_WAIT_1, FIN_ACKED, FIN_WAIT_2],
  [FIN_WAIT_1, RCVD_FIN, CLOSING], // case 3: the FINs crossed
  [FIN_WAIT_2, RCVD_FIN, TIME_WAIT],
  [CLOSING, FIN_ACKED, TIME_WAIT],
  [UNKNOWN, RCVD_FIN, CLOSE_WAIT],
  [LISTEN, RCVD_FIN, CLOSE_WAIT],
  [SYN_SENT, RCVD_FIN, CLOSE_WAIT],
  [SYN_RECEIVED, RCVD_FIN, CLOSE_WAIT],
  [ESTABLISHED, RCVD_FIN, CLOSE_WAIT], // case 2: passive close
  [CLOSE_WAIT, SENT_FIN, LAST_ACK],
  [LAST_ACK, FIN_ACKED, CLOSED],
  // A reset ends the connection at both ends, §3.5.3; TIME-WAIT too, as Linux has it (RFC 1337). Only a listener is not
  // bothered by one, §3.10.7.2.
  ...RESETTABLE.map((state): Edge => [state, SENT_RST, CLOSED]),
  ...RESETTABLE.filter((state) => state !== LISTEN).map((state): Edge => [state, RCVD_RST, CLOSED]),
]

/** NEXT_STATE[state * EVENT_COUNT + event], compiled from {@link EDGES}. */
export const NEXT_STATE: Uint8Array = compileEdges(EDGES)

function compileEdges(edges: readonly Edge[]): Uint8Array {
  const next = new Uint8Array(STATE_COUNT * EVENT_COUNT)
  for (let state = 0; state < STATE_COUNT; state++) {
    next.fill(state, state * EVENT_COUNT, (state + 1) * EVENT_COUNT)
  }
  for (const [from, on, to] of edges) next[from * EVENT_COUNT + on] = to
  return next
}

/** The state that `event` leads to from `state`. */
export function nextState(state: number, event: number): number {
  return NEXT_STATE[state * EVENT_COUNT + event] as number
}
