// The classifier: the first rule that holds gives the verdict. A pure function of the evidence.

import type { Evidence } from './evidence.js'
import type { Confidence, Rule } from './rule.js'
import { GRACEFUL_RULES } from './rules-graceful.js'
import { HANDSHAKE_RESET_RULES, HANDSHAKE_RULES } from './rules-handshake.js'
import { INCOMPLETE_RESET_RULES, OPEN_RULES } from './rules-open.js'
import { RESET_RULES } from './rules-reset.js'
import { type Closer, Situation } from './situation.js'
import type { Verdict } from './verdicts.js'
import type { EvidenceItem } from './words.js'

/** All rules in order of precedence: a decisive reset, then FINs, then failed handshakes, then what stayed open. */
export const RULES: readonly Rule[] = [
  ...INCOMPLETE_RESET_RULES,
  ...HANDSHAKE_RESET_RULES,
  ...RESET_RULES,
  ...GRACEFUL_RULES,
  ...HANDSHAKE_RULES,
  ...OPEN_RULES,
]

/** How one connection ended. Refilled for every connection; texts are made when asked for. */
export class Judgement {
  readonly situation: Situation = new Situation()
  rule: Rule = lastRule()
  closer: Closer = 'unknown'
  confidence: Confidence = 'possible'
  private e: Evidence | undefined

  get verdict(): Verdict {
    return this.rule.verdict
  }

  get cause(): string {
    return this.rule.cause
  }

  /** Judges the connection of `e`, which must stay as it is while this judgement is read. */
  judge(e: Evidence): void {
    this.e = e
    this.situation.derive(e)
    for (const rule of RULES) {
      if (!rule.when(e, this.situation)) continue
      this.rule = rule
      break
    }
    this.closer = this.rule.closer(e, this.situation)
    this.confidence = lowered(this.rule.confidence(e, this.situation), this.situation, this.rule)
  }

  /** Other `verdict.cause` the packets cannot exclude. */
  alternatives(): readonly string[] {
    return this.rule.alternatives
  }

  /** The packets the verdict rests on, in order. */
  evidence(): EvidenceItem[] {
    return this.e === undefined ? [] : this.rule.evidence(this.e, this.situation)
  }

  /** One or two sentences with the numbers in them. */
  explanation(): string {
    if (this.e === undefined) return ''
    const text = this.rule.explain(this.e, this.situation)
    if (this.rule.verdict === 'incomplete' || !this.situation.oneDirection) return text
    const unseen = this.e.client.packets === 0 ? 'client' : 'server'
    return `${text} No packet of the ${unseen} was captured.`
  }
}

const STEPS: readonly Confidence[] = ['possible', 'likely', 'certain']

/** Gaps in the capture make every verdict less sure, but for the one that says that there are gaps. */
function lowered(confidence: Confidence, s: Situation, rule: Rule): Confidence {
  if (rule.verdict === 'incomplete') return confidence
  const steps = (s.loss ? 1 : 0) + (s.oneDirection ? 2 : 0) + (s.resetIgnored ? 1 : 0)
  return STEPS[Math.max(0, STEPS.indexOf(confidence) - steps)] as Confidence
}

function lastRule(): Rule {
  return RULES[RULES.length - 1] as Rule
}
