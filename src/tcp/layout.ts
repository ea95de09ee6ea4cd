// Where each fact of a connection lies in the packed records of ConnectionTable.
//
// A connection record holds what every packet touches. A closing record holds what FINs touch, a teardown record what
// else happens to connections: resets, retransmission series, probes, ICMP errors. They are attached to connections that
// need them, so that a million open connections or unanswered SYNs cost one small record each, and a graceful close one
// more. That matters: closed connections linger by the thousand, and what does not fit the second-level cache costs most.
//
// A record is a run of 8-byte cells. In a connection record the words of the connection come first, then those of each
// side together, so that a packet touches few lines of cache. In the other two all int32 words come first. Names ending in _F are float64
// positions, all others int32 positions; both count from the start of the record (or of the side's block) in their own
// unit. Sequence numbers are int32 (see seq.ts), times ns relative to the capture clock, frames record numbers from 1.
// An absent event has frame 0; its time then means nothing.

// ---- Connection record, int32 words ------------------------------------------------------------------------------

/** Address of side 0, four words. Side 0 sent the first packet. */
export const ADDR_0 = 0
/** Address of side 1, four words. */
export const ADDR_1 = 4
/** Port of side 0 in the upper 16 bits, of side 1 in the lower. */
export const PORTS = 8
/** Hash of the 4-tuple, the same for both directions. */
export const HASH = 9
/** Wireshark's tcp.stream number, its lower 31 bits; -1 in a record that is not in use. */
export const STREAM = 10
/** CONN_* bits. */
export const CONN_FLAGS = 11
/** Id in the decoder's EncapsulationTable. */
export const ENCAPSULATION = 12
/** Index of the teardown record plus one, 0 for none. */
export const TEARDOWN = 13
/** Zeek's states of both endpoints, see views/zeek.ts. */
export const ZEEK = 14
/** Index of the closing record plus one, 0 for none. */
export const CLOSING_RECORD = 15
/** Letters of Zeek's history. */
export const HISTORY_LENGTH = 28
/** The letters, four to a word, the side in the upper bit of each. */
export const HISTORY = 29
export const HISTORY_MAX = 32
/** The bits of the stream number above the lower 31: a flood reaches them within hours. */
export const STREAM_HIGH = 37

// ---- Connection record, float64 words ----------------------------------------------------------------------------

/** Latest packet time of either side (never runs back). */
export const END_NS_F: number = 8
export const END_FRAME_F: number = 9
/** First packet. */
export const START_NS_F: number = 10
/** Its frame. */
export const START_FRAME_F: number = 11
/** First ACK that completes the handshake. */
export const HANDSHAKE_NS_F: number = 12
export const HANDSHAKE_FRAME_F: number = 13

const CONN_WORDS = 38

// ---- Connection record, per side, int32 words from sideInts(record, side) ----------------------------------------

/** State number of state.ts. */
export const STATE = 0
/** SIDE_* bits. */
export const SIDE_FLAGS = 1
/** Initial sequence number; without a SYN the first sequence number seen minus one. */
export const ISN = 2
/** SND.NXT as far as seen: behind the highest octet sent, SYN and FIN included. */
export const NXT = 3
/** Highest acknowledgment this side has sent: a lower bound of its RCV.NXT. */
export const ACKED = 4
/** Window field of the last segment, unscaled. */
export const WINDOW = 5
/** Window scale shift of this side's SYN, 0 without the option. */
export const WINDOW_SHIFT = 6
/** The last segment's fields, to recognise duplicates and the trigger of a reset. */
export const LAST_SEQ = 7
export const LAST_ACK = 8
export const LAST_LEN = 9
/** Flag bits in the low octet, TTL in the next, IP ID plus one above. */
export const LAST_META = 10
/** Lowest TTL in the low octet, highest in the next; resets not counted. */
export const TTL_RANGE = 11
/** Retransmitted segments. */
export const RETRANSMISSIONS = 12
/** Octets from HOLE_START up to HOLE_END were skipped and not seen yet; equal when there is no hole. */
export const HOLE_START = 13
export const HOLE_END = 14
/** Segments that were captured twice. */
export const DUPLICATES = 15
/** What of Zeek's history this side has had, see views/zeek.ts. */
export const ZEEK_SEEN = 28
/** Sequence number of its last RST, for Zeek's history. */
export const ZEEK_RST_SEQ = 29

/** Behind words 0 to 15 come the float64 words of the side. */
const SIDE_F = 8
const SIDE_WORDS = 30

// Per side, from sideFloats(record, side).
export const PACKETS_F: number = 0
export const BYTES_F: number = 1
export const LAST_NS_F: number = 2
export const LAST_FRAME_F: number = 3
/** Last segment with payload not seen before. */
export const DATA_NS_F: number = 4
export const DATA_FRAME_F: number = 5

