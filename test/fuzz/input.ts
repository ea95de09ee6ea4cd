// From a seed and a run to an input.

import { gzipSync } from 'node:zlib'
import { concat } from '../support/capture-builder.js'
import { type Base, baseOf } from './corpus.js'
import { CAPTURE_MUTATIONS, spliced } from './mutate-capture.js'
import { FRAME_MUTATIONS } from './mutate-frame.js'
import { Random } from './random.js'

/** One input of the fuzzing. */
export interface Input {
  readonly bytes: Uint8Array
  /** Where the input stops being what it was made from: a place to cut it. */
  readonly changedAt: number
  /** Numbers for the choices of the check. */
  readonly random: Random
}

/** Inputs grow by repetition and nesting, up to here. */
const INPUT_BYTES_MAX = 6000
/** One input in so many is compressed: zlib works in threads of its own and is slow to start. */
const GZIP_EVERY = 1024

/** Makes the input of a run: always the same for the same bases. */
export function inputOf(bases: readonly Base[], seed: number, run: number): Input {
  const random = new Random(seed, run)
  const base = random.pick(bases)
  let current = base
  for (let times = random.between(1, 4); times > 0; times--) {
    current = baseOf(base.name, mutated(current, bases, random).subarray(0, INPUT_BYTES_MAX))
  }
  const { bytes } = current
  if (!random.oneIn(GZIP_EVERY)) return { bytes, changedAt: changedAt(base.bytes, bytes), random }
  const packed = new Uint8Array(gzipSync(bytes, { level: random.pick([0, 1, 9]) }))
  const members = random.oneIn(3) ? [packed, packed] : [packed]
  const sound = concat(members)
  const file = random.oneIn(3) ? sound : mutated(baseOf('gzip', sound), bases, random)
  return { bytes: file, changedAt: 0, random }
}

function mutated(base: Base, bases: readonly Base[], random: Random): Uint8Array {
  if (random.oneIn(20)) return spliced(base, random.pick(bases), random)
  const list = random.oneIn(2) ? CAPTURE_MUTATIONS : FRAME_MUTATIONS
  return random.pick(list)(base, random)
}

function changedAt(before: Uint8Array, after: Uint8Array): number {
  const end = Math.min(before.length, after.length)
  let at = 0
  while (at < end && before[at] === after[at]) at++
  return at
}
