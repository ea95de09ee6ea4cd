// The captures of a run: few and small, sound and spoiled, under plain and hostile names.

import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { buildPcap, PcapngBuilder } from '../../support/capture-builder.js'
import type { Base } from '../corpus.js'
import { inputOf } from '../input.js'
import type { Random } from '../random.js'
import { type Talks, talksOf } from '../talks.js'

/** One capture of a run. */
export interface CaptureFile {
  readonly path: string
  /** What is in it, decompressed; undefined where only its reader can tell. */
  readonly plain: Uint8Array | undefined
}

/** What the captures of a run are made from. */
export interface Sources {
  readonly bases: readonly Base[]
  readonly seed: number
  readonly run: number
}

const NAMES = ['a.pcap', 'b.pcapng', 'c.cap', 'trace', 'below/d.pcap', 'below/e.pcap']
const SERIES = [
  's.pcap',
  's.pcap1',
  's.pcap2',
  't_00001_20260101000000.pcap',
  't_00002_20260101000001.pcap',
]
const HOSTILE = [
  '\u001b[31mred.pcap',
  'two\nlines.pcap',
  '=1+1.pcap',
  'bi\u202edi.pcap',
  '[x].pcap',
  'a b,"c".pcap',
  '\u009bcsi.pcap',
  '-o.pcap',
]
const INTERFACES = ['eth0', '\u001b]0;title\u0007', 'two\nlines', 'bi\u202edi', '=1+1', '\ud800']
const CAPTURES_MAX = 4
const TALKS_MAX = 4
/** Inputs of a run of the fuzzing of captures: each run here takes some of their own. */
const INPUTS = 4

/** Writes the captures of a run below `folder`. */
export function writeCaptures(folder: string, sources: Sources, random: Random): CaptureFile[] {
  const wanted = random.oneIn(3) ? 1 : random.between(2, CAPTURES_MAX)
  const names = new Set<string>()
  const pool = random.pick([NAMES, NAMES, SERIES])
  while (names.size < wanted) names.add(random.pick(random.oneIn(8) ? HOSTILE : pool))
  return [...names].map((name, i) => {
    const bytes = contentOf(sources, i, random)
    const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b
    const packs = !isGzip && random.oneIn(10)
    const path = join(folder, packs ? `${name}.gz` : name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, packs ? gzipSync(bytes, { level: 1 }) : bytes)
    return { path, plain: isGzip ? undefined : bytes }
  })
}

function contentOf({ bases, seed, run }: Sources, at: number, random: Random): Uint8Array {
  switch (random.below(5)) {
    case 0:
    case 1:
      return random.pick(bases).bytes
    case 2:
    case 3:
      return inputOf(bases, seed, run * INPUTS + at).bytes
    default:
      return talkCapture(talksOf(random, TALKS_MAX), random, random.pick(INTERFACES))
  }
}

/** Conversations as one of the formats. */
export function talkCapture({ records }: Talks, random: Random, interfaceName: string): Uint8Array {
  if (random.oneIn(2)) return buildPcap(records, { format: random.pick(['pcap', 'pcap-ns']) })
  const capture = new PcapngBuilder().section({ littleEndian: random.oneIn(2) })
  capture.interface({ tsresol: 9, name: interfaceName })
  for (const record of records) capture.packet(record)
  return capture.take()
}
