// Makes a find smaller: takes out records, then ever smaller pieces, as long as the same property stays broken.

import { findOf } from './campaign.js'
import { replaced } from './edit.js'
import { layoutOf } from './layout.js'
import { Random } from './random.js'

const CHECKS_MAX = 3000

/** The smallest bytes found for which the same property does not hold, or the given ones if they alone do not show it. */
export async function minimised(bytes: Uint8Array, property: string): Promise<Uint8Array> {
  let checks = 0
  async function isFind(candidate: Uint8Array): Promise<boolean> {
    checks++
    return (await findOf(candidate, 0, new Random(1, 1), true))?.property === property
  }
  if (!(await isFind(bytes))) return bytes
  let smallest = bytes
  for (let i = layoutOf(bytes).units.length - 1; i >= 0; i--) {
    const unit = layoutOf(smallest).units[i]
    if (unit === undefined) continue
    const candidate = replaced(smallest, unit.start, unit.end, new Uint8Array(0))
    if (await isFind(candidate)) smallest = candidate
  }
  for (let piece = smallest.length >> 1; piece >= 1; piece >>= 1) {
    for (let at = 0; at < smallest.length && checks < CHECKS_MAX;) {
      const end = Math.min(at + piece, smallest.length)
      const candidate = replaced(smallest, at, end, new Uint8Array(0))
      if (await isFind(candidate)) smallest = candidate
      else at += piece
    }
  }
  return smallest
}
