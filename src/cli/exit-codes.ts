// Exit codes of the command; part of the output contract.

/** Everything asked for was done. */
export const EXIT_DONE = 0
/** An ending that `--fail-on` names was found. */
export const EXIT_MATCHED = 1
/** Something could not be read, written or understood. */
export const EXIT_ERROR = 2
/** Interrupted by SIGINT. */
export const EXIT_INTERRUPTED = 130
/** Ended by SIGTERM; what had been found is reported. */
export const EXIT_TERMINATED = 143
