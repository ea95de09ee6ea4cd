// Many questions at once: one in twenty of them is answered wrongly at a level of 5 %, unless each is held to more.

/**
 * Holm's correction: probabilities adjusted so that, where nothing has changed, the chance that any of them is at or below
 * a level is that level at most, however the questions hang together. Shares do: where one rises, others fall.
 */
export function holm(probabilities: readonly number[]): number[] {
  const order = probabilities.map((p, at) => ({ p, at })).sort((a, b) => a.p - b.p)
  const adjusted: number[] = probabilities.map(() => 1)
  let most = 0
  for (const [rank, { p, at }] of order.entries()) {
    most = Math.max(most, Math.min(1, p * (order.length - rank)))
    adjusted[at] = most
  }
  return adjusted
}
