// The definitions of the records: no two fields share a word, and every field can be set and read by its name alone.

import { describe, expect, test } from 'vitest'
import { CLOSING, CLOSING_INTS, CLOSING_SIDE } from '../../../src/tcp/record/closing.js'
import { CONN, CONN_INTS, SIDE } from '../../../src/tcp/record/connection.js'
import { TEARDOWN, TEARDOWN_INTS, TEARDOWN_SIDE } from '../../../src/tcp/record/teardown.js'
import type { Words } from '../../../src/tcp/record/words.js'
import { ConnectionTable } from '../../../src/tcp/table.js'
import { segmentOf } from './segments.js'

const BLOCKS: Readonly<Record<string, Words>> = {
  CONN,
  SIDE,
  CLOSING,
  CLOSING_SIDE,
  TEARDOWN,
  TEARDOWN_SIDE,
}

describe.each(Object.entries(BLOCKS))('%s', (_name, words) => {
  test('gives every word of the block to one field', () => {
    const owners = new Map<number, string[]>()
    for (const { name, kind, at, words: count } of words.fields()) {
      const first = kind === 'float' ? 2 * at : at
      for (let word = first; word < first + count; word++) {
        owners.set(word, [...(owners.get(word) ?? []), name])
      }
    }
    expect([...owners.values()].filter((names) => names.length > 1)).toEqual([])
    expect(Math.max(...owners.keys())).toBeLessThan(words.size)
    expect(words.fields().every(({ name, at }) => Reflect.get(words, name) === at)).toBe(true)
  })
})

test('records are as small as they were measured with', () => {
  expect([CONN_INTS, CLOSING_INTS, TEARDOWN_INTS]).toEqual([112, 76, 226])
})

describe('a field that is set by its name', () => {
  const table = new ConnectionTable()
  const record = table.add(segmentOf({ ip: 1, port: 1 }, { ip: 2, port: 2 }))
  const c = table.at(record)
  c.openClosing()
  c.openTeardown()
  const holders = [
    { holder: c, blocks: [CONN, CLOSING, TEARDOWN] },
    { holder: c.side(0), blocks: [SIDE, CLOSING_SIDE, TEARDOWN_SIDE] },
    { holder: c.side(1), blocks: [SIDE, CLOSING_SIDE, TEARDOWN_SIDE] },
  ]
  const fields = holders.flatMap(({ holder, blocks }) =>
    blocks.flatMap((words) =>
      words
        .fields()
        .filter(({ kind, name }) => kind !== 'list' && !name.endsWith('Index'))
        .map((field) => ({ holder, field })),
    ),
  )

  test('is read back, whatever is set after it', () => {
    for (const [i, { holder, field }] of fields.entries()) Reflect.set(holder, field.name, i + 1)
    for (const [i, { holder, field }] of fields.entries()) {
      expect([field.name, Reflect.get(holder, field.name)]).toEqual([field.name, i + 1])
    }
    expect(fields.length).toBeGreaterThan(150)
  })
})
