// Assertions about our own code. Input never reaches them: bad input is a TeardownError or a counter.

/** Throws when `condition` does not hold: a bug of this package, never a property of the input. */
export function assert(condition: boolean, what: string): asserts condition {
  if (!condition)
    throw new Error(`assertion failed: ${what} (a bug in tcp-teardown, please report)`)
}
