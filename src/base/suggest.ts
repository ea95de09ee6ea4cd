// "did you mean": the right names that are nearest to a wrong one.

/** Names suggested for a wrong one. */
const SUGGESTIONS = 5
/** How much worse than the best a suggestion may be. */
const SUGGESTION_SPREAD = 0.25

/** A right name, and one way to write it. */
export interface Candidate {
  readonly name: string
  readonly spelling: string
}

/** "did you mean a, b?"; undefined if no right name is near. */
export function didYouMean(
  typed: string,
  candidates: readonly (Candidate | string)[],
): string | undefined {
  const names = nearest(typed, candidates)
  return names.length === 0 ? undefined : `did you mean ${names.join(', ')}?`
}

/** Names that are near enough to a wrong one, nearest first. */
function nearest(typed: string, candidates: readonly (Candidate | string)[]): string[] {
  const near = candidates
    .map((row) => (typeof row === 'string' ? { name: row, spelling: row } : row))
    .map(({ name, spelling }) => ({
      name,
      cost: costOf(typed.toLowerCase(), spelling.toLowerCase()),
    }))
    .filter(({ cost }) => cost < 1)
    .sort((a, b) => a.cost - b.cost)
  const most = (near[0]?.cost ?? 0) + SUGGESTION_SPREAD
  const names = near.filter(({ cost }) => cost <= most).map(({ name }) => name)
  return [...new Set(names)].slice(0, SUGGESTIONS)
}

/** Below 1 for a likely misspelling: a part of the name, or every third letter wrong at most. */
function costOf(typed: string, name: string): number {
  const length = Math.max(typed.length, name.length)
  const cost = editDistance(typed, name) / (length / 3)
  const isPart = typed.length > 2 && (name.includes(typed) || typed.includes(name))
  return isPart ? Math.min(cost, 0.5) : cost
}

/** Levenshtein's distance. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const changed = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(changed, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}
