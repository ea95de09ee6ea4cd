// The classifier: the first rule that holds gives the verdict. A pure function of the evidence.

import * as L from '../tcp/record/bits.js'
import { ADVICE } from './advice.js'
import type { Evidence } from './evidence.js'
import type { Confidence, Rule } from './rule.js'
import { GIVE_UP_RULES } from './rules/give-up.js'
import { GRACEFUL_RULES, SELF_CLOSE } from './rules/graceful.js'
import { HANDSHAKE_RESET_RULES, HANDSHAKE_RULES } from './rules/handshake.js'
import { FIN_ONLY, MIDSTREAM, ONE_DIRECTION, RST_ONLY } from './rules/incomplete.js'
import { KEEPALIVE_RESET_RULES } from './rules/keepalive.js'
import { MIDDLEBOX_RULES } from './rules/middlebox.js'
import { OPEN_RULES } from './rules/open.js'
import { RESET_RULES } from './rules/reset.js'
import { type Closer, Situation } from './derived.js'
import type { Verdict } from './endings.js'
import type { EvidenceItem } from './phrases.js'

/** Rules that are only worth asking when `when` holds, in their order of precedence. */
interface RuleSection {
  readonly when: (s: Situation) => boolean
  readonly rules: readonly Rule[]
}

/** All rules in order of precedence: a reset that decides, then FINs, then failed handshakes, then what stayed open. */
const SECTIONS: readonly RuleSection[] = [
  {
    when: (s) => s.anyReset,
    rules: [
      RST_ONLY,
      ...HANDSHAKE_RESET_RULES,
      ...KEEPALIVE_RESET_RULES,
      ...MIDDLEBOX_RULES,
      ...RESET_RULES,
    ],
  },
  { when: (s) => s.bothFins && s.undelivered === undefined, rules: GRACEFUL_RULES },
  {
    when: () => true,
    rules: [
      SELF_CLOSE,
      ...HANDSHAKE_RULES,
      FIN_ONLY,
      ...GIVE_UP_RULES,
      MIDSTREAM,
      ONE_DIRECTION,
      ...OPEN_RULES,
    ],
  },
]

/** Every rule, in order of precedence. */
export const RULES: readonly Rule[] = SECTIONS.flatMap((section) => section.rules)

const NAMES = new Map(RULES.map((rule) => [rule, `${rule.verdict}.${rule.cause}`]))

/** Holds for every connection. */
const LAST_RULE = RULES[RULES.length - 1] as Rule

/** How one connection ended. Refilled for every connection; texts are made when asked for. */
export class Judgement {
  readonly situation: Situation = new Situation()
  rule: Rule = LAST_RULE
  closer: Closer = 'unknown'
  confidence: Confidence = 'possible'
  private e: Evidence | undefined

  get verdict(): Verdict {
    return this.rule.verdict
  }

  /** `verdict.cause`, the same string for every connection of a kind. */
  get name(): string {
    return NAMES.get(this.rule) ?? ''
  }

  get cause(): string {
    return this.rule.cause
  }

  /** Judges the connection of `e`, which must stay as it is while this judgement is read. */
  judge(e: Evidence): void {
    this.e = e
    this.situation.derive(e)
    this.rule = firstRule(e, this.situation)
    this.closer = this.rule.closer(e, this.situation)
    this.confidence = lowered(this.rule.confidence(e, this.situation), e, this.situation, this.rule)
  }

  /** Other `verdict.cause` the packets cannot exclude. */
  alternatives(): readonly string[] {
    if (this.confidence === 'certain') return []
    const { alternatives } = this.rule
    if (!this.situation.formIsForeign || alternatives.includes(MIDDLEBOX)) return alternatives
    return this.rule.verdict === 'reset_other' ? alternatives : [...alternatives, MIDDLEBOX]
  }

  /** The packets the verdict rests on, in order. */
  evidence(): EvidenceItem[] {
    return this.e === undefined ? [] : this.rule.evidence(this.e, this.situation)
  }

  /** One or two sentences with the numbers in them. */
  explanation(): string {
    if (this.e === undefined) return ''
    let text = this.rule.explain(this.e, this.situation)
    if (this.rule.verdict !== 'incomplete' && this.situation.oneDirection) {
      const unseen = this.e.client.packets === 0 ? 'client' : 'server'
      text += ` No packet of the ${unseen} was captured.`
    }
    const others = this.alternatives().map((name) => ADVICE[name]?.briefly ?? name)
    return others.length === 0 ? text : `${text} It could also be ${oneOf(others)}.`
  }
}

const MIDDLEBOX = 'reset_other.middlebox'

/** "a", "a or b", "a, b or c"; each once. */
function oneOf(all: readonly string[]): string {
  const names = [...new Set(all)]
  const last = names.pop() ?? ''
  return names.length === 0 ? last : `${names.join(', ')} or ${last}`
}

const STEPS: readonly Confidence[] = ['possible', 'likely', 'certain']

/** Gaps in the capture make every verdict less sure, but for the one that says that there are gaps. */
function lowered(confidence: Confidence, e: Evidence, s: Situation, rule: Rule): Confidence {
  if (rule.verdict === 'incomplete') return confidence
  let steps = s.loss || e.captureDrops ? 1 : 0
  if (s.oneDirection) steps += 2
  if (s.resetIgnored || s.resetIsDoubtful || s.formIsForeign) steps++
  // Silence is measured with a clock that was set.
  if (e.clockStepped && rule.verdict === 'lingering_established') steps++
  // Without its options the form of a RST says less.
  if (s.resetDecides && e.has(L.CONN_OPTIONS_CUT)) steps++
  if (steps === 0) return confidence
  return STEPS[Math.max(0, STEPS.indexOf(confidence) - steps)] as Confidence
}

function firstRule(e: Evidence, s: Situation): Rule {
  for (const section of SECTIONS) {
    if (!section.when(s)) continue
    for (const rule of section.rules) if (rule.when(e, s)) return rule
  }
  return LAST_RULE
}
