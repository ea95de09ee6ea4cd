// Numbers as bars of one line.

const LEVELS = '▁▂▃▄▅▆▇█'

/** A bar for each number, the highest for the largest; a blank for 0. */
export function sparkline(counts: readonly number[]): string {
  const most = Math.max(...counts)
  return counts
    .map((n) => (n === 0 ? ' ' : LEVELS[Math.min(7, Math.floor((8 * n) / (most + 1)))]))
    .join('')
}
