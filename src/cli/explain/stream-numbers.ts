// Which streams a capture has, for the message that one is not among them.

import { grouped } from '../../base/text.js'

/** Ranges that are named. */
const MAX_RANGES = 15
/** Numbers kept; of more only the range is said. */
const MAX_NUMBERS = 1000

/** The numbers of a capture's streams, however many there are. */
export class StreamNumbers {
  count = 0
  private first = Infinity
  private last = -1
  private readonly numbers: number[] = []

  add(stream: number): void {
    this.count++
    this.first = Math.min(this.first, stream)
    this.last = Math.max(this.last, stream)
    if (this.numbers.length < MAX_NUMBERS) this.numbers.push(stream)
  }

  /** "stream 3", "streams 0 to 5, 7", "5,000 streams from 0 to 5,020". */
  text(): string {
    const { count, first, last, numbers } = this
    const hasAll = last - first === count - 1
    if (hasAll || count === numbers.length) {
      return hasAll && count > 1 ? `streams ${first} to ${last}` : rangesText(numbers)
    }
    return `${grouped(count)} streams from ${first} to ${last}`
  }
}

/** "stream 3", "streams 0 to 5, 7". */
function rangesText(streams: readonly number[]): string {
  const ranges: [first: number, last: number][] = []
  for (const stream of [...streams].sort((a, b) => a - b)) {
    const range = ranges.at(-1)
    if (range !== undefined && stream <= range[1] + 1) range[1] = stream
    else ranges.push([stream, stream])
  }
  const texts = ranges
    .slice(0, MAX_RANGES)
    .map(([first, last]) => (first === last ? `${first}` : `${first} to ${last}`))
  if (ranges.length > MAX_RANGES) texts.push('…')
  return `stream${streams.length === 1 ? '' : 's'} ${texts.join(', ')}`
}
