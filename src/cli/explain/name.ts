// `explain VERDICT[.CAUSE]`: the taxonomy in words.

import { TeardownError } from '../../base/errors.js'
import { labelled } from '../../output/ladder/text.js'
import { wrap } from '../../base/text.js'
import type { Style } from '../../output/style.js'
import { ENDINGS, type Row, VERDICTS, endingOf, findRow } from '../../verdict/endings.js'
import { RULES } from '../../verdict/rules/order.js'

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
  readonly alternatives: readonly string[]
}

const LABEL_WIDTH = 'could also be'.length + 2
/** Names suggested for a wrong one. */
const SUGGESTIONS = 5
/** How much worse than the best a suggestion may be. */
const SUGGESTION_SPREAD = 0.25

/** Brings `rst-after-kill / abort` and the like to the spelling of the taxonomy. */
function normalName(text: string): string {
  return text
    .trim()
    .toLowerCase()
    .replaceAll(/\s*[/.]\s*/g, '.')
    .replaceAll(/[-\s]/g, '_')
}

/**
 * What a name stands for; undefined if it is none.
 *
 * @throws {TeardownError} ERR_OPTION for a cause that several verdicts have.
 */
export function explainedBy(text: string): Explained | undefined {
  const name = normalName(text)
  const verdict = VERDICTS.find((row) => row.verdict === name)
  if (verdict !== undefined) {
    return { ...verdict, causes: ENDINGS.filter((row) => row.verdict === name) }
  }
  const causes = ENDINGS.filter((row) => row.cause === name || endingOf(row) === name)
  const [cause] = causes
  if (cause === undefined) return undefined
  if (causes.length > 1) {
    throw new TeardownError(
      'ERR_OPTION',
      `'${text}' is a cause of several verdicts: ${causes.map(endingOf).join(', ')}`,
    )
  }
  const title = VERDICTS.find((row) => row.verdict === cause.verdict)?.title ?? ''
  return { verdict: cause.verdict, title, causes }
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
  return `${blocks.join('\n')}\n${style.faint('tcp-teardown explain VERDICT.CAUSE tells more about one.')}\n`
}

/** The long form of a verdict or cause. */
export function explainedText(explained: Explained, width: number, style: Style): string {
  const { verdict, title, causes } = explained
  const blocks = causes.map((entry) => {
    const { rules, alternatives, advice, kernel_reasons: reasons } = causeRow(entry)
    const lines = [style.heading(`${entry.verdict} / ${entry.cause}`)]
    function add(name: string, text: string): void {
      lines.push(labelled(name, text, LABEL_WIDTH, width, style))
    }
    add('packets show', entry.meaning)
    add('usually', entry.usually)
    add('what to do', advice)
    add('source', entry.source)
    if (reasons.length > 0) add('kernel reason', reasons.join(', '))
    add(rules.length > 1 ? 'rules' : 'rule', rules.join(', ') || ruleless(entry))
    alternatives.forEach((name, at) => add(at === 0 ? 'could also be' : '', withMeaning(name)))
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
  const names = nearest(normalName(text))
  const hint =
    names.length === 0
      ? `verdicts are ${VERDICTS.map(({ verdict }) => verdict).join(', ')}`
      : `did you mean ${names.join(', ')}?`
  return new TeardownError(
    'ERR_OPTION',
    `'${text}' is no verdict, no cause and no file; ${hint} (tcp-teardown explain lists all)`,
  )
}

function withMeaning(name: string): string {
  const entry = findRow(name)
  return entry === undefined ? name : `${name}: ${entry.meaning}`
}

function causeRow(entry: Row): CauseRow {
  const rules = RULES.filter(({ ending }) => ending === endingOf(entry))
  const alternatives = new Set(rules.flatMap((rule) => rule.alternatives))
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
    alternatives: [...alternatives],
  }
}

/** What stands in place of rules for a cause that the packets of one connection cannot tell from others. */
function ruleless(entry: Row): string {
  const rules = RULES.filter(({ alternatives }) => alternatives.includes(endingOf(entry)))
  const names = new Set(rules.map(({ ending }) => ending))
  return `none; named as an alternative of ${[...names].join(', ')}`
}

/** Names of the taxonomy that are near enough to a wrong one, nearest first. */
function nearest(name: string): string[] {
  const known = [
    ...VERDICTS.map(({ verdict }) => ({ name: verdict as string, spelling: verdict as string })),
    ...ENDINGS.map((row) => ({ name: endingOf(row), spelling: endingOf(row) })),
    ...ENDINGS.map((row) => ({ name: endingOf(row), spelling: row.cause })),
  ]
  const near = known
    .map((row) => ({ name: row.name, cost: costOf(name, row.spelling) }))
    .filter(({ cost }) => cost < 1)
    .sort((a, b) => a.cost - b.cost)
  const most = (near[0]?.cost ?? 0) + SUGGESTION_SPREAD
  const names = near.filter(({ cost }) => cost <= most).map((row) => row.name)
  return [...new Set(names)].slice(0, SUGGESTIONS)
}

/** Below 1 for a likely misspelling: a part of the name, or every third letter wrong at most. */
function costOf(typed: string, name: string): number {
  const length = Math.max(typed.length, name.length)
  const cost = editDistance(typed, name) / (length / 3)
  const isPart = typed.length > 2 && (name.includes(typed) || typed.includes(name))
  return isPart ? Math.min(cost, 0.5) : cost
}

/** Levenshtein's distance. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const changed = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(changed, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}
