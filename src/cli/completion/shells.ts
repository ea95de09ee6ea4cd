// Shells that completion is made for.

/** Their names. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const
/** One of them. */
export type Shell = (typeof SHELLS)[number]
