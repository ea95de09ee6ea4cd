// Lists of notable connections: a few of each, and never more than there is room for, however threads share them out.

import { expect, test } from 'vitest'
import { NotableCollector } from '../../../../src/output/collect/notable.js'
import type { ColumnSource } from '../../../../src/output/columns/column.js'
import type { Ending } from '../../../../src/verdict/endings.js'

const SOME: readonly Ending[] = ['graceful_fin.normal', 'handshake_failed.refused']
/** Long, so that few of them fill a list. */
const LENGTH = 100_000

/** Of a connection its ending is looked at, and its findings where the ending alone is of no interest. */
function connection(n: number, ending = SOME[n % 2], codes: readonly string[] = []): ColumnSource {
  const findings = (): readonly object[] => codes.map((code) => ({ code }))
  return { j: { ending, findings }, e: { stream: n } } as unknown as ColumnSource
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

test.each([
  ['half_closed', true],
  ['rst_ignored', true],
  ['rst_storm', true],
  ['payload_at_risk', true],
  ['tls_alert', true],
  ['capture_point', false],
  ['tls_close_notify', false],
])('a close of no interest with the finding %s: listed is %s', (code, isListed) => {
  const list = collector(false, 5)
  list.add(connection(7, 'graceful_fin.normal', ['nat_twin', code]))
  expect(numbers(list)).toEqual(isListed ? ['graceful_fin.normal 7'] : [])
})
