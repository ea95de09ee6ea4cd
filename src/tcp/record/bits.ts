// Bits of the words of the records: what is true of a connection, a side, a reset, a trigger, an ICMP error.

// ---- ConnectionWords.flags -------------------------------------------------------------------------------

/** Side 1 is the client. */
export const CONN_CLIENT_IS_SIDE_1: number = 1 << 0

/** A SYN or SYN-ACK told the roles. */
export const CONN_ROLES_KNOWN: number = 1 << 1

/** IPv6 addresses. */
export const CONN_IPV6: number = 1 << 2

/** Already reported; later packets are only counted. */
export const CONN_REPORTED: number = 1 << 3

/** A new connection took the 4-tuple over. */
export const CONN_SUPERSEDED: number = 1 << 4

/** Pushed out of a full table before its end was known. */
export const CONN_EVICTED: number = 1 << 5

/** A packet's time lay before that of an earlier one. */
export const CONN_TIME_BACK: number = 1 << 6

/** It took the 4-tuple over from an earlier connection. */
export const CONN_REUSED_PORTS: number = 1 << 7

/** Both SYNs crossed. */
export const CONN_SIMULTANEOUS_OPEN: number = 1 << 8

/** Waits in the queue of closed connections. */
export const CONN_QUEUED: number = 1 << 9

/** Side 0 has sent nothing but SYNs yet, or only an ICMP error told of it. */
export const CONN_HALF_OPEN: number = 1 << 10

/** Both ends are the same address and port: a socket connected to itself (RFC 9293 §3.5, simultaneous open). */
export const CONN_SELF: number = 1 << 11

/** The first SYN was answered with the numbers of an earlier connection, see events/old-incarnation.ts. */
export const CONN_OLD_ANSWERED: number = 1 << 12

/** TCP options of a segment were cut off by the snaplen. */
export const CONN_OPTIONS_CUT: number = 1 << 13

/** Captured on the other side of a NAT as well, see nat-twins.ts. */
export const CONN_NAT_TWIN: number = 1 << 14

/** Its SYN met an open connection, which is watched to see what becomes of it. */
export const CONN_WATCHES_OLD: number = 1 << 15

/** Ended by a segment that Wireshark counts to the connection that follows on the same addresses and ports. */
export const CONN_ENDED_BEYOND: number = 1 << 16

/** The last payload was of side 0; side 1 has the bit above. */
export const CONN_LAST_DATA_0: number = 1 << 17

/** Payload has passed. */
export const CONN_LAST_DATA: number = 3 << 17

/** Its payload holds what is looked for. */
export const CONN_CONTAINS: number = 1 << 19

// ---- ClosingWords.previousKind: values, not bits ------------------------------------------------------

/** Neither closed nor reset. */
export const PREVIOUS_OPEN = 1

/** Closed by one side. */
export const PREVIOUS_HALF_CLOSED = 2

/** Closed by both. */
export const PREVIOUS_CLOSED = 3

/** Reset. */
export const PREVIOUS_RESET = 4

/** Never open. */
export const PREVIOUS_NOT_OPEN = 5

// ---- SideWords.flags -------------------------------------------------------------------------------------

/** ISN holds. */
export const SIDE_ISN_SET: number = 1 << 0

/** NXT holds (this side sent something). */
export const SIDE_NXT_SET: number = 1 << 1

/** ACKED holds (this side acknowledged something). */
export const SIDE_ACK_SET: number = 1 << 2

/** Sent a SYN without ACK. */
export const SIDE_SYN: number = 1 << 3

/** Sent a SYN-ACK. */
export const SIDE_SYN_ACK: number = 1 << 4

/** Sent payload. */
export const SIDE_DATA: number = 1 << 5

/** Sent a FIN. */
export const SIDE_FIN: number = 1 << 6

/** Its FIN was acknowledged. */
export const SIDE_FIN_ACKED: number = 1 << 7

/** Sent a RST. */
export const SIDE_RST: number = 1 << 8

/** Segments other than its RSTs carry timestamps. */
export const SIDE_TIMESTAMPS: number = 1 << 9

