// The zero of the times of one analysis.

/**
 * The zero of the relative times of one analysis: the first record of the first capture sets it.
 * Relative times fit a float64 exactly for 104 days around it; absolute times are bigint and made only at the edge.
 */
export class CaptureClock {
  /** Nanoseconds since 1970-01-01T00:00:00Z, or undefined before the first record. */
  baseNs: bigint | undefined
}
