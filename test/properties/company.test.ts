// What else is in a capture changes no connection.
//
// What the design has depend on a capture as a whole is kept equal here: its end (an end mark at the same time), what counts
// as idle (an option), and hosts: resets of one port in the same instant, and equal pairs of first sequence numbers (two
// sides of a NAT) do tell of one another.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Connection } from '../../src/index.js'
import type { BuiltRecord } from '../support/capture-builder.js'
import { alone, analyze } from './analysis.js'
import {
  between,
  closedConversations,
  conversations,
  type Conversation,
  endMark,
  recordsOf,
  START_NS,
} from './conversation.js'
import { runs } from '../support/runs.js'

const SECOND = 1_000_000_000n
const END_NS = START_NS + 100_000n * SECOND
/** A capture that ends within this time of something that needs an answer says so (`ends_early`). */
const LINGER_NS = 1_000_000_000n

interface Owned extends BuiltRecord {
  readonly owner: number
}

function owned(list: readonly Conversation[], startNs: (i: number) => bigint): Owned[] {
  return list.flatMap((conversation, i) =>
    recordsOf(between(conversation, i), { startNs: startNs(i) }).map(({ timeNs, bytes }) => ({
      timeNs,
      bytes,
      owner: i,
    })),
  )
}

function inOrder(records: readonly Owned[]): Owned[] {
  return [...records].sort((a, b) => Number(a.timeNs - b.timeNs))
}

/** Packet numbers of one owner. */
function framesOf(records: readonly Owned[], owner: number): number[] {
  return records.flatMap((record, i) => (record.owner === owner ? [i + 1] : []))
}

/** The connections of a capture, and what each would be if it were alone. */
function togetherAndAlone(
  records: readonly Owned[],
): [together: Connection[], alone: Connection[]] {
  const owners = [...new Set(records.map(({ owner }) => owner))]
  const together = analyze([...records, endMark(END_NS)])
  const singles = owners.flatMap((owner) => {
    const own = records.filter((record) => record.owner === owner)
    return analyze([...own, endMark(END_NS)]).map((c) => alone(c, framesOf(own, owner)))
  })
  return [together.map((c, i) => alone(c, framesOf(records, owners[i] ?? -1))), singles]
}

const several = fc.array(conversations, { minLength: 2, maxLength: 5 })

test('connections that pass at the same time change none of each other', () => {
  const starts = fc.array(fc.integer({ min: 0, max: 20_000 }), { minLength: 5, maxLength: 5 })
  fc.assert(
    fc.property(several, starts, (list, ms) => {
      const records = inOrder(owned(list, (i) => START_NS + BigInt(ms[i] ?? 0) * 1_000_000n))
      const [together, singles] = togetherAndAlone(records)
      expect(together).toEqual(singles)
      expect(together).toHaveLength(list.length)
    }),
    { numRuns: runs(90) },
  )
})

test('captures one behind the other are the union', () => {
  fc.assert(
    fc.property(several, (list) => {
      const records = owned(list, (i) => START_NS + BigInt(i) * 10_000n * SECOND)
      const [together, singles] = togetherAndAlone(records)
      expect(together).toEqual(singles)
      expect(together).toHaveLength(list.length)
    }),
    { numRuns: runs(80) },
  )
})

test('a capture that ends earlier: the same of every connection that was over', () => {
  const closed = fc.array(closedConversations, { minLength: 1, maxLength: 4 })
  fc.assert(
    fc.property(closed, fc.nat(), (list, cut) => {
      const records = inOrder(owned(list, (i) => START_NS + BigInt(i) * 3n * SECOND))
      const prefix = records.slice(0, 1 + (cut % records.length))
      const endNs = prefix.at(-1)?.timeNs ?? 0n
      const order = [...new Set(prefix.map(({ owner }) => owner))]
      const isOver = order.map((owner) => {
        const lastNs = records.findLast((record) => record.owner === owner)?.timeNs ?? endNs
        return lastNs + LINGER_NS <= endNs
      })
      const before = analyze(prefix).filter((_, stream) => isOver[stream])
      const after = analyze([...records, endMark(END_NS)]).filter((_, stream) => isOver[stream])
      expect(before).toEqual(after)
    }),
    { numRuns: runs(200) },
  )
})
