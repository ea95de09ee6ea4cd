import { expect, test } from 'vitest'
import {
  DIGEST_CLIENT_GUESSED,
  type DigestBatch,
  DigestWriter,
  digestsOf,
} from '../../../src/incidents/digest.js'
import { CLOSERS } from '../../../src/verdict/answer.js'
import { ENDINGS } from '../../../src/verdict/endings.js'
import { NORMAL, REFUSED, eachConnection } from '../output/formats/reporting.js'

/** What a digest says of a connection. */
interface Told {
  readonly capture: string
  readonly ending: string
  readonly closer: string | undefined
  readonly ports: readonly number[]
  readonly spanMs: readonly number[]
  readonly bytes: readonly number[]
  readonly isGuessed: boolean
}

function digested(texts: readonly string[]): Told[] {
  const told: Told[] = []
  const writer = new DigestWriter((batch: DigestBatch) => {
    for (const d of digestsOf(batch)) {
      const row = ENDINGS[d.ending]
      told.push({
        capture: batch.captureName,
        ending: `${row?.verdict}.${row?.cause}`,
        closer: CLOSERS[d.closer],
        ports: [d.ports >>> 16, d.ports & 0xffff],
        spanMs: [d.startNs, d.teardownNs, d.endNs].map((ns) => ns / 1e6),
        bytes: [d.clientBytes, d.serverBytes],
        isGuessed: (d.flags & DIGEST_CLIENT_GUESSED) !== 0,
      })
    }
  })
  eachConnection(
    texts.map((text) => ({ text })),
    (c) => writer.add(c),
  )
  writer.flush()
  return told
}

test('a digest holds who, how, when and how much', () => {
  expect(digested([NORMAL, REFUSED])).toEqual([
    {
      capture: 'run.pcap',
      ending: 'graceful_fin.normal',
      closer: 'client',
      ports: [40_000, 80],
      spanMs: [0, 1000, 1002],
      bytes: [100, 200],
      isGuessed: false,
    },
    {
      capture: 'run.pcap',
      ending: 'handshake_failed.refused',
      closer: 'server',
      ports: [40_000, 80],
      spanMs: [0, 1, 1],
      bytes: [0, 0],
      isGuessed: false,
    },
  ])
})

test('without a FIN or a reset that counts there is no time of a teardown', () => {
  const [open] = digested(['0.0 > . 1:1(0) ack 1\n0.5 < P. 1:6(5) ack 1'])
  expect(open?.spanMs[1]).toBeNaN()
  expect(open?.isGuessed).toBe(true)
})

test('many digests come in several batches, in order', () => {
  const told = digested(Array.from({ length: 1100 }, (_, i) => (i % 3 === 0 ? NORMAL : REFUSED)))
  expect(told).toHaveLength(1100)
  expect(told.every(({ closer }, i) => closer === (i % 3 === 0 ? 'client' : 'server'))).toBe(true)
})
