// Names of endings, the same wherever one is typed: `verdict`, `cause` or `verdict.cause`.

import { ValueError } from '../base/errors.js'
import { didYouMean } from '../base/suggest.js'
import { ENDINGS, type Row, VERDICTS, endingOf } from './endings.js'

/** What is said with a wrong name that is like no right one. */
const WHERE = 'tcp-teardown explain lists all names'

/** Verdicts, then each `verdict.cause`. */
export const ENDING_NAMES: readonly string[] = [
  ...VERDICTS.map(({ verdict }) => verdict),
  ...ENDINGS.map(endingOf),
]

/** What a name stands for. */
export interface NamedEndings {
  /** Set when it is the name of a verdict: all its endings, also those to come. */
  readonly verdict: string | undefined
  readonly rows: readonly Row[]
}

/** What a name stands for, in any usual spelling (`rst-after-kill / abort`); undefined if it is none. */
export function endingsNamed(text: string): NamedEndings | undefined {
  const name = normalName(text)
  const verdict = VERDICTS.find((row) => row.verdict === name)?.verdict
  const rows = ENDINGS.filter(
    (row) => row.verdict === name || row.cause === name || endingOf(row) === name,
  )
  if (verdict !== undefined) return { verdict, rows: rows.filter((row) => row.verdict === name) }
  return rows.length === 0 ? undefined : { verdict, rows }
}

/**
 * Parses a comma-separated list of names. Verdicts stay verdicts, causes become each `verdict.cause` they stand for.
 *
 * @throws {ValueError} for a name that is none.
 */
export function endingNames(text: string): string[] {
  const names = text.split(',').flatMap((part) => {
    const found = endingsNamed(part)
    if (found !== undefined) return found.verdict ?? found.rows.map(endingOf)
    const hint = endingSuggestion(part) ?? WHERE
    throw new ValueError(`'${part.trim()}' is no verdict and no cause; ${hint}`)
  })
  return [...new Set(names)]
}

/** "did you mean …?" for a name that is none; undefined if no right name is near. */
export function endingSuggestion(text: string): string | undefined {
  return didYouMean(normalName(text), [
    ...ENDING_NAMES,
    ...ENDINGS.map((row) => ({ name: endingOf(row), spelling: row.cause })),
  ])
}

/** Brings `rst-after-kill / abort` and the like to the spelling of the taxonomy. */
function normalName(text: string): string {
  return text
    .trim()
    .toLowerCase()
    .replaceAll(/\s*[/.]\s*/g, '.')
    .replaceAll(/[-\s]/g, '_')
}