// ---- Closing record, per side, int32 words from closingInts(record, side) ------------------------------------------

/** Sequence number of the FIN itself. */
export const FIN_SEQ = 0
export const FIN_COUNT = 1
/** Acknowledgment field of the first FIN. */
export const FIN_ACK = 2
/** The peer's SND.NXT when the first FIN passed. */
export const FIN_PEER_NXT = 3

const CLOSING_SIDE_WORDS = 4

// ---- Closing record, float64 words -------------------------------------------------------------------------------

const CLOSING_F = CLOSING_SIDE_WORDS
/** Time of the last payload of either side before the first FIN or effective RST. */
export const IDLE_SINCE_NS_F: number = CLOSING_F
export const IDLE_SINCE_FRAME_F: number = CLOSING_F + 1

const CLOSING_F_WORDS = 2

// Per side, from closingFloats(record, side).
export const FIN_NS_F: number = 0
export const FIN_FRAME_F: number = 1
export const FIN_LAST_NS_F: number = 2
export const FIN_LAST_FRAME_F: number = 3
/** The peer's segment that first acknowledged the FIN. */
export const FIN_ACKED_NS_F: number = 4
export const FIN_ACKED_FRAME_F: number = 5
/** First payload sent after the peer's FIN passed. */
export const LATE_NS_F: number = 6
export const LATE_FRAME_F: number = 7
/** Payload octets sent after the peer's FIN passed. */
export const LATE_BYTES_F: number = 8

const CLOSING_SIDE_F_WORDS = 9

// ---- Teardown record, int32 words --------------------------------------------------------------------------------

/** ICMP errors that quote the connection. */
export const ICMP_COUNT = 0
/** ICMP type in the second octet, code in the low one, and ICMP_* bits. */
export const ICMP_KIND = 1

const TEARDOWN_WORDS = 4

// Per side, from teardownInts(record, side).
/** The reset kept for judging: the first of the best grade. */
export const RST_SEQ = 0
export const RST_ACK = 1
export const RST_WINDOW = 2
/** RST_* bits of the kept reset. */
export const RST_META = 3
export const RST_TTL = 4
/** IP ID of the kept reset, -1 for IPv6. */
export const RST_IP_ID = 5
export const RST_COUNT = 6
/** The peer's last segment before the kept reset: flags, payload length, acknowledgment, TRIGGER_PROBE. */
export const TRIGGER_FLAGS = 7
export const TRIGGER_LEN = 8
export const TRIGGER_ACK = 9
export const TRIGGER_META = 10
/** State of this side just before the first effective reset. */
export const STATE_BEFORE_RST = 11
/** Segments this side sent after its own reset that a reset socket does not send. */
export const ALIVE_COUNT = 12
/** Segments this side sent after it was reset by the peer. */
export const CARRY_ON_COUNT = 13
/** Running series of retransmissions without progress: SERIES_* kind and count. */
export const SERIES_KIND = 14
export const SERIES_COUNT = 15
/** Keepalive probes in all, answered, and unanswered so far. */
export const PROBES = 16
export const PROBES_ANSWERED = 17
export const PROBE_RUN = 18
/** Window probes in all. */
export const WINDOW_PROBES = 19
/** SYN-ACKs sent again after the peer had acknowledged one. */
export const SYN_ACK_REPEATS = 20
/** IP ID of this side's last segment before its kept reset, -1 when there is none. */
export const RST_PREVIOUS_IP_ID = 21
/** SND.NXT of this side at its kept reset. */
export const RST_NXT = 22
/** Highest sequence number of any of its resets. */
export const RST_HIGH = 23
/** SND.NXT of the peer at the kept reset. */
export const RST_PEER_NXT = 24

const TEARDOWN_SIDE_WORDS = 26

// ---- Teardown record, float64 words ------------------------------------------------------------------------------

const TEARDOWN_F = (TEARDOWN_WORDS + 2 * TEARDOWN_SIDE_WORDS) / 2
/** The first of them. */
export const ICMP_NS_F: number = TEARDOWN_F
/** Its frame. */
export const ICMP_FRAME_F: number = TEARDOWN_F + 1

const TEARDOWN_F_WORDS = 2

