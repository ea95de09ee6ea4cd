import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MergeHeap, type Timed } from '../../../src/capture/merge-heap.js'

/** Times one after the other, as those of a capture's records. */
class Times implements Timed {
  readonly order: number
  readonly times: number[]

  constructor(order: number, times: readonly number[]) {
    this.order = order
    this.times = [...times]
  }

  get headNs(): number {
    return this.times[0] ?? Infinity
  }
}

test('gives what a stable sort by time gives, where times go forward', () => {
  const lists = fc.array(fc.array(fc.nat(20), { maxLength: 12 }), { maxLength: 12 })
  fc.assert(
    fc.property(lists, (unsorted) => {
      const inputs = unsorted.map((times) => times.toSorted((a, b) => a - b))
      const heap = new MergeHeap<Times>()
      for (const [order, times] of inputs.entries()) {
        if (times.length > 0) heap.add(new Times(order, times))
      }
      const taken: [number, number][] = []
      for (let top = heap.top; top !== undefined; top = heap.top) {
        const { headNs, order } = top
        expect(heap.nextNs).toBeGreaterThanOrEqual(headNs)
        taken.push([headNs, order])
        top.times.shift()
        if (top.headNs === Infinity) heap.remove()
        else heap.settle()
      }
      const all = inputs.flatMap((times, order) => times.map((ns): [number, number] => [ns, order]))
      expect(taken).toEqual(all.sort((a, b) => a[0] - b[0]))
    }),
  )
})
