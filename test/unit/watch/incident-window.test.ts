// Incidents of a capture that goes on: told when they are certain, and once.

import { expect, test } from 'vitest'
import { CaptureClock } from '../../../src/capture/clock.js'
import { Pipeline } from '../../../src/engine/pipeline.js'
import { DIGEST_CELLS, type DigestBatch, DigestWriter } from '../../../src/incidents/digest.js'
import { IncidentWindow } from '../../../src/watch/incident-window.js'
import { LINKTYPE_ETHERNET } from '../../../src/wire/link/linktype.js'
import {
  type Part,
  closedByClient,
  closedByServer,
  framesOf,
  leaked,
  leftUnread,
  refused,
} from '../../support/service.js'

/** A service that dies at 10 s, refuses until 15 s, and is back. */
const KILLED: readonly Part[] = [
  ...Array.from({ length: 6 }, (_, i) => closedByServer(i, 10 + i / 1000)),
  ...Array.from({ length: 6 }, (_, i) => leftUnread(i, 10.01 + i / 1000)),
  ...Array.from({ length: 10 }, (_, i) => refused(10.1 + i / 2)),
]

class Timeline {
  readonly window: IncidentWindow = new IncidentWindow('run.pcap', undefined)
  private readonly clock = new CaptureClock()
  private readonly digests = new DigestWriter(this.window.add)
  private readonly pipeline = new Pipeline('run.pcap', this.clock, {
    onConnection: (c) => this.digests.add(c),
  })

  /** Reads the packets of these connections and hands over those that are over. */
  add(parts: readonly Part[], end: number): this {
    for (const { bytes, timeNs } of framesOf(parts, end)) {
      this.clock.baseNs ??= timeNs
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
      const ns = Number(timeNs - this.clock.baseNs)
      this.pipeline.onRecord(view, 0, bytes.length, bytes.length, LINKTYPE_ETHERNET, ns)
    }
    this.pipeline.tracker.settle(end * 1e9)
    this.digests.flush()
    return this
  }

  /** Kinds of incidents told at a second. */
  kinds(second: number, isOver = false): string[] {
    const survey = (visit: Parameters<Pipeline['survey']>[0]): void => this.pipeline.survey(visit)
    return this.window.take(second * 1e9, survey, isOver).map(({ kind, id }) => `${id} ${kind}`)
  }
}

test('an incident is told when nothing more comes, and once', () => {
  const timeline = new Timeline().add(KILLED, 15)
  expect(timeline.kinds(12)).toEqual([])
  expect(timeline.kinds(19)).toEqual(['1 process_death'])
  expect(timeline.kinds(20)).toEqual([])
  expect(timeline.kinds(20, true)).toEqual([])
})

test('an incident that goes on is told after a while', () => {
  const timeline = new Timeline().add(KILLED, 15)
  expect(timeline.kinds(13)).toEqual([])
  expect(timeline.kinds(13, true)).toEqual(['1 process_death'])
})

test('what follows from it is told behind it', () => {
  const timeline = new Timeline().add(KILLED, 15)
  expect(timeline.kinds(19)).toEqual(['1 process_death'])
  timeline.add([closedByServer(15.5, 16), closedByServer(15.6, 16.1)], 20)
  expect(timeline.kinds(22)).toEqual(['2 service_restart'])
})

test('connections that are not over count: a leak', () => {
  const timeline = new Timeline()
  timeline.add(
    Array.from({ length: 8 }, (_, i) => leaked(i, i + 0.5)),
    60,
  )
  expect(timeline.kinds(60)).toEqual(['1 close_wait_leak'])
  expect(timeline.kinds(70)).toEqual([])
})

test('a leak is told again when it has doubled', () => {
  const timeline = new Timeline()
  const leaks = (from: number): Part[] =>
    Array.from({ length: 8 }, (_, i) => leaked(from + i, from + i + 0.5))
  timeline.add(leaks(0), 60)
  expect(timeline.kinds(60)).toEqual(['1 close_wait_leak'])
  timeline.add(leaks(70), 90)
  expect(timeline.kinds(90)).toEqual(['1 close_wait_leak'])
  expect(timeline.kinds(100)).toEqual([])
})

test('the end of one client is one incident, whatever services it had', () => {
  const parts = [[10, 0, 0, 8] as const, [10, 0, 0, 9] as const].flatMap((serverIp) =>
    Array.from({ length: 12 }, (_, i) => closedByClient(i / 10, 10 + i / 2000, { serverIp })),
  )
  const timeline = new Timeline().add(parts, 20)
  expect(timeline.kinds(20)).toEqual(['1 process_death'])
  expect(timeline.kinds(21)).toEqual([])
})

test('the window forgets, and is bounded', () => {
  const timeline = new Timeline().add(KILLED, 15)
  expect(timeline.kinds(1000)).toEqual([])
  const window = new IncidentWindow('run.pcap', undefined)
  const cells = new Float64Array(64 * DIGEST_CELLS)
  const batch: DigestBatch = { captureName: 'run.pcap', baseNs: 0n, count: 64, cells }
  for (let i = 0; i < 3000; i++) window.add(batch)
  expect(window.digests).toBe(1 << 17)
})
