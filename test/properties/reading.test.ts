// The form in which records reach the analysis changes nothing.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  buildPcap,
  buildPcapng,
  PCAP_FORMATS,
  type BuiltRecord,
} from '../support/capture-builder.js'
import { analyzeBytes } from './analysis.js'
import { between, conversations, recordsOf } from './conversation.js'
import { runs } from '../support/runs.js'

/** Records of a few connections side by side. */
const captures = fc
  .array(conversations, { minLength: 1, maxLength: 3 })
  .map((list) =>
    list
      .flatMap((conversation, i) => recordsOf(between(conversation, i)))
      .sort((a, b) => Number(a.timeNs - b.timeNs)),
  )

function connectionsOf(bytes: Uint8Array): unknown {
  return (analyzeBytes(bytes) as { connections: unknown }).connections
}

test('any split of the bytes gives the same, sound or cut or damaged', () => {
  const damage = fc.record({
    at: fc.nat({ max: 4000 }),
    byte: fc.nat({ max: 255 }),
    end: fc.nat({ max: 12_000 }),
    pcapng: fc.boolean(),
    cuts: fc.array(fc.nat({ max: 6000 }), { maxLength: 30 }),
  })
  fc.assert(
    fc.property(captures, damage, (records, { at, byte, end, pcapng, cuts }) => {
      const sound = pcapng ? buildPcapng(records) : buildPcap(records)
      const bytes = sound.slice(0, end)
      if (at % 2 === 0 && at < bytes.length) bytes[at] = byte
      expect(analyzeBytes(bytes, cuts)).toEqual(analyzeBytes(bytes))
    }),
    { numRuns: runs(120) },
  )
})

test('pcap and pcapng, µs and ns, both byte orders: the same connections', () => {
  fc.assert(
    fc.property(captures, (records: BuiltRecord[]) => {
      const expected = connectionsOf(buildPcap(records))
      for (const littleEndian of [true, false]) {
        for (const format of PCAP_FORMATS) {
          expect(connectionsOf(buildPcap(records, { format, littleEndian }))).toEqual(expected)
        }
        expect(connectionsOf(buildPcapng(records, littleEndian))).toEqual(expected)
      }
    }),
    { numRuns: runs(40) },
  )
})
