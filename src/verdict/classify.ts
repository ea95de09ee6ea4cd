// The classifier: the first rule that holds gives the verdict. A pure function of the evidence.

import { CONN_OPTIONS_CUT } from '../tcp/record/bits.js'
import type { Closer, Confidence } from './answer.js'
import { Derived } from './derived.js'
import { closerOf } from './closer.js'
import {
  type Cause,
  ENDINGS,
  type Ending,
  type Row,
  type Verdict,
  endingOf,
  rowOf,
} from './endings.js'
import type { Evidence } from './evidence.js'
import { EXCLUDED, FAVOURED, HYPOTHESES, type Hypothesis } from './hypotheses.js'
import { type Finding, findingsOf, toldOf } from './findings.js'
import type { EvidenceItem } from './phrases.js'
import type { Rule } from './rule.js'
import { comesLate, isUnheardOf } from './reset-facts.js'
import { LAST_RULE, SECTIONS } from './rules/order.js'
import { type Sees, clientSees, serverSees } from './sees.js'
import { ANSWER_NS } from './timers.js'

/** How one connection ended. Refilled for every connection; texts are made when asked for. */
export class Judgement {
  readonly derived: Derived = new Derived()
  rule: Rule = LAST_RULE
  /** Alternatives of the connection at hand, and the most that speaks for one of them; made when asked for. */
  private names: readonly Ending[] | undefined
  private strongest = 0
  private foundCloser: Closer | undefined
  private foundConfidence: Confidence | undefined
  private found: readonly Finding[] | undefined
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
    this.names = undefined
    this.foundCloser = undefined
    this.foundConfidence = undefined
    this.found = undefined
  }

  /** Who closed first. */
  get closer(): Closer {
    return (this.foundCloser ??= this.findCloser())
  }

  /** How sure the verdict is: certain if nothing else is left and nothing that matters is missing. */
  get confidence(): Confidence {
    return (this.foundConfidence ??= this.findConfidence())
  }

  private findCloser(): Closer {
    const { e, rule, derived } = this
    if (e === undefined) return 'unknown'
    return rule.closer === undefined ? closerOf(e, derived) : rule.closer(e, derived)
  }

  private findConfidence(): Confidence {
    const { e } = this
    if (e === undefined || this.verdict === 'incomplete') return 'possible'
    const names = this.weigh(e)
    const own = Math.max(FAVOURED, this.weightOf(e, this.ending))
    const sure: Confidence =
      names.length === 0 ? 'certain' : own > this.strongest ? 'likely' : 'possible'
    return lowered(sure, e, this.derived, this.row, this.ending)
  }

  /** What else a reader must know, in order of time. */
  findings(): readonly Finding[] {
    if (this.e === undefined) return []
    this.found ??= findingsOf(this.e, this.derived)
    return this.found
  }

  /** What the program at the client got from its socket first. */
  clientSees(): Sees | undefined {
    return this.e === undefined ? undefined : clientSees(this.e, this.derived, this.ending)
  }

  /** What the program at the server got from its socket first. */
  serverSees(): Sees | undefined {
    return this.e === undefined ? undefined : serverSees(this.e, this.derived, this.ending)
  }

  /** Other endings the packets cannot exclude, the most plausible first. */
  alternatives(): readonly Ending[] {
    return this.e === undefined || this.verdict === 'incomplete' ? [] : this.weigh(this.e)
  }

  /** Weighs every other ending, once. */
  private weigh(e: Evidence): readonly Ending[] {
    if (this.names !== undefined) return this.names
    const candidates = candidatesOf(this.derived)
    let found: [candidate: Candidate, weight: number][] | undefined
    this.strongest = EXCLUDED
    for (let i = 0; i < candidates.length; i++) {
      const candidate = candidates[i] as Candidate
      if (candidate.ending === this.ending) continue
      const weight = candidate.weigh(e, this.derived)
      if (weight === EXCLUDED) continue
      if (weight > this.strongest) this.strongest = weight
      found ??= []
      found.push([candidate, weight])
    }
    this.names = found === undefined ? NO_NAMES : namesOf(found)
    return this.names
  }

  private weightOf(e: Evidence, ending: Ending): number {
    return HYPOTHESES[ending]?.(e, this.derived) ?? EXCLUDED
  }

  /** The packets the verdict rests on, in order. */
  evidence(): EvidenceItem[] {
    return this.e === undefined ? [] : this.rule.evidence(this.e, this.derived)
  }

  /** A few sentences with the numbers in them: the verdict's, those of up to three findings, what it could also be. */
  explanation(): string {
    if (this.e === undefined) return ''
    let text = this.rule.explain(this.e, this.derived)
    for (const { says } of toldOf(this.findings(), this.cause)) text += ` ${says}`
    if (this.verdict !== 'incomplete' && this.derived.oneDirection) {
      const unseen = this.e.client.packets === 0 ? 'client' : 'server'
      text += ` No packet of the ${unseen} was captured.`
    }
    const others = this.alternatives()
    return others.length === 0 ? text : `${text}${othersText(others)}`
  }
}

/** Alternatives that are named. */
const MAX_ALTERNATIVES = 4

