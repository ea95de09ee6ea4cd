// Records in the order of their streams, however large the numbers are.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { STREAM_HIGH_UNIT, STREAM_LOW } from '../../../src/tcp/record/connection.js'
import { inStreamOrder } from '../../../src/tcp/stream-order.js'
import { ConnectionTable } from '../../../src/tcp/table.js'
import { segmentOf } from './segments.js'

const streams = fc.uniqueArray(
  fc.oneof(fc.nat(50), fc.nat(STREAM_LOW), fc.integer({ min: 2 ** 48, max: 2 ** 52 })),
  { maxLength: 40 },
)

test('streams come in order', () => {
  fc.assert(
    fc.property(streams, (numbers) => {
      const table = new ConnectionTable()
      for (const [at, stream] of numbers.entries()) {
        const segment = segmentOf({ ip: 1, port: at + 1 }, { ip: 2, port: 80 })
        table.find(segment)
        const c = table.at(table.add(segment))
        c.streamLow = stream % STREAM_HIGH_UNIT
        c.streamHigh = Math.floor(stream / STREAM_HIGH_UNIT)
      }
      const ordered = inStreamOrder(table).map((record) => table.streamOf(record))
      expect(ordered).toEqual([...numbers].sort((a, b) => a - b))
    }),
  )
})
