// What is shown of the connections of each ending: the same however threads share them out.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { EndedConnection } from '../../../../src/engine/ended-connection.js'
import { CaptureClock } from '../../../../src/capture/clock.js'
import { Pipeline } from '../../../../src/engine/pipeline.js'
import { scenarioFrames } from '../../../support/scenario.js'
import {
  type EndingGroup,
  GroupCollector,
  isNotableConnection,
} from '../../../../src/output/collect/groups.js'
import { TimeBins } from '../../../../src/output/collect/time-bins.js'
import type { ColumnSource } from '../../../../src/output/columns/column.js'
import { type Ending, rowOf } from '../../../../src/verdict/endings.js'

/** As much of a connection as is looked at. */
interface Facts {
  readonly n: number
  readonly ending: Ending
  readonly server?: number
  readonly seconds?: number
  readonly codes?: readonly string[]
  readonly text?: string
}

function connection({
  n,
  ending,
  server = 1,
  seconds = 1,
  codes = [],
  text = '.',
}: Facts): ColumnSource {
  const ints = Int32Array.of(0x0a000000 + (n % 50), 0, 0, 0, 0x0b000000 + server, 0, 0, 0)
  const e = {
    stream: n,
    startNs: n * 1e9,
    endNs: (n + seconds) * 1e9,
    quietNs: 0,
    clientSide: 0,
    isIpv6: false,
    // Nothing is told at a glance: the findings decide.
    hasTeardown: true,
    own: { ints },
    addressAt: (side: number) => 4 * side,
    portOf: (side: number) => (side === 0 ? 40_000 : 80),
  }
  const j = {
    ending,
    verdict: rowOf(ending).verdict,
    derived: {},
    confidence: 'likely',
    findings: (): readonly object[] => codes.map((code) => ({ code })),
    explanation: (): string => text,
  }
  return {
    captureName: 'a.pcap',
    baseNs: 10n ** 18n,
    encapsulation: '',
    e,
    j,
  } as unknown as EndedConnection
}

/** What is found of the ordinary endings in a scenario, and whether they are worth a line. */
function judgedOf(text: string): { found: string[]; isNotable: boolean }[] {
  const judged: { found: string[]; isNotable: boolean }[] = []
  const clock = new CaptureClock()
  const pipeline = new Pipeline('run.pcap', clock, {
    onConnection: (c) => {
      if (rowOf(c.j.ending).severity > 0) return
      const isNotable = isNotableConnection(c)
      judged.push({ found: c.j.findings().map(({ code }) => code), isNotable })
    },
  })
  for (const { bytes, timeNs } of scenarioFrames(text)) {
    clock.baseNs ??= timeNs
    const view = new DataView(bytes.buffer)
    pipeline.onRecord(view, 0, bytes.length, bytes.length, 1, Number(timeNs - clock.baseNs))
  }
  pipeline.finish()
  return judged
}

/** What is shown, as plain data. */
function shown(groups: ReadonlyMap<Ending, EndingGroup>): unknown {
  return [...groups].map(([ending, { servers, clients, examples }]) => ({
    ending,
    servers: servers.sorted().map(({ name, count, times: at }) => [name, count, at.state()]),
    clients: clients.sorted().map(({ name, count }) => [name, count]),
    streams: examples.map(({ stream }) => stream),
  }))
}

function streamsOf(collector: GroupCollector): number[] {
  return [...collector.all(1000).values()].flatMap(({ examples }) => examples.map((c) => c.stream))
}

const REFUSED = 'handshake_failed.refused'
const facts = fc.record({
  ending: fc.constantFrom<Ending>(REFUSED, 'graceful_fin.normal', 'lingering_established.idle'),
  server: fc.integer({ min: 1, max: 5 }),
  seconds: fc.integer({ min: 0, max: 3 }),
})

test('threads make no difference', () => {
  const some = fc.array(facts, { minLength: 1, maxLength: 60 })
  fc.assert(
    fc.property(
      some,
      fc.integer({ min: 1, max: 20 }),
      fc.boolean(),
      fc.constantFrom(0, 10, 100),
      (list, size, all, few) => {
        const connections = list.map((each, n) => connection({ ...each, n }))
        const options = { all, top: 3, few }
        const whole = new GroupCollector(options)
        for (const c of connections) whole.add(c)
        const shared = new GroupCollector(options)
        for (let from = 0; from < connections.length; from += size) {
          const part = new GroupCollector(options)
          for (const c of connections.slice(from, from + size)) part.add(c)
          shared.absorb(part.take())
        }
        expect(shown(shared.all(list.length))).toEqual(shown(whole.all(list.length)))
      },
    ),
  )
})

