// Fisher's exact test: whether two shares differ by more than chance, sound for counts of any size.

/** So many of so many. */
export interface Share {
  readonly some: number
  readonly all: number
}

/** A table of two rows and two columns with its margins; its corner is what chance moves. */
interface Table {
  readonly before: number
  readonly after: number
  /** Of both together. */
  readonly some: number
}

/** Probabilities this near to each other are the same one, calculated in another order: R takes the same. */
const TOLERANCE = 1e-7
/** What a sum no longer notices. */
const NEGLIGIBLE = 1e-17

/**
 * The probability, if nothing but chance is at work, of a table that is as improbable as this one or more so (both sides).
 * Only the two tails are summed, each from its largest term until the terms no longer matter: of millions a few thousand.
 */
export function fisherExact(before: Share, after: Share): number {
  const table = { before: before.all, after: after.all, some: before.some + after.some }
  const [lowest, highest] = boundsOf(table)
  const limit = logProbability(table, before.some) + TOLERANCE
  // Probabilities rise up to the mode and fall behind it.
  const peak = ((table.before + 1) * (table.some + 1)) / (table.before + table.after + 2)
  const mode = Math.min(highest, Math.max(lowest, Math.floor(peak)))
  if (logProbability(table, mode) <= limit) return 1
  function isRare(x: number): boolean {
    return logProbability(table, x) <= limit
  }
  const left = firstWhere(0, mode - lowest, (down) => isRare(mode - down))
  const right = firstWhere(0, highest - mode, (up) => isRare(mode + up))
  const sum =
    (left === undefined ? 0 : tail(table, mode - left, -1)) +
    (right === undefined ? 0 : tail(table, mode + right, 1))
  return Math.min(1, sum)
}

/** The least that {@link fisherExact} could come to, however the same ones were spread over the two. */
export function leastPossible(before: Share, after: Share): number {
  const some = before.some + after.some
  const bounds = boundsOf({ before: before.all, after: after.all, some })
  return Math.min(
    ...bounds.map((x) =>
      fisherExact({ some: x, all: before.all }, { some: some - x, all: after.all }),
    ),
  )
}

/** What the corner of a table can be. */
function boundsOf({ before, after, some }: Table): readonly [number, number] {
  return [Math.max(0, some - after), Math.min(before, some)]
}

/** The first whole number of a range for which something holds that holds for all that follow. */
function firstWhere(from: number, to: number, holds: (n: number) => boolean): number | undefined {
  if (!holds(to)) return undefined
  let [low, high] = [from, to]
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    if (holds(middle)) high = middle
    else low = middle + 1
  }
  return low
}

/** The sum of probabilities from `x` on, away from the mode: each follows from the one before it. */
function tail(table: Table, x: number, step: 1 | -1): number {
  let term = Math.exp(logProbability(table, x))
  let sum = 0
  for (let at = x; term > sum * NEGLIGIBLE; at += step) {
    sum += term
    term *= step === 1 ? ratioUp(table, at) : 1 / ratioUp(table, at - 1)
  }
  return sum
}

/** The probability of x + 1 by that of x: 0 behind the highest x, without bound below the lowest. */
function ratioUp({ before, after, some }: Table, x: number): number {
  return ((before - x) * (some - x)) / ((x + 1) * (after - some + x + 1))
}

/** Hypergeometric. */
function logProbability({ before, after, some }: Table, x: number): number {
  return logChoose(before, x) + logChoose(after, some - x) - logChoose(before + after, some)
}

function logChoose(n: number, k: number): number {
  return logFactorial(n) - logFactorial(k) - logFactorial(n - k)
}

/** From here on three terms of Stirling's series are exact to the last digit. */
const SERIES_FROM = 256
const SMALL: readonly number[] = logFactorialsBelow(SERIES_FROM)

function logFactorialsBelow(end: number): number[] {
  const found = [0]
  for (let n = 1; n < end; n++) found.push((found[n - 1] ?? 0) + Math.log(n))
  return found
}

function logFactorial(n: number): number {
  const small = SMALL[n]
  if (small !== undefined) return small
  const series = 1 / (12 * n) - 1 / (360 * n ** 3) + 1 / (1260 * n ** 5)
  return n * Math.log(n) - n + Math.log(2 * Math.PI * n) / 2 + series
}
