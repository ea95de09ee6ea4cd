// How much is tried, and how long a test waits for what never comes.

/** The long run, `npm run test:long`: the files that import this module, with more of everything. */
export const LONG: boolean = process.env['LONG_RUN'] === '1'

const LONG_FACTOR = 10

/** How many cases a property or a campaign tries: so many in the quick run, ten times that in the long one. */
export function runs(quick: number): number {
  return LONG ? LONG_FACTOR * quick : quick
}
