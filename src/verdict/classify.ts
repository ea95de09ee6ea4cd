// The classifier: the first rule that holds gives the verdict. A pure function of the evidence.

import { CONN_OPTIONS_CUT } from '../tcp/record/bits.js'
import type { Closer, Confidence } from './answer.js'
import { Derived } from './derived.js'
import { type Cause, type Ending, type Verdict, rowOf } from './endings.js'
import type { Evidence } from './evidence.js'
import type { EvidenceItem } from './phrases.js'
import type { Rule } from './rule.js'
import { LAST_RULE, SECTIONS } from './rules/order.js'

/** How one connection ended. Refilled for every connection; texts are made when asked for. */
export class Judgement {
  readonly derived: Derived = new Derived()
  rule: Rule = LAST_RULE
  closer: Closer = 'unknown'
  confidence: Confidence = 'possible'
  private row = rowOf(LAST_RULE.ending)
  private e: Evidence | undefined

  /** Its name is the same string for every connection of a kind. */
  get ending(): Ending {
    return this.rule.ending
  }

  get verdict(): Verdict {
    return this.row.verdict
  }

  get cause(): Cause {
    return this.row.cause
  }

  /** Classifies the connection of `e`, which must stay as it is while this judgement is read. */
  classify(e: Evidence): void {
    this.e = e
    this.derived.derive(e)
    const rule = firstRule(e, this.derived)
    if (rule !== this.rule) this.row = rowOf(rule.ending)
    this.rule = rule
    this.closer = this.rule.closer(e, this.derived)
    this.confidence = lowered(this.rule.confidence(e, this.derived), e, this.derived, this.verdict)
  }

  /** Other endings the packets cannot exclude. */
  alternatives(): readonly Ending[] {
    if (this.confidence === 'certain') return []
    const { alternatives } = this.rule
    if (!this.derived.formIsForeign || alternatives.includes(MIDDLEBOX)) return alternatives
    return this.verdict === 'reset_other' ? alternatives : [...alternatives, MIDDLEBOX]
  }

  /** The packets the verdict rests on, in order. */
  evidence(): EvidenceItem[] {
    return this.e === undefined ? [] : this.rule.evidence(this.e, this.derived)
  }

  /** One or two sentences with the numbers in them. */
  explanation(): string {
    if (this.e === undefined) return ''
    let text = this.rule.explain(this.e, this.derived)
    if (this.verdict !== 'incomplete' && this.derived.oneDirection) {
      const unseen = this.e.client.packets === 0 ? 'client' : 'server'
      text += ` No packet of the ${unseen} was captured.`
    }
    const others = this.alternatives().map((name) => rowOf(name).brief)
    return others.length === 0 ? text : `${text} It could also be ${oneOf(others)}.`
  }
}

const MIDDLEBOX: Ending = 'reset_other.middlebox'

/** "a", "a or b", "a, b or c"; each once. */
function oneOf(all: readonly string[]): string {
  const names = [...new Set(all)]
  const last = names.pop() ?? ''
  return names.length === 0 ? last : `${names.join(', ')} or ${last}`
}

const STEPS: readonly Confidence[] = ['possible', 'likely', 'certain']

/** Gaps in the capture make every verdict less sure, but for the one that says that there are gaps. */
function lowered(confidence: Confidence, e: Evidence, s: Derived, verdict: Verdict): Confidence {
  if (verdict === 'incomplete') return confidence
  let steps = s.loss || e.captureDrops ? 1 : 0
  if (s.oneDirection) steps += 2
  if (s.noResetCounts || s.resetIsDoubtful || s.formIsForeign) steps++
  // Silence is measured with a clock that was set.
  if (e.clockStepped && verdict === 'lingering_established') steps++
  // Without its options the form of a RST says less.
  if (s.resetDecides && e.has(CONN_OPTIONS_CUT)) steps++
  if (steps === 0) return confidence
  return STEPS[Math.max(0, STEPS.indexOf(confidence) - steps)] as Confidence
}

function firstRule(e: Evidence, s: Derived): Rule {
  for (const section of SECTIONS) {
    if (!section.when(s)) continue
    for (const rule of section.rules) if (rule.when(e, s)) return rule
  }
  return LAST_RULE
}
