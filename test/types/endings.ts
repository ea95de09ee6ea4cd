// The taxonomy and its rules: compiled, never run. Each @ts-expect-error marks a mistake that must not compile.

import { type Ending, type EndingRow, rowOf } from '../../src/verdict/endings.js'
import type { Hypothesis } from '../../src/verdict/hypotheses.js'
import type { Rule } from '../../src/verdict/rule.js'

/** A rule that is right but for what the others change. */
export const RULE: Rule = {
  id: 'example',
  ending: 'rst_abort.abort',
  when: () => true,
  closer: () => 'unknown',
  evidence: () => [],
  explain: () => '',
}

/** Rules that name endings that do not exist. */
export const WRONG_RULES: readonly Rule[] = [
  // @ts-expect-error -- a misspelt cause
  { ...RULE, ending: 'rst_abort.abrot' },
  // @ts-expect-error -- a cause of another verdict
  { ...RULE, ending: 'graceful_fin.abort' },
  // @ts-expect-error -- nobody
  { ...RULE, closer: () => 'nobody' },
  // @ts-expect-error -- what else it can be is computed
  { ...RULE, alternatives: ['reset_other.middlebox'] },
  // @ts-expect-error -- so is how sure it is
  { ...RULE, confidence: () => 'possible' },
]

/** Weights of endings. */
export const HYPOTHESES_OF_TWO: Readonly<Partial<Record<Ending, Hypothesis>>> = {
  'reset_other.middlebox': () => 1,
  // @ts-expect-error -- a misspelt ending
  'reset_other.middelbox': () => 1,
}

const ROW: EndingRow = rowOf('rst_abort.abort')
const { advice: _advice, ...withoutAdvice } = ROW
const { brief: _brief, ...withoutBrief } = ROW
const { severity: _severity, ...withoutSeverity } = ROW

/** Rows that lack something, or name what does not exist. */
export const WRONG_ROWS: readonly EndingRow[] = [
  // @ts-expect-error -- no advice
  withoutAdvice,
  // @ts-expect-error -- nothing to say in passing
  withoutBrief,
  // @ts-expect-error -- no severity
  withoutSeverity,
  // @ts-expect-error -- a misspelt verdict
  { ...ROW, verdict: 'rst_after_kil' },
  // @ts-expect-error -- a misspelt kernel reason
  { ...ROW, kernelReasons: ['TCP_STAT'] },
]