/** Segments other than SYN-ACK and RST have a non-zero IP ID. */
export const SIDE_IP_ID: number = 1 << 10

/** The peer acknowledged bytes of this side that were not captured. */
export const SIDE_UNSEEN: number = 1 << 11

/** Its sequence numbers jumped over bytes that have not passed yet. */
export const SIDE_HOLE: number = 1 << 12

/** The last segment was a keepalive probe. */
export const SIDE_LAST_PROBE: number = 1 << 13

/** Sent a segment with ACK that was neither SYN nor RST. */
export const SIDE_PLAIN_ACK: number = 1 << 14

/** Offered window scaling. */
export const SIDE_WINDOW_SCALE: number = 1 << 15

/** Sent a fast open option. */
export const SIDE_TFO: number = 1 << 16

/** Sent a multipath option. */
export const SIDE_MPTCP: number = 1 << 17

/** Acknowledged the peer's payload or FIN, more than its SYN. */
export const SIDE_ACKED_MORE: number = 1 << 18

/** Sent a segment with ACK and without payload that was no SYN. */
export const SIDE_EMPTY_ACK: number = 1 << 19

/** Bytes it jumped over never passed. */
export const SIDE_LOST: number = 1 << 20

/** Sent keepalive or window probes. */
export const SIDE_PROBED: number = 1 << 21

/** Sent payload on its SYN. */
export const SIDE_SYN_DATA: number = 1 << 22

/** Sent a segment without ACK, SYN and RST, which no receiver takes. */
export const SIDE_BARE: number = 1 << 23

/** Sent such a segment with FIN. */
export const SIDE_BARE_FIN: number = 1 << 24

/** The last segment was captured twice. */
export const SIDE_LAST_TWICE: number = 1 << 26

// ---- TeardownSideWords.rstMeta ---------------------------------------------------------------------------

/** Carries ACK. */
export const RST_HAS_ACK: number = 1 << 0

/** Carries timestamps. */
export const RST_HAS_TIMESTAMPS: number = 1 << 1

/** Sequence number is exactly what the receiver expects. */
export const RST_EXACT: number = 1 << 2

/** Sequence number lies in the receiver's window. */
export const RST_IN_WINDOW: number = 1 << 3

/** A SYN without answer was the only thing the peer had sent. */
export const RST_ANSWERS_SYN: number = 1 << 4

/** It was captured twice. */
export const RST_TWICE: number = 1 << 5

// ---- TeardownSideWords.ignoredWhy: values, not bits ------------------------------------------------------

/** Its sequence number lies ahead of what its receiver expects, in the window: challenged. */
export const IGNORED_AHEAD = 1

/** It lies beyond the window. */
export const IGNORED_BEYOND = 2

/** It lies behind what its receiver has already got. */
export const IGNORED_BEHIND = 3

/** In answer to a SYN, it does not acknowledge the SYN. */
export const IGNORED_ACK = 4

/** In answer to a SYN, it has no ACK. */
export const IGNORED_NO_ACK = 5

// ---- TeardownSideWords.triggerMeta -----------------------------------------------------------------------

/** The segment was a keepalive or window probe. */
export const TRIGGER_PROBE: number = 1 << 0

/** The segment was captured twice. */
export const TRIGGER_TWICE: number = 1 << 1

// ---- TeardownWords.icmpKind ------------------------------------------------------------------------------

/** Of ICMPv6. */
export const ICMP_V6: number = 1 << 16

/** The quoted segment was a SYN. */
export const ICMP_QUOTES_SYN: number = 1 << 17

/** Sent by the host to which the quoted packet was sent. */
export const ICMP_FROM_TARGET: number = 1 << 18

// ---- TeardownSideWords.seriesKind: values, not bits ------------------------------------------------------

/** A SYN that is sent again. */
export const SERIES_SYN = 1

/** A SYN-ACK that is sent again. */
export const SERIES_SYN_ACK = 2

/** Payload that is sent again. */
export const SERIES_DATA = 3

/** A FIN that is sent again. */
export const SERIES_FIN = 4

/** Probes of a closed window. */
export const SERIES_WINDOW_PROBE = 5
