// Whatever segments pass, in whatever order: the analysis stays whole, and says only what can be.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Connection, ENDINGS, PacketAnalyzer } from '../../../src/index.js'
import { type ScenarioOptions, runScenario, scenarioFrames } from '../../support/scenario.js'
import { runs } from '../../support/runs.js'

const NAMES = new Set(ENDINGS.map((row) => `${row.verdict}.${row.cause}`))
/** In the long run too: further on lie segments without ACK whose sender never acknowledged anything, and is judged as if. */
const NUMBERED_RUNS = 1000

const flags = fc.constantFrom('S', 'S.', '.', '.', 'P.', 'P.', 'F.', 'FP.', 'R', 'R.', 'F', 'P')
const rest = fc.constantFrom('', '', '', ' win 0', ' ttl 60', ' copy', ' nots', ' id 0')

/** One line of a scenario: numbers from a small range, so that they meet. */
const line = fc
  .record({
    gapMs: fc.constantFrom(0, 1, 1, 200, 1000, 5000, 75_000),
    direction: fc.constantFrom('>', '<'),
    flags,
    seq: fc.integer({ min: 0, max: 12 }),
    payload: fc.constantFrom(0, 0, 1, 5),
    ack: fc.integer({ min: 0, max: 12 }),
    rest,
    icmp: fc.constantFrom('', '', '', '', '', '', '', '', '', 'icmp 3 1 '),
  })
  .map((l) => ({
    gapMs: l.gapMs,
    text: `${l.icmp}${l.direction} ${l.flags} ${l.seq}:${l.seq + l.payload}(${l.payload}) ack ${l.ack}${l.rest}`,
    isSegment: l.icmp === '',
  }))

const conversation = fc.array(line, { minLength: 1, maxLength: 14 }).map((lines) => {
  let ms = 0
  const texts = lines.map((l) => {
    ms += l.gapMs
    return `${(ms / 1000).toFixed(3)} ${l.text}`
  })
  return {
    text: texts.join('\n'),
    spanS: ms / 1000,
    frames: lines.length,
    segments: lines.filter((l) => l.isSegment).length,
  }
})

function numbersOf(c: Connection): [string, number][] {
  return Object.entries(c).filter(([, value]) => typeof value === 'number') as [string, number][]
}

test('every packet is in one connection, every connection has a known ending', () => {
  fc.assert(
    fc.property(conversation, ({ text, segments, frames, spanS }) => {
      const connections = runScenario(text)
      const packets = connections.map((c) => c.client_packets + c.server_packets)
      expect(packets.reduce((sum, n) => sum + n, 0)).toBe(segments)
      for (const c of connections) {
        expect(NAMES).toContain(`${c.verdict}.${c.cause}`)
        expect(c.explanation).toMatch(/^[A-Z0-9].*\.$/)
        expect(c.explanation).not.toMatch(/NaN|undefined|null|unknown time|packet 0\b|-\d+ bytes/)
        expect(numbersOf(c).filter(([, n]) => !(n >= 0))).toEqual([])
        const times = numbersOf(c).filter(([key]) => key.endsWith('_s'))
        expect(times.filter(([, s]) => s > spanS + 1e-9)).toEqual([])
        const shown = (c.evidence ?? []).map((row) => row.packet)
        expect(shown.filter((n) => n < 1 || n > frames)).toEqual([])
        expect(shown).toEqual([...shown].sort((a, b) => a - b))
        for (const other of c.alternatives ?? []) expect(NAMES).toContain(other)
        expect(c.alternatives ?? []).not.toContain(`${c.verdict}.${c.cause}`)
      }
    }),
    { numRuns: runs(600) },
  )
})

test('initial sequence numbers make no difference, wherever they wrap', () => {
  const isn = fc.oneof(
    fc.constantFrom(0, 0x7fff_fff8, 0x8000_0000, 0xffff_fff4, 0xffff_ffff),
    fc.nat(0xffff_ffff),
  )
  fc.assert(
    fc.property(conversation, isn, isn, ({ text }, clientIsn, serverIsn) => {
      const options: ScenarioOptions = { clientIsn, serverIsn }
      expect(runScenario(text, options)).toEqual(runScenario(text))
    }),
    { numRuns: NUMBERED_RUNS },
  )
})

test('other connections in between make no difference', () => {
  fc.assert(
    fc.property(conversation, conversation, (one, other) => {
      const frames = [
        ...scenarioFrames(one.text),
        ...scenarioFrames(other.text, { clientPort: 50_000, serverPort: 443 }),
      ].sort((a, b) => Number(a.timeNs - b.timeNs))
      const together: Connection[] = []
      const analyzer = new PacketAnalyzer({ idleS: 30, onConnection: (c) => together.push(c) })
      for (const frame of frames) analyzer.push(frame)
      analyzer.finish()
      const mine = together.filter((c) => [c.client_port, c.server_port].includes(80))
      const alone = runScenario(`${one.text}\n${Math.max(one.spanS, other.spanS)} end`, {
        idleS: 30,
      })
      const facts = (list: readonly Connection[]): unknown[] =>
        list.map((c) => [
          c.verdict,
          c.cause,
          c.closer,
          c.confidence,
          c.client_packets,
          c.duration_s,
        ])
      expect(facts(mine)).toEqual(facts(alone))
    }),
    { numRuns: runs(300) },
  )
})
