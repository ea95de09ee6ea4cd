import { expect, test } from 'vitest'
import { Spool, emptyPart } from '../../../src/parallel/spool.js'

function read(part: ReturnType<Spool['take']>): Buffer {
  const bytes: Buffer[] = []
  emptyPart(part, (some) => bytes.push(Buffer.from(some)))
  return Buffer.concat(bytes)
}

test.each([0, 10, 1 << 20, (1 << 20) + 1, 5_000_000])('%i bytes come back in order', (length) => {
  const spool = new Spool()
  const expected: Buffer[] = []
  for (let at = 0, i = 0; at < length; i++) {
    const some = Buffer.alloc(Math.min(length - at, 1 + ((i * 7919) % 70_000)), i)
    at += some.length
    expected.push(some)
    spool.writeBytes(some)
  }
  expect(read(spool.take()).equals(Buffer.concat(expected))).toBe(true)
})

test('parts are kept apart', () => {
  const spool = new Spool()
  spool.writeBytes(Buffer.from('one'))
  const first = spool.take()
  spool.writeBytes(Buffer.alloc(3_000_000, 65))
  const second = spool.take()
  expect(read(first).toString()).toBe('one')
  expect(read(second)).toHaveLength(3_000_000)
  expect(read(spool.take())).toHaveLength(0)
})
