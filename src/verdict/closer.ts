// Who closed first: the side whose FIN or RST was the first that took effect, or was proven sent on purpose.

import type { Closer } from './answer.js'
import type { Derived } from './derived.js'
import type { Evidence } from './evidence.js'
import type { SideEvidence } from './side-evidence.js'
import { seqAfter } from '../tcp/seq.js'

/** The closer of a connection as far as FINs and resets tell; `none` when there were none. */
export function closerOf(e: Evidence, s: Derived): Closer {
  if (finsCrossed(s) && !s.resetDecides) return 'both'
  let first: SideEvidence | undefined
  let frame = Infinity
  for (const side of [e.client, e.server]) {
    const at = closedAt(side, s)
    if (at >= frame) continue
    frame = at
    first = side
  }
  if (first === undefined) return 'none'
  return first === e.client ? 'client' : 'server'
}

/** Frame of the first FIN or RST by which a side closed, Infinity for none. */
function closedAt(side: SideEvidence, s: Derived): number {
  const fin = side.fin.seen ? side.fin.frame : Infinity
  if (!side.rst.at.seen) return fin
  if (s.resetter === side) return Math.min(fin, side.rst.at.frame)
  // One that is not taken: its sender has no such connection any more, unless it goes on or answers what it was sent.
  const isMeant = side.rst.hasAck && side.aliveCount === 0 && side.rstWindow !== 0
  return isMeant ? Math.min(fin, side.rst.at.frame) : fin
}

/** Neither FIN acknowledges the other. */
export function finsCrossed({ first, second, bothFins }: Derived): boolean {
  if (!bothFins || first === undefined || second === undefined) return false
  return !seqAfter(first.finAck, second.finSeq) && !seqAfter(second.finAck, first.finSeq)
}
