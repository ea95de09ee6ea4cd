// Mutations of a capture as bytes and as a row of records or blocks.

import type { Base } from './corpus.js'
import { block, getNumber, replaced, setNumber, unitBytes } from './edit.js'
import type { Field } from './layout.js'
import type { Mutation } from './mutate-frame.js'
import type { Random } from './random.js'

const LIMITS = [
  0, 1, 2, 3, 0x7f, 0xff, 0x7fff, 0xffff, 0x100_0000, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff,
]
const LINKTYPES = [
  0, 1, 6, 7, 8, 9, 10, 11, 12, 14, 19, 50, 51, 100, 101, 104, 105, 106, 107, 108, 109, 113, 117,
  119, 122, 123, 127, 129, 138, 149, 163, 166, 178, 179, 180, 181, 192, 197, 204, 205, 206, 219,
  228, 229, 239, 240, 242, 258, 276, 147, 0xffff,
]
const RESOLUTIONS = [0, 3, 6, 9, 12, 18, 19, 20, 63, 127, 0x80, 0x81, 0x8a, 0xbf, 0xc0, 0xff]

function cut({ bytes }: Base, random: Random): Uint8Array {
  return bytes.slice(0, random.below(bytes.length + 1))
}

function flip({ bytes }: Base, random: Random): Uint8Array {
  const out = bytes.slice()
  for (let times = random.length(16); times > 0; times--) {
    const at = random.below(out.length)
    const old = out[at] ?? 0
    out[at] = random.pick([old ^ (1 << random.below(8)), random.word(), old + 1, old - 1, 0, 255])
  }
  return out
}

function insert({ bytes }: Base, random: Random): Uint8Array {
  const at = random.below(bytes.length + 1)
  return replaced(bytes, at, at, random.bytes(random.length(64)))
}

function remove({ bytes }: Base, random: Random): Uint8Array {
  const at = random.below(bytes.length + 1)
  const end = Math.min(bytes.length, at + random.length(256))
  return replaced(bytes, at, end, new Uint8Array(0))
}

/** A header, record or block once more, or many times, anywhere between others. */
function repeat({ bytes, layout }: Base, random: Random): Uint8Array {
  const { units } = layout
  if (units.length === 0) return bytes
  const unit = unitBytes(bytes, random.pick(units))
  const times = Math.min(random.length(200), Math.ceil(2000 / unit.length))
  const row = new Uint8Array(unit.length * times)
  for (let i = 0; i < times; i++) row.set(unit, i * unit.length)
  const { end } = random.pick(units)
  return replaced(bytes, end, end, row)
}

/** Two neighbours exchanged, or one taken out. */
function reorder({ bytes, layout }: Base, random: Random): Uint8Array {
  const at = random.below(Math.max(layout.units.length - 1, 0))
  const [first, second] = [layout.units[at], layout.units[at + 1]]
  if (first === undefined || second === undefined) return bytes
  if (random.oneIn(3)) return replaced(bytes, first.start, first.end, new Uint8Array(0))
  const out = bytes.slice()
  out.set(unitBytes(bytes, second), first.start)
  out.set(unitBytes(bytes, first), first.start + second.end - second.start)
  return out
}

function setField(base: Base, random: Random, kinds: readonly Field['kind'][]): Uint8Array {
  const { littleEndian } = base.layout
  const fields = base.layout.fields.filter(({ kind }) => kinds.includes(kind))
  const out = base.bytes.slice()
  if (fields.length === 0) return out
  const { at, bytes, kind } = random.pick(fields)
  const old = getNumber(out, at, bytes, littleEndian)
  const near = old + random.pick([-8, -4, -1, 1, 2, 3, 4, 8])
  const values =
    kind === 'linktype' ? LINKTYPES : [near, near, out.length - at, random.pick(LIMITS)]
  setNumber(out, at, bytes, random.pick(values), littleEndian)
  return out
}

const lengths: Mutation = (base, random) => setField(base, random, ['length', 'other'])
const times: Mutation = (base, random) => setField(base, random, ['time'])
const linktypes: Mutation = (base, random) => setField(base, random, ['linktype'])

/** A block that was not there: interfaces with odd clocks, sections, numbered and unknown blocks, options that overrun. */
function addBlock({ bytes, layout }: Base, random: Random): Uint8Array {
  const { littleEndian, units } = layout
  if (layout.format !== 'pcapng' || units.length === 0) return bytes
  const { end } = random.pick(units)
  const added = random.pick([interfaceBlock, sectionBlock, otherBlock])(random, littleEndian)
  const row = Array.from({ length: random.length(12) }, () => [...added]).flat()
  return replaced(bytes, end, end, Uint8Array.from(row))
}

function interfaceBlock(random: Random, littleEndian: boolean): Uint8Array {
  const body = new Uint8Array(44)
  setNumber(body, 0, 2, random.pick(LINKTYPES), littleEndian)
  setNumber(body, 4, 4, random.pick(LIMITS), littleEndian)
  setNumber(body, 8, 2, 9, littleEndian)
  setNumber(body, 10, 2, random.oneIn(6) ? random.word() : 1, littleEndian)
  body[12] = random.pick(RESOLUTIONS)
  setNumber(body, 16, 2, 14, littleEndian)
  setNumber(body, 18, 2, random.oneIn(6) ? random.word() : 8, littleEndian)
  body.set(random.bytes(8), 20)
  setNumber(body, 28, 2, random.pick([2, 13]), littleEndian)
  setNumber(body, 30, 2, random.pick([0, 1, 8, 9, 0xffff]), littleEndian)
  body.set(random.bytes(8), 32)
  return block(1, body, littleEndian)
}

function sectionBlock(random: Random): Uint8Array {
  const littleEndian = random.oneIn(2)
  const body = new Uint8Array(16).fill(0xff)
  setNumber(body, 0, 4, 0x1a2b3c4d, littleEndian)
  setNumber(body, 4, 2, random.oneIn(8) ? 2 : 1, littleEndian)
  return block(0x0a0d0d0a, body, littleEndian)
}

function otherBlock(random: Random, littleEndian: boolean): Uint8Array {
  const type = random.pick([2, 3, 4, 5, 6, 9, 10, 0x204, 0xbad, 0x4000_0bad, 0x8000_0001])
  return block(type, random.bytes(4 * random.below(24)), littleEndian)
}

/** Mutations of a capture's own headers and of its bytes. */
export const CAPTURE_MUTATIONS: readonly Mutation[] = [
  cut,
  flip,
  flip,
  insert,
  remove,
  repeat,
  reorder,
  lengths,
  lengths,
  times,
  linktypes,
  addBlock,
]

/** The beginning of one capture and the rest of another, joined between records or anywhere. */
export function spliced(base: Base, other: Base, random: Random): Uint8Array {
  const anywhere =
    random.oneIn(3) || base.layout.units.length === 0 || other.layout.units.length === 0
  const start = anywhere ? random.below(base.bytes.length + 1) : random.pick(base.layout.units).end
  const from = anywhere
    ? random.below(other.bytes.length + 1)
    : random.pick(other.layout.units).start
  return replaced(base.bytes, start, base.bytes.length, other.bytes.subarray(from))
}
