import { expect, test } from 'vitest'
import { StreamNumbers } from '../../../src/cli/explain/stream-numbers.js'

function textOf(numbers: readonly number[]): string {
  const streams = new StreamNumbers()
  for (const number of numbers) streams.add(number)
  return streams.text()
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, n) => n)

test.each([
  [[3], 'stream 3'],
  [[5, 0, 1, 3, 2, 7], 'streams 0 to 3, 5, 7'],
  [
    upTo(40).map((n) => 2 * n),
    `streams ${upTo(15)
      .map((n) => 2 * n)
      .join(', ')}, …`,
  ],
  [upTo(5000), 'streams 0 to 4999'],
  // Only a thousand of them are kept.
  [[...upTo(4999), 5020], '5,000 streams from 0 to 5020'],
])('%j', (numbers, text) => {
  expect(textOf(numbers)).toBe(text)
})
