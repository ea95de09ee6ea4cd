// Rows of plain closes are written from templates only where nothing is to be said that the templates do not have.

import { expect, test, vi } from 'vitest'
import { CaptureClock } from '../../../src/capture/clock.js'
import { ConnectionWriter, type WriterOptions } from '../../../src/engine/connection-writer.js'
import { Pipeline, type PipelineSettings } from '../../../src/engine/pipeline.js'
import { PlainRow } from '../../../src/output/formats/plain-row.js'
import { LINKTYPE_ETHERNET } from '../../../src/wire/link/linktype.js'
import { scenarioFrames } from '../../support/scenario.js'

const TALK = `
  0.001 > S 0:0(0)
  0.002 < S. 0:0(0) ack 1
  0.003 > . 1:1(0) ack 1
  0.004 > P. 1:101(100) ack 1
  0.005 < P. 1:201(200) ack 101
  0.006 > F. 101:101(0) ack 201
  0.007 < F. 201:201(0) ack 102
  0.008 > . 102:102(0) ack 202`

/** The row of a plain close, and how many templates were used for it. */
function rowOf(
  writing: Partial<WriterOptions> = {},
  settings: PipelineSettings = {},
  hasDrops = false,
  isClockSet = false,
): { row: Record<string, unknown>; templates: number } {
  const write = vi.spyOn(PlainRow.prototype, 'write')
  let text = ''
  const sink = {
    writeBytes: (bytes: Uint8Array) => (text += Buffer.from(bytes).toString()),
  }
  const writer = new ConnectionWriter(
    {
      format: 'ndjson',
      columns: undefined,
      types: undefined,
      summaryOnly: false,
      all: false,
      top: 3,
      nameCaptures: false,
      fields: 'native',
      isEpoch: false,
      hasMark: false,
      isLocalTime: false,
      width: 80,
      rows: undefined,
      colour: false,
      filter: {},
      order: undefined,
      limit: undefined,
      failOn: [],
      ...writing,
    },
    sink,
    () => undefined,
  )
  const clock = new CaptureClock()
  const pipeline = new Pipeline('-', clock, writer, settings)
  pipeline.origin = { bytes: 0, hasDrops }
  const records = scenarioFrames(TALK)
  const baseNs = records[0]?.timeNs ?? 0n
  clock.baseNs = baseNs
  const startNs = isClockSet ? 3600e9 : 0
  for (const [at, { bytes, timeNs }] of records.entries()) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    // The SYN passed an hour before the clock was set back.
    const ns = Number(timeNs - baseNs) + (at === 0 ? startNs : 0)
    pipeline.onRecord(view, 0, bytes.length, bytes.length, LINKTYPE_ETHERNET, ns)
  }
  pipeline.finish()
  writer.take()
  const templates = write.mock.results.filter(({ value }) => value === true).length
  write.mockRestore()
  return { row: JSON.parse(text) as Record<string, unknown>, templates }
}

test('a plain close takes one', () => {
  const { row, templates } = rowOf()
  expect(templates).toBe(1)
  expect(row).toMatchObject({ cause: 'normal', confidence: 'certain', client_packets: 5 })
})

test('what a capture says of itself is in the row', () => {
  expect(rowOf({}, {}, true)).toMatchObject({
    row: { confidence: 'likely', flags: ['capture_drops'] },
    templates: 0,
  })
  const set = rowOf({}, {}, false, true)
  expect(set.row['flags']).toContain('clock_step')
  expect(set.templates).toBe(0)
})

test('so is the time since a kill, and no address that is replaced', () => {
  const [first] = scenarioFrames(TALK)
  const killed = rowOf({}, { killedAtNs: (first?.timeNs ?? 0n) + 4_500_000n })
  expect(killed).toMatchObject({ row: { kill_to_teardown_s: 0.0005 }, templates: 0 })
  const anonymizer = { ipv4: (word: number) => word ^ 1, ipv6: (words: Int32Array) => words }
  const replaced = rowOf({}, { anonymizer })
  expect(replaced).toMatchObject({ row: { client_ip: '10.0.0.0' }, templates: 0 })
})

test('filters, an order and endings that count as failures see every connection judged', () => {
  expect(rowOf({ failOn: ['graceful_fin'] }).templates).toBe(0)
  expect(rowOf({ filter: { verdict: { any: ['graceful_fin'], none: [] } } }).templates).toBe(0)
  expect(rowOf({ columns: ['stream', 'flow_end_reason'] }).templates).toBe(0)
})
