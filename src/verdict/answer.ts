// The small words of an answer; here because both the facts and the rules use them.

/** Who ended a connection. */
export type Closer = 'client' | 'server' | 'both' | 'middlebox' | 'none' | 'unknown'

/** How sure a verdict is, and when it may be called so. */
export type Confidence = 'certain' | 'likely' | 'possible'
