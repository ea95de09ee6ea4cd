// What the compiled path and the rest of the program tell each other.

// What is left to do of a segment that it has taken, in bits.

/** The segment may have ended its connection. */
export const MAY_END = 1
/** The client has completed the connection. */
export const ACCEPTED = 2
/** The first SYN-ACK of the connection. */
export const ANSWERED = 4
/** Side 0 has sent something else than SYNs. */
export const COMPLETED = 8
/** The first SYN of a new connection, which has no stream number yet. */
export const OPENED = 16

// Cells of what has been read of a capture, see engine/timeline.ts.

/** Records, entries without a frame included. */
export const READ_RECORDS = 0
/** Bytes they had on the wire. */
export const READ_WIRE_BYTES = 1
/** The earliest time of a record. */
export const READ_START_NS = 2
/** The latest time. */
export const READ_END_NS = 3
/** The time of the last one. */
export const READ_LAST_NS = 4
/** TCP segments. */
export const READ_SEGMENTS = 5
/** How many cells there are. */
export const READ_CELLS = 6

// Words of what the compiled path says of the segment it took last.

/** What is left to do; -1 when it was refused. */
export const TAKEN_LEFT = 0
/** Its record. */
export const TAKEN_RECORD = 1
/** The side that sent it. */
export const TAKEN_SIDE = 2
/** How many words there are. */
export const TAKEN_WORDS = 3
