// The form of a rule. Rules are tried in order, and the first whose condition holds gives the ending; everything
// else in it is asked only when a column wants it. A rule is pure: it sees the evidence and what follows from it.

import type { Closer } from './answer.js'
import type { Derived } from './derived.js'
import type { Ending } from './endings.js'
import type { Evidence } from './evidence.js'
import type { EvidenceItem } from './phrases.js'
import type { SideEvidence } from './side-evidence.js'

/** One way a connection can have ended. */
export interface Rule {
  /** Stable name, in output with `explain`. */
  readonly id: string
  /** What it is when the rule holds; verdict and cause follow from it. */
  readonly ending: Ending
  readonly when: (e: Evidence, s: Derived) => boolean
  /** Who closed first, where that is not who sent the first FIN or RST that took effect or was meant. */
  readonly closer?: (e: Evidence, s: Derived) => Closer
  /** The packets the verdict rests on. */
  readonly evidence: (e: Evidence, s: Derived) => EvidenceItem[]
  /** One or two sentences with the numbers in them. */
  readonly explain: (e: Evidence, s: Derived) => string
}

/** The name of a side, for rules whose closer is one of the two. */
export function nameOf(e: Evidence, side: Evidence['client'] | undefined): Closer {
  if (side === undefined) return 'unknown'
  return side === e.client ? 'client' : 'server'
}

/** Runs `ask` on a side that a rule's condition has shown to exist. */
export function onSide<T>(side: SideEvidence | undefined, ask: (side: SideEvidence) => T): T {
  if (side === undefined) throw new Error('a reset rule ran without a reset')
  return ask(side)
}

/** The same for the sender of a reset and the side it hit. */
export function onBoth<T>(s: Derived, ask: (resetter: SideEvidence, victim: SideEvidence) => T): T {
  return onSide(s.resetter, (side) => onSide(s.victim, (victim) => ask(side, victim)))
}