/** An ending that may stand beside another. */
interface Candidate {
  readonly ending: Ending
  readonly weigh: Hypothesis
  /** From 1 on. */
  readonly number: number
}
const CANDIDATES: readonly Candidate[] = Object.entries(HYPOTHESES).map(([ending, weigh], at) => ({
  ending: ending as Ending,
  weigh,
  number: at + 1,
}))
const NO_NAMES: readonly Ending[] = []
/** Lists of alternatives that there have been, by the numbers of their candidates: few, and the same list each time. */
const LISTS = new Map<number, readonly Ending[]>()
/** More than captures have; a hostile one makes no more of them. */
const MOST_LISTS = 4096

/** The most plausible of those that were found. */
function namesOf(found: [candidate: Candidate, weight: number][]): readonly Ending[] {
  if (found.length > 1) found.sort((a, b) => b[1] - a[1])
  let key = 0
  for (const [{ number }] of found.slice(0, MAX_ALTERNATIVES))
    key = key * (CANDIDATES.length + 1) + number
  const known = LISTS.get(key)
  if (known !== undefined) return known
  const names = found.slice(0, MAX_ALTERNATIVES).map(([{ ending }]) => ending)
  if (LISTS.size < MOST_LISTS) LISTS.set(key, names)
  return names
}

const OTHERS_TEXTS = new WeakMap<readonly Ending[], string>()

/** The sentence that names what it could also be. */
function othersText(names: readonly Ending[]): string {
  const known = OTHERS_TEXTS.get(names)
  if (known !== undefined) return known
  const text = ` It could also be ${oneOf(names.map((name) => rowOf(name).brief))}.`
  OTHERS_TEXTS.set(names, text)
  return text
}
/** Those that can stand beside another when both FINs were acknowledged and no RST passed: nearly every connection. */
const OF_CLOSED = CANDIDATES.filter(({ ending }) =>
  ['graceful_fin.normal', 'graceful_fin.unanswered_request', 'graceful_fin.no_payload'].includes(
    ending,
  ),
)
/** Those that need no RST. */
const OF_NO_RESET = CANDIDATES.filter(({ ending }) => !/^(rst_|reset_other)/.test(ending))

function candidatesOf({ anyReset, bothFinsAcked, undelivered }: Derived): readonly Candidate[] {
  if (anyReset) return CANDIDATES
  return bothFinsAcked && undelivered === undefined ? OF_CLOSED : OF_NO_RESET
}

/** "a", "a or b", "a, b or c"; each once. */
function oneOf(all: readonly string[]): string {
  const names = [...new Set(all)]
  const last = names.pop() ?? ''
  return names.length === 0 ? last : `${names.join(', ')} or ${last}`
}

const STEPS: readonly Confidence[] = ['possible', 'likely', 'certain']

/** Gaps in the capture make every verdict less sure. */
function lowered(
  confidence: Confidence,
  e: Evidence,
  s: Derived,
  row: Row,
  ending: Ending,
): Confidence {
  let most: Confidence = UNHEARD.has(ending) ? 'likely' : 'certain'
  if (endsTooSoon(e, s, row) || row.cause === 'unexplained') most = 'possible'
  if (row.cause === 'peer_forgot' && (isUnheardOf(s) || s.resetter?.rst.ahead === true))
    most = 'possible'
  let steps = s.loss || e.captureDrops ? 1 : 0
  if (s.resetDecides && comesLate(s)) steps++
  if (s.oneDirection) steps += 2
  if (s.someResetIgnored || s.resetIsDoubtful || s.formIsForeign) steps++
  // The first FIN may lie before the capture.
  if (s.midstream && s.bothFins && e.idleSinceSide === 0) steps++
  // Silence is measured with a clock that was set.
  if (e.clockStepped && row.verdict === 'lingering_established') most = 'possible'
  // Without its options the form of a RST says less.
  if (s.resetDecides && e.has(CONN_OPTIONS_CUT)) steps++
  const at = Math.min(STEPS.indexOf(most), STEPS.indexOf(confidence) - steps)
  return STEPS[Math.max(0, at)] as Confidence
}

/** The capture ends so soon that what is missing may only have come later. */
function endsTooSoon(e: Evidence, s: Derived, { cause }: Row): boolean {
  const since = e.captureEndNs - ANSWER_NS
  if (cause === 'unanswered' || cause === 'synack_unanswered') return e.start.ns > since
  if (s.first === undefined) return false
  if (cause === 'close_wait') return s.first.finAcked.ns > since
  return cause === 'fin_unanswered' && s.first.finCount === 1 && s.first.fin.ns > since
}

/** What is missing may have passed elsewhere, or may come after the end of the capture. */
const UNHEARD: ReadonlySet<Ending> = new Set(
  ENDINGS.filter(
    ({ verdict, cause }) =>
      verdict === 'lingering_established' ||
      verdict === 'retransmission_timeout' ||
      [
        'unanswered',
        'synack_unanswered',
        'old_connection',
        'last_ack_missing',
        'silent',
        'unanswered_at_end',
      ].includes(cause),
  ).map(endingOf),
)

function firstRule(e: Evidence, s: Derived): Rule {
  for (const section of SECTIONS) {
    if (!section.when(s)) continue
    for (const rule of section.rules) if (rule.when(e, s)) return rule
  }
  return LAST_RULE
}
