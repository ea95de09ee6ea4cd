// Makes a find smaller: takes out ever smaller pieces as long as the same property stays broken.

import { findOf } from './campaign.js'
import { Random } from './random.js'

const CHECKS_MAX = 3000

/** The smallest octets found for which the same property does not hold, or the given ones if they alone do not show it. */
export async function minimised(bytes: Uint8Array, property: string): Promise<Uint8Array> {
  let checks = 0
  async function isFind(candidate: Uint8Array): Promise<boolean> {
    checks++
    return (await findOf(candidate, 0, new Random(1, 1), true))?.property === property
  }
  let smallest = bytes
  if (!(await isFind(bytes))) return bytes
  for (let piece = bytes.length >> 1; piece >= 1; piece >>= 1) {
    for (let at = 0; at < smallest.length && checks < CHECKS_MAX;) {
      const candidate = new Uint8Array(Math.max(smallest.length - piece, at))
      candidate.set(smallest.subarray(0, at))
      candidate.set(smallest.subarray(at + piece), at)
      if (await isFind(candidate)) smallest = candidate
      else at += piece
    }
  }
  return smallest
}