describe('examples', () => {
  test('the worst ones first, and of those that are as bad the first', () => {
    const collector = new GroupCollector({ all: false, top: 3, few: 0 })
    for (const [n, seconds] of [5, 1, 9, 5, 5, 2].entries())
      collector.add(connection({ n, ending: REFUSED, seconds }))
    expect(streamsOf(collector)).toEqual([2, 0, 3])
  })

  test('all of them, as they came, while there is room', () => {
    const collector = new GroupCollector({ all: true, top: 3, few: 0 })
    const text = '.'.repeat(100_000)
    for (let n = 0; n < 100; n++) collector.add(connection({ n, ending: REFUSED, text }))
    expect(streamsOf(collector)).toEqual(Array.from({ length: 32 }, (_, n) => n))
  })
})

test('the few that filters leave are all shown', () => {
  const collector = new GroupCollector({ all: false, top: 1, few: 10 })
  for (let n = 0; n < 4; n++) collector.add(connection({ n, ending: 'graceful_fin.normal' }))
  const streams = (selected: number): unknown =>
    collector
      .all(selected)
      .get('graceful_fin.normal')
      ?.examples.map((c) => c.stream)
  expect(streams(4)).toEqual([0, 1, 2, 3])
  expect(streams(11)).toBeUndefined()
})

test.each([
  ['half_closed', true],
  ['rst_ignored', true],
  ['rst_storm', true],
  ['payload_at_risk', true],
  ['tls_alert', true],
  ['capture_point', false],
  ['tls_close_notify', false],
])('a close of no interest with the finding %s: shown is %s', (code, isShown) => {
  const collector = new GroupCollector({ all: false, top: 5, few: 0 })
  collector.add(connection({ n: 7, ending: 'graceful_fin.normal', codes: ['nat_twin', code] }))
  expect(streamsOf(collector)).toEqual(isShown ? [7] : [])
})

test('many endpoints: those told apart are counted, the others together', () => {
  const collector = new GroupCollector({ all: false, top: 0, few: 0 })
  for (let n = 0; n < 3000; n++) collector.add(connection({ n, ending: REFUSED, server: n }))
  const group = collector.all(1000).get(REFUSED)
  expect(group?.servers.sorted()).toHaveLength(1024)
  expect(group?.servers.others).toBe(3000 - 1024)
  expect(group?.clients.sorted().map(({ count }) => count)).toEqual(
    Array.from({ length: 50 }, () => 60),
  )
})

describe('bins of time', () => {
  test('none is lost, whatever comes in which order', () => {
    const times = fc.array(fc.integer({ min: -1e6, max: 1e13 }), { minLength: 1, maxLength: 80 })
    fc.assert(
      fc.property(times, (list) => {
        const bins = new TimeBins()
        for (const ms of list) bins.add(ms)
        const backwards = new TimeBins()
        for (const ms of [...list].reverse()) backwards.add(ms)
        expect(bins.state()).toEqual(backwards.state())
        const columns = bins.columns(12, Math.min(...list), Math.max(...list))
        expect(columns.reduce((sum, n) => sum + n, 0)).toBe(list.length)
      }),
    )
  })

  test('columns are where the times are', () => {
    const bins = new TimeBins()
    for (const ms of [0, 10, 900, 990]) bins.add(ms)
    expect(bins.columns(4, 0, 1000)).toEqual([2, 0, 0, 2])
  })
})

test('what is plain at a glance has no finding that is worth a line', () => {
  const codes = new Set(['half_closed', 'rst_ignored', 'rst_storm', 'payload_at_risk', 'tls_alert'])
  const opened = '0.000 > S 0:0(0)\n0.001 < S. 0:0(0) ack 1\n0.002 > . 1:1(0) ack 1\n'
  const line = fc
    .tuple(
      fc.constantFrom('>', '<'),
      fc.constantFrom('.', 'P.', 'F.', 'F.', 'R'),
      fc.nat(3),
      fc.nat(3),
      fc.constantFrom(0, 0, 2),
      fc.constantFrom(1, 1, 900, 3000),
    )
    .map(([way, flags, seq, ack, length, gapMs]) => ({ way, flags, seq, ack, length, gapMs }))
  fc.assert(
    fc.property(fc.array(line, { maxLength: 8 }), (lines) => {
      let ms = 10
      const text = lines.map(({ way, flags, seq, ack, length, gapMs }) => {
        ms += gapMs
        return `${(ms / 1000).toFixed(3)} ${way} ${flags} ${1 + seq}:${1 + seq + length}(${length}) ack ${1 + ack}`
      })
      for (const { found, isNotable } of judgedOf(opened + text.join('\n')))
        expect(isNotable).toBe(found.some((code) => codes.has(code)))
    }),
    { numRuns: 400 },
  )
})
