// Connections that are classified elsewhere come out as those that are judged where they ended.

import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { PipelineSettings } from '../../../src/engine/pipeline.js'
import { type Connection, connectionOf } from '../../../src/engine/connection.js'
import { BatchReader, BatchWriter, type EndingBatch } from '../../../src/parallel/ending-batch.js'
import type { ConnectionHandler } from '../../../src/engine/ended-connection.js'
import { analyzeMerged } from '../../../src/engine/analyze-merged.js'
import { ROOT } from '../../cli/run-cli.js'

const SAMPLES = readdirSync(join(ROOT, 'samples'))
  .filter((name) => /\.pcap(ng)?$/.test(name))
  .map((name) => join(ROOT, 'samples', name))

/** Collects connections as objects. */
class Collector implements ConnectionHandler {
  readonly all: Connection[] = []

  onConnection(from: Parameters<typeof connectionOf>[0]): void {
    this.all.push(connectionOf(from))
  }
}

async function judgedHere(options: PipelineSettings): Promise<Connection[]> {
  const here = new Collector()
  await analyzeMerged(SAMPLES, here, options)
  return here.all
}

/** The same through batches, which come back only when `lag` others have been sent; the first `late` are judged here. */
async function judgedElsewhere(
  options: PipelineSettings,
  { capacity = 3, lag = 0, late = 0 },
): Promise<Connection[]> {
  const collector = new Collector()
  const reader = new BatchReader(collector, options)
  const away: EndingBatch[] = []
  const come = (): void => {
    const batch = away.shift()
    if (batch === undefined) return
    reader.read(batch)
    writer.release(batch)
  }
  const writer = new BatchWriter((batch) => {
    // As it arrives in another thread: a copy, over the same memory.
    away.push(structuredClone(batch))
    if (away.length > lag) come()
  }, capacity)
  writer.isOpen = late === 0
  const here: ConnectionHandler = {
    onConnection: (from) => {
      collector.onConnection(from)
      writer.isOpen = collector.all.length >= late
    },
  }
  await analyzeMerged(SAMPLES, here, { ...options, handOver: writer })
  writer.flush()
  while (away.length > 0) come()
  return collector.all
}

describe.each([
  ['as they are', {}],
  ['with a known kill', { killedAtNs: 1_700_000_000_000_000_000n, idleS: 3 }],
  ['with few places in the table', { maxConnections: 4, maxHalfOpen: 2, maxClosed: 2 }],
] satisfies [string, PipelineSettings][])('%s', (_name, options) => {
  test.each([
    ['one by one', { capacity: 1 }],
    ['in batches', { capacity: 5 }],
    ['that come back late', { capacity: 2, lag: 7 }],
    ['after the first ones', { capacity: 3, lag: 2, late: 20 }],
    ['all at the end', { capacity: 1000 }],
  ])('%s', async (_how, how) => {
    const expected = await judgedHere(options)
    expect(expected.length).toBeGreaterThan(100)
    expect(await judgedElsewhere(options, how)).toEqual(expected)
  })
})
