// Shares for people.

/** A share of 0 to 1 in percent. One that is not nothing is not shown as nothing, and one that is not all not as all. */
export function percentText(share: number): string {
  if (share === 0 || share === 1) return `${100 * share} %`
  if (share < 0.0005) return '<0.1 %'
  if (share > 0.9995) return '>99.9 %'
  return `${(100 * share).toFixed(1)} %`
}
