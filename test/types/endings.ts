// The taxonomy and its rules: compiled, never run. Each @ts-expect-error marks a mistake that must not compile.

import { type EndingRow, rowOf } from '../../src/verdict/endings.js'
import type { Rule } from '../../src/verdict/rule.js'

/** A rule that is right but for what the others change. */
export const RULE: Rule = {
  id: 'example',
  ending: 'rst_after_kill.abort',
  when: () => true,
  closer: () => 'unknown',
  confidence: () => 'possible',
  alternatives: ['reset_other.middlebox'],
  evidence: () => [],
  explain: () => '',
}

/** Rules that name endings that do not exist. */
export const WRONG_RULES: readonly Rule[] = [
  // @ts-expect-error -- a misspelt cause
  { ...RULE, ending: 'rst_after_kill.abrot' },
  // @ts-expect-error -- a cause of another verdict
  { ...RULE, ending: 'graceful_fin.abort' },
  // @ts-expect-error -- a misspelt alternative
  { ...RULE, alternatives: ['reset_other.middlebox', 'reset_other.middelbox'] },
]

const ROW: EndingRow = rowOf('rst_after_kill.abort')
const { advice: _advice, ...withoutAdvice } = ROW
const { brief: _brief, ...withoutBrief } = ROW
const { quiet: _quiet, ...withoutQuiet } = ROW

/** Rows that lack something, or name what does not exist. */
export const WRONG_ROWS: readonly EndingRow[] = [
  // @ts-expect-error -- no advice
  withoutAdvice,
  // @ts-expect-error -- nothing to say in passing
  withoutBrief,
  // @ts-expect-error -- neither listed nor not
  withoutQuiet,
  // @ts-expect-error -- a misspelt verdict
  { ...ROW, verdict: 'rst_after_kil' },
  // @ts-expect-error -- a misspelt kernel reason
  { ...ROW, kernelReasons: ['TCP_STAT'] },
]
