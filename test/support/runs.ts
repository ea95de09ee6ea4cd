// How much is tried, and how long a test waits for what never comes.

/** `LONG_RUN`: how many times more than usual is tried; 10 is what the long run tries by itself, a checked change some. */
const FACTOR = Number(process.env['LONG_RUN'] ?? 0)
const WHOLE_FACTOR = 10

/** The long run, `npm run test:long`: the files that import this module, with more of everything. */
export const LONG: boolean = FACTOR > 0

/** How many cases a property or a campaign tries: so many in the quick run, ten times that in the whole long one. */
export function runs(quick: number): number {
  return longRuns(quick, WHOLE_FACTOR * quick)
}

/** So many in the quick run, and so many in the whole long one. */
export function longRuns(quick: number, whole: number): number {
  return LONG ? Math.ceil((whole * FACTOR) / WHOLE_FACTOR) : quick
}
