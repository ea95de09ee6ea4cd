import fc from 'fast-check'
import { expect, test } from 'vitest'
import { RecordQueue } from '../../../src/tcp/queue.js'
import { runs } from '../../support/runs.js'

/** A number pushes that many entries, `null` takes one out. */
const steps = fc.array(fc.oneof(fc.integer({ min: 1, max: 700 }), fc.constant(null)), {
  maxLength: 60,
})

test('behaves as an array does', () => {
  fc.assert(
    fc.property(steps, (list) => {
      const queue = new RecordQueue()
      const model: { record: number; stamp: number }[] = []
      let next = 0
      for (const step of list) {
        if (step === null) {
          if (model.length > 0) expect(queue.shift()).toBe(model.shift()?.record)
          continue
        }
        for (let i = 0; i < step; i++) {
          const entry = { record: next, stamp: 1_000_000 - next }
          queue.push(entry.record, entry.stamp)
          model.push(entry)
          next++
        }
      }
      expect(queue.length).toBe(model.length)
      const found = model.map((_, i) => ({ record: queue.at(i), stamp: queue.stampAt(i) }))
      expect(found).toEqual(model)
    }),
    { numRuns: runs(60) },
  )
})

test('entries leave in order while the ring goes round and round', () => {
  const queue = new RecordQueue()
  for (let i = 0; i < 200; i++) queue.push(i, i)
  let outOfOrder = 0
  for (let i = 200; i < 100_000; i++) {
    queue.push(i, i)
    if (queue.shift() !== i - 200) outOfOrder++
  }
  expect(outOfOrder).toBe(0)
  expect(queue.length).toBe(200)
})