// Per side, from teardownFloats(record, side).
export const RST_NS_F: number = 0
export const RST_FRAME_F: number = 1
export const RST_LAST_NS_F: number = 2
export const RST_LAST_FRAME_F: number = 3
export const TRIGGER_NS_F: number = 4
export const TRIGGER_FRAME_F: number = 5
/** The last payload of each kind before the kept reset: our own, and the peer's. */
export const RST_OWN_DATA_NS_F: number = 6
export const RST_OWN_DATA_FRAME_F: number = 7
export const RST_PEER_DATA_NS_F: number = 8
export const RST_PEER_DATA_FRAME_F: number = 9
export const ALIVE_NS_F: number = 10
export const ALIVE_FRAME_F: number = 11
/** When the segment was first sent that the series repeats. */
export const SERIES_SENT_NS_F: number = 12
export const SERIES_FIRST_NS_F: number = 13
export const SERIES_LAST_NS_F: number = 14
export const SERIES_FRAME_F: number = 15
/** Widest gap between two steps of the series. */
export const SERIES_GAP_NS_F: number = 16
/** Shortest idle time before a probe and shortest gap between unanswered probes; 0 when not seen. */
export const PROBE_IDLE_NS_F: number = 17
export const PROBE_INTERVAL_NS_F: number = 18
export const PROBE_FIRST_NS_F: number = 19
export const PROBE_FIRST_FRAME_F: number = 20
export const PROBE_LAST_NS_F: number = 21
export const PROBE_LAST_FRAME_F: number = 22
/** Last answered keepalive probe. */
export const PROBE_ANSWER_NS_F: number = 23
export const PROBE_ANSWER_FRAME_F: number = 24

const TEARDOWN_SIDE_F_WORDS = 25

// ---- Sizes and block positions -----------------------------------------------------------------------------------

/** Size of a connection record in 8-byte cells. */
export const CONN_CELLS: number = (CONN_WORDS + 2 * SIDE_WORDS) / 2
/** Size of a teardown record in 8-byte cells. */
export const TEARDOWN_CELLS: number = TEARDOWN_F + TEARDOWN_F_WORDS + 2 * TEARDOWN_SIDE_F_WORDS
/** Size of a closing record in 8-byte cells. */
export const CLOSING_CELLS: number = CLOSING_F + CLOSING_F_WORDS + 2 * CLOSING_SIDE_F_WORDS
/** Sizes in int32 words. */
export const CONN_INTS: number = CONN_CELLS * 2
export const TEARDOWN_INTS: number = TEARDOWN_CELLS * 2
export const CLOSING_INTS: number = CLOSING_CELLS * 2
/** First word of side 0's block and the distance to side 1's, in the unit of the block. */
export const SIDE_INTS: number = CONN_WORDS
export const SIDE_INTS_STEP: number = SIDE_WORDS
export const SIDE_FLOATS: number = CONN_WORDS / 2 + SIDE_F
export const SIDE_FLOATS_STEP: number = SIDE_WORDS / 2
export const TEARDOWN_SIDE_INTS: number = TEARDOWN_WORDS
export const TEARDOWN_SIDE_INTS_STEP: number = TEARDOWN_SIDE_WORDS
export const TEARDOWN_SIDE_FLOATS: number = TEARDOWN_F + TEARDOWN_F_WORDS
export const TEARDOWN_SIDE_FLOATS_STEP: number = TEARDOWN_SIDE_F_WORDS
export const CLOSING_SIDE_INTS_STEP: number = CLOSING_SIDE_WORDS
export const CLOSING_SIDE_FLOATS: number = CLOSING_F + CLOSING_F_WORDS
export const CLOSING_SIDE_FLOATS_STEP: number = CLOSING_SIDE_F_WORDS

// ---- Bits --------------------------------------------------------------------------------------------------------

/** CONN_FLAGS: side 1 is the client. */
export const CONN_CLIENT_IS_SIDE_1: number = 1 << 0
/** CONN_FLAGS: a SYN or SYN-ACK told the roles. */
export const CONN_ROLES_KNOWN: number = 1 << 1
/** CONN_FLAGS: IPv6 addresses. */
export const CONN_IPV6: number = 1 << 2
/** CONN_FLAGS: already reported; later packets are only counted. */
export const CONN_REPORTED: number = 1 << 3
/** CONN_FLAGS: a new connection took the 4-tuple over. */
export const CONN_SUPERSEDED: number = 1 << 4
/** CONN_FLAGS: pushed out of a full table before its end was known. */
export const CONN_EVICTED: number = 1 << 5
/** CONN_FLAGS: a packet's time lay before that of an earlier one. */
export const CONN_TIME_BACK: number = 1 << 6
/** CONN_FLAGS: it took the 4-tuple over from an earlier connection. */
export const CONN_REUSED_PORTS: number = 1 << 7
/** CONN_FLAGS: both SYNs crossed. */
export const CONN_SIMULTANEOUS_OPEN: number = 1 << 8
/** CONN_FLAGS: waits in the queue of closed connections. */
export const CONN_QUEUED: number = 1 << 9

/** CONN_FLAGS: side 0 has sent nothing but SYNs yet, or only an ICMP error told of it. */
export const CONN_HALF_OPEN: number = 1 << 10

/** CONN_FLAGS: both ends are the same address and port: a socket connected to itself (RFC 9293 §3.5, simultaneous open). */
export const CONN_SELF: number = 1 << 11

