// Lists of notable connections: a few of each, and never more than there is room for, however threads share them out.

import { expect, test } from 'vitest'
import { NotableCollector } from '../../../../src/output/collect/notable.js'
import type { ColumnSource } from '../../../../src/output/columns/column.js'
import type { Ending } from '../../../../src/verdict/endings.js'

const SOME: readonly Ending[] = ['graceful_fin.normal', 'handshake_failed.refused']
/** Long, so that few of them fill a list. */
const LENGTH = 100_000

/** Of a connection only its ending is looked at. */
function connection(n: number): ColumnSource {
  return { j: { ending: SOME[n % 2] }, e: { stream: n } } as unknown as ColumnSource
}

function collector(all: boolean, top: number): NotableCollector {
  return new NotableCollector({ all, top, entry: ({ e }) => `${e.stream} `.padEnd(LENGTH, '.') })
}

function numbers(list: NotableCollector): string[] {
  return [...list.take()].flatMap(([ending, texts]) =>
    texts.map((text) => `${ending} ${text.split(' ')[0]}`),
  )
}

test.each([
  [true, 5],
  [false, Number.MAX_SAFE_INTEGER],
])('with --all %s and --top %i a list ends where it is full', (all, top) => {
  const whole = collector(all, top)
  for (let n = 0; n < 400; n++) whole.add(connection(n))
  const listed = numbers(whole)
  // Three million characters of each ending, and an ending of no interest only if all are wanted.
  expect(listed).toHaveLength(all ? 64 : 32)
  const shared = collector(all, top)
  for (let batch = 0; batch < 400; batch += 7) {
    const part = collector(all, top)
    for (let n = batch; n < Math.min(400, batch + 7); n++) part.add(connection(n))
    shared.absorb(part.take())
  }
  expect(numbers(shared).sort()).toEqual(listed.sort())
})
