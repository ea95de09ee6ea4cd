// The small words of an answer; here because both the facts and the rules use them.

/** Values of `closer`. */
export const CLOSERS = ['client', 'server', 'both', 'middlebox', 'none', 'unknown'] as const
/** Who ended a connection. */
export type Closer = (typeof CLOSERS)[number]

/** Values of `confidence`, the surest first. */
export const CONFIDENCES = ['certain', 'likely', 'possible'] as const
/** How sure a verdict is, and when it may be called so. */
export type Confidence = (typeof CONFIDENCES)[number]
