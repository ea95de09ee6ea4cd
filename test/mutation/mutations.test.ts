// Captures with something taken away, doubled, moved or shifted: a verdict may become less sure, or give up, but never
// certain and wrong. Over the samples, and over the kernel lab where it is there. MUTATION_REPORT=1 prints the figures.

import { existsSync, readFileSync } from 'node:fs'
import { afterAll, describe, expect, test } from 'vitest'
import { type Connection, PacketAnalyzer } from '../../src/index.js'
import { type Frame, framesOf } from './frames.js'
import { MUTATIONS, type Mutation, randomSource } from './mutate.js'
import { fits } from '../support/truth.js'

const SAMPLES = new URL('../../samples/', import.meta.url)
const LAB = new URL('../../../shared/lab/', import.meta.url)
/** Not one capture each, or out of order by nature. */
const LEFT_OUT = /rotate|art_dumpcap/
/** Addresses that also stand elsewhere: quoted in ICMP errors, in a routing header. */
const NOT_EXCHANGED = /icmp|srv6|unreach/
const SEED = 20_261_123

/** What was really done on one connection of a capture. */
interface Truth {
  readonly capture: string
  readonly stream: number
  /** Accepted `verdict.cause` names. */
  readonly endings: readonly string[]
}

/** A folder of captures with their truths. */
interface Corpus {
  readonly name: string
  readonly folder: URL
  readonly truths: readonly Truth[]
}

interface LabLine {
  readonly capture: string
  readonly stream: number
  readonly verdict: readonly string[]
  readonly cause: readonly string[]
}

function lines<T>(file: URL): T[] {
  const text = readFileSync(file, 'utf8').trim()
  return text.split('\n').map((line) => JSON.parse(line) as T)
}

function corpora(): Corpus[] {
  const samples = lines<Truth>(new URL('recorded.ndjson', SAMPLES))
  const found = [{ name: 'samples', folder: SAMPLES, truths: samples }]
  if (!existsSync(LAB)) return found
  const lab = lines<LabLine>(new URL('expected.ndjson', LAB)).map(
    ({ capture, stream, verdict, cause }) => ({
      capture,
      stream,
      endings: verdict.flatMap((v) => cause.map((c) => `${v}.${c}`)),
    }),
  )
  const truths = lab.filter(({ capture }) => !LEFT_OUT.test(capture))
  return [...found, { name: 'lab', folder: LAB, truths }]
}

function analyze(frames: readonly Frame[]): Connection[] {
  const connections: Connection[] = []
  const analyzer = new PacketAnalyzer({ onConnection: (c) => connections.push(c) })
  for (const frame of frames) analyzer.push(frame)
  analyzer.finish()
  return connections
}

function endpoints(c: Connection): string {
  return [`${c.client_ip} ${c.client_port}`, `${c.server_ip} ${c.server_port}`].sort().join()
}

/** The connection that a whole capture's connection has become: the nth between the same ends. */
function counterpart(
  whole: readonly Connection[],
  mutated: readonly Connection[],
  stream: number,
): Connection | undefined {
  const original = whole.find((c) => c.stream === stream)
  if (original === undefined) return undefined
  const ends = endpoints(original)
  const nth = whole.filter((c) => endpoints(c) === ends && c.stream < stream).length
  return mutated.filter((c) => endpoints(c) === ends)[nth]
}

/** How the mutated connections of a corpus came out. */
interface Tally {
  readonly of: string
  connections: number
  gone: number
  same: number
  incomplete: number
  otherUnsure: number
  readonly certainAndWrong: string[]
}

const tallies: Tally[] = []

function tally({ name, folder, truths }: Corpus, what: string, mutate: Mutation): Tally {
  const counts: Tally = {
    of: `${name}, ${what}`,
    connections: 0,
    gone: 0,
    same: 0,
    incomplete: 0,
    otherUnsure: 0,
    certainAndWrong: [],
  }
  const random = randomSource(SEED)
  for (const capture of new Set(truths.map((row) => row.capture))) {
    const frames = framesOf(new URL(capture, folder))
    const whole = analyze(frames)
    const mutated = analyze(mutate(frames, random))
    for (const { stream, endings } of truths.filter((row) => row.capture === capture)) {
      counts.connections++
      const found = counterpart(whole, mutated, stream)
      if (found === undefined) counts.gone++
      else if (fits(found, endings)) counts.same++
      else if (found.verdict === 'incomplete') counts.incomplete++
      else if (found.confidence !== 'certain') counts.otherUnsure++
      else counts.certainAndWrong.push(`${capture} ${stream}: ${found.verdict}.${found.cause}`)
    }
  }
  tallies.push(counts)
  return counts
}

describe.each(corpora())('$name', (corpus) => {
  test.each(Object.entries(MUTATIONS))('%s: nothing is certain and wrong', (what, mutate) => {
    expect(tally(corpus, what, mutate).certainAndWrong).toEqual([])
  })

  test('hosts exchanged: the same ending', () => {
    for (const capture of new Set(corpus.truths.map((row) => row.capture))) {
      if (NOT_EXCHANGED.test(capture)) continue
      const frames = framesOf(new URL(capture, corpus.folder))
      const swapped = frames.map((frame) => ({ ...frame, bytes: frame.withSidesExchanged() }))
      const [before, after] = [analyze(frames), analyze(swapped)]
      const view = (c: Connection): unknown[] => [
        c.stream,
        c.verdict,
        c.cause,
        c.closer,
        c.confidence,
      ]
      // Guessed roles follow the ports, and a host has no other name than its address.
      const known = before.filter((c) => c.client_guessed !== true)
      const same = after.filter((c) => known.some(({ stream }) => stream === c.stream))
      expect(same.map(view), capture).toEqual(known.map(view))
    }
  })
})

afterAll(() => {
  if (process.env['MUTATION_REPORT'] !== '1') return
  for (const { certainAndWrong, ...counts } of tallies) {
    process.stdout.write(
      `${JSON.stringify({ ...counts, certainAndWrong: certainAndWrong.length })}\n`,
    )
  }
})
