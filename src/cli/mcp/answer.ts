// Answers that an assistant can take in: each has a bound, and says what it leaves out and how to ask for it.

/** Bytes of JSON in the list of one answer. */
const MOST_BYTES = 6000
/** Items of a list, unless fewer are asked for. */
const MOST_ITEMS = 50

/** A part of a list. */
export interface ListPart {
  readonly total: number
  readonly offset: number
  readonly items: readonly object[]
  /** Where the next part begins; absent at the end. */
  readonly next_offset?: number
}

/** As many items from `offset` on as an answer may have, at least one. */
export function partOf(
  items: readonly object[],
  offset: number = 0,
  limit: number = MOST_ITEMS,
): ListPart {
  const taken: object[] = []
  let bytes = 0
  for (const item of items.slice(offset, offset + Math.max(1, limit))) {
    bytes += JSON.stringify(item).length
    if (taken.length > 0 && bytes > MOST_BYTES) break
    taken.push(item)
  }
  const next = offset + taken.length
  return {
    total: items.length,
    offset,
    items: taken,
    ...(next < items.length ? { next_offset: next } : {}),
  }
}

/** A text without its end where it is long. */
export function shortened(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most)}…`
}
