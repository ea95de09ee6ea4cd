// `explain VERDICT[.CAUSE]`: the taxonomy in words.

import { TeardownError } from '../../base/errors.js'
import { wrap } from '../../base/text.js'
import { labelled } from '../../output/ladder/text.js'
import type { Style } from '../../output/style.js'
import { ENDINGS, type Row, VERDICTS, endingOf } from '../../verdict/endings.js'
import { RULES } from '../../verdict/rules/order.js'
import { endingSuggestion, endingsNamed } from '../../verdict/ending-names.js'
import { didYouMean } from '../../base/suggest.js'
import { LIST_NAMES } from './lists.js'
import { WORD_NAMES } from './words.js'

/** What a name stands for: a verdict with all its causes, or one cause. */
export interface Explained {
  readonly verdict: string
  readonly title: string
  readonly causes: readonly Row[]
}

/** A cause as `--format json` has it. */
interface CauseRow {
  readonly verdict: string
  readonly cause: string
  readonly meaning: string
  readonly usually: string
  readonly advice: string
  readonly source: string
  readonly kernel_reasons: readonly string[]
  readonly rules: readonly string[]
}

const LABEL_WIDTH = 'could also be'.length + 2

/**
 * What a name stands for; undefined if it is none.
 *
 * @throws {TeardownError} ERR_OPTION for a cause that several verdicts have.
 */
export function explainedBy(text: string): Explained | undefined {
  const found = endingsNamed(text)
  const [first, ...others] = found?.rows ?? []
  if (found === undefined || first === undefined) return undefined
  if (found.verdict === undefined && others.length > 0) {
    const names = found.rows.map(endingOf).join(', ')
    throw new TeardownError('ERR_OPTION', `'${text}' is a cause of several verdicts: ${names}`)
  }
  const title = VERDICTS.find((row) => row.verdict === first.verdict)?.title ?? ''
  return { verdict: first.verdict, title, causes: found.rows }
}

/** Every verdict with its causes, for `explain` without a name. */
export function wholeTaxonomy(): readonly Explained[] {
  return VERDICTS.map((row) => ({
    ...row,
    causes: ENDINGS.filter(({ verdict }) => verdict === row.verdict),
  }))
}

/** One line a cause. */
export function overviewText(all: readonly Explained[], width: number, style: Style): string {
  const room = Math.max(...ENDINGS.map(({ cause }) => cause.length)) + 4
  const blocks = all.map(({ verdict, title, causes }) => {
    const lines = causes.map(({ cause, meaning }) => {
      const label = `  ${cause}`.padEnd(room)
      return wrap(meaning, width, label)
    })
    return `${style.heading(verdict)}  ${style.faint(title)}\n${lines.join('\n')}\n`
  })
  return `${blocks.join('\n')}\n${style.faint('tcp-teardown explain VERDICT.CAUSE tells more about one; explain findings, flags, sees, columns, incidents list other words.')}\n`
}

/** The long form of a verdict or cause. */
export function explainedText(explained: Explained, width: number, style: Style): string {
  const { verdict, title, causes } = explained
  const blocks = causes.map((entry) => {
    const { rules, advice, kernel_reasons: reasons } = causeRow(entry)
    const lines = [style.heading(`${entry.verdict} / ${entry.cause}`)]
    function add(name: string, text: string): void {
      lines.push(labelled(name, text, LABEL_WIDTH, width, style))
    }
    add('packets show', entry.meaning)
    add('usually', entry.usually)
    add('what to do', advice)
    add('source', entry.source)
    if (reasons.length > 0) add('kernel reason', reasons.join(', '))
    add(rules.length > 1 ? 'rules' : 'rule', rules.join(', '))
    return `${lines.join('\n')}\n`
  })
  return `${style.heading(verdict)}: ${title}\n\n${blocks.join('\n')}`
}

/** The form of `--format json`. */
export function explainedObject({ verdict, title, causes }: Explained): object {
  return { verdict, title, causes: causes.map(causeRow) }
}

/** The error for a name that is neither in the taxonomy nor a file. */
export function unknownName(text: string): TeardownError {
  const hint =
    endingSuggestion(text) ??
    didYouMean(text, [...WORD_NAMES, ...LIST_NAMES]) ??
    `verdicts are ${VERDICTS.map(({ verdict }) => verdict).join(', ')}`
  return new TeardownError(
    'ERR_OPTION',
    `'${text}' is no verdict, no cause, no other word and no file; ${hint} (tcp-teardown explain lists all)`,
  )
}

function causeRow(entry: Row): CauseRow {
  const rules = RULES.filter(({ ending }) => ending === endingOf(entry))
  const { verdict, cause, meaning, usually, advice, source, kernelReasons } = entry
  return {
    verdict,
    cause,
    meaning,
    usually,
    advice,
    source,
    kernel_reasons: kernelReasons,
    rules: rules.map(({ id }) => id),
  }
}