/** CONN_FLAGS: the first SYN was answered with the numbers of an earlier connection, see events/old-incarnation.ts. */
export const CONN_OLD_ANSWERED: number = 1 << 12
/** CONN_FLAGS: captured on the other side of a NAT as well, see nat-twins.ts. */
export const CONN_NAT_TWIN: number = 1 << 14
/** CONN_FLAGS: TCP options of a segment were cut off by the snaplen. */
export const CONN_OPTIONS_CUT: number = 1 << 13

/** SIDE_FLAGS: ISN holds. */
export const SIDE_ISN_SET: number = 1 << 0
/** SIDE_FLAGS: NXT holds (this side sent something). */
export const SIDE_NXT_SET: number = 1 << 1
/** SIDE_FLAGS: ACKED holds (this side acknowledged something). */
export const SIDE_ACK_SET: number = 1 << 2
/** SIDE_FLAGS: sent a SYN without ACK. */
export const SIDE_SYN: number = 1 << 3
/** SIDE_FLAGS: sent a SYN-ACK. */
export const SIDE_SYN_ACK: number = 1 << 4
/** SIDE_FLAGS: sent payload. */
export const SIDE_DATA: number = 1 << 5
/** SIDE_FLAGS: sent a FIN. */
export const SIDE_FIN: number = 1 << 6
/** SIDE_FLAGS: its FIN was acknowledged. */
export const SIDE_FIN_ACKED: number = 1 << 7
/** SIDE_FLAGS: sent a RST. */
export const SIDE_RST: number = 1 << 8
/** SIDE_FLAGS: segments other than its RSTs carry timestamps. */
export const SIDE_TIMESTAMPS: number = 1 << 9
/** SIDE_FLAGS: segments other than SYN-ACK and RST have a non-zero IP ID. */
export const SIDE_IP_ID: number = 1 << 10
/** SIDE_FLAGS: the peer acknowledged octets of this side that were not captured. */
export const SIDE_UNSEEN: number = 1 << 11
/** SIDE_FLAGS: its sequence numbers jumped over octets that have not passed yet. */
export const SIDE_HOLE: number = 1 << 12
/** SIDE_FLAGS: the last segment was a keepalive probe. */
export const SIDE_LAST_PROBE: number = 1 << 13
/** SIDE_FLAGS: sent a segment with ACK that was neither SYN nor RST. */
export const SIDE_PLAIN_ACK: number = 1 << 14
/** SIDE_FLAGS: offered window scaling. */
export const SIDE_WINDOW_SCALE: number = 1 << 15
/** SIDE_FLAGS: sent a fast open option. */
export const SIDE_TFO: number = 1 << 16
/** SIDE_FLAGS: sent a multipath option. */
export const SIDE_MPTCP: number = 1 << 17
/** SIDE_FLAGS: acknowledged the peer's payload or FIN, more than its SYN. */
export const SIDE_ACKED_MORE: number = 1 << 18

/** SIDE_FLAGS: sent a segment with ACK and without payload that was no SYN. */
export const SIDE_EMPTY_ACK: number = 1 << 19

/** SIDE_FLAGS: sent payload on its SYN. */
export const SIDE_SYN_DATA: number = 1 << 22
/** SIDE_FLAGS: sent keepalive or window probes. */
export const SIDE_PROBED: number = 1 << 21
/** SIDE_FLAGS: octets it jumped over never passed. */
export const SIDE_LOST: number = 1 << 20

/** RST_META: carries ACK. */
export const RST_HAS_ACK: number = 1 << 0
/** RST_META: carries timestamps. */
export const RST_HAS_TIMESTAMPS: number = 1 << 1
/** RST_META: sequence number is exactly what the receiver expects. */
export const RST_EXACT: number = 1 << 2
/** RST_META: sequence number lies in the receiver's window. */
export const RST_IN_WINDOW: number = 1 << 3
/** RST_META: a SYN without answer was the only thing the peer had sent. */
export const RST_ANSWERS_SYN: number = 1 << 4

/** TRIGGER_META: the segment was a keepalive or window probe. */
export const TRIGGER_PROBE: number = 1 << 0

/** ICMP_KIND: of ICMPv6. */
export const ICMP_V6: number = 1 << 16
/** ICMP_KIND: the quoted segment was a SYN. */
export const ICMP_QUOTES_SYN: number = 1 << 17
/** ICMP_KIND: sent by the host to which the quoted packet was sent. */
export const ICMP_FROM_TARGET: number = 1 << 18

/** SERIES_KIND values. */
export const SERIES_SYN = 1
export const SERIES_SYN_ACK = 2
export const SERIES_DATA = 3
export const SERIES_FIN = 4
export const SERIES_WINDOW_PROBE = 5
