// The forms in which the results of `check` are told: for people, for programs, and for the systems that run tests.

import { count, printable, wrap } from '../../base/text.js'
import { jsonText } from '../../output/formats/json-text.js'
import type { Style } from '../../output/style.js'
import type { RuleResult } from '../result.js'
import { junitReport } from './junit.js'
import { placeOf } from './place.js'
import { sarifReport } from './sarif.js'

/** Violations listed of one rule, for people. */
const LISTED = 5

/** How a report is made. */
export interface ReportOptions {
  readonly width: number
  readonly style: Style
  /** Of this program. */
  readonly version: string
}

/** A form of the report. */
export interface ReportForm {
  readonly name: string
  readonly text: (results: readonly RuleResult[], options: ReportOptions) => string
}

/** All forms, the first one for people. */
export const REPORT_FORMS: readonly ReportForm[] = [
  { name: 'text', text: plainReport },
  { name: 'json', text: jsonReport },
  { name: 'junit', text: junitReport },
  { name: 'sarif', text: (results, { version }) => sarifReport(results, version) },
  { name: 'github', text: githubReport },
]

function plainReport(results: readonly RuleResult[], { width, style }: ReportOptions): string {
  const lines: string[] = []
  for (const { rule, isBroken, says, found, known, violations } of results) {
    const mark = isBroken ? style.bad('✗') : style.good('✓')
    lines.push(`${mark} ${style.heading(printable(rule))}`, wrap(says, width, '  '))
    if (!isBroken) continue
    const listed = violations.slice(0, LISTED)
    for (const violation of listed) {
      lines.push(style.faint(`    ${printable(placeOf(violation))}`))
      lines.push(wrap(violation.explanation, width, '      '))
    }
    const more = found - known - listed.length
    if (more > 0) lines.push(style.faint(`    … and ${more} more (-f json lists up to 100)`))
  }
  const broken = results.filter(({ isBroken }) => isBroken).length
  const sum =
    broken === 0
      ? style.good(`${count(results.length, 'rule')} kept`)
      : style.bad(`${broken} of ${count(results.length, 'rule')} broken`)
  return `${lines.join('\n')}\n\n${sum}\n`
}

function jsonReport(results: readonly RuleResult[]): string {
  const rules = results.map(({ rule, isBroken, says, found, known, of, violations }) => ({
    rule,
    broken: isBroken,
    says,
    found,
    known,
    of,
    violations: violations.map(({ wiresharkFilter: filter, number, client, ...rest }) => ({
      ...(client === undefined ? { incident: number } : { stream: number, client }),
      ...rest,
      ...(filter === undefined ? {} : { wireshark_filter: filter }),
    })),
  }))
  const broken = results.some(({ isBroken }) => isBroken)
  return `${jsonText({ schema: 'tcp-teardown-check/1', broken, rules })}\n`
}

/** Workflow commands of GitHub Actions: an annotation for each rule that is broken. */
function githubReport(results: readonly RuleResult[]): string {
  return results
    .filter(({ isBroken }) => isBroken)
    .map(({ rule, says, violations }) => {
      const [first] = violations
      const more = first === undefined ? '' : `\n${placeOf(first)}\n${first.explanation}`
      return `::error title=${property(`tcp-teardown: ${rule}`)}::${command(`${says}${more}`)}\n`
    })
    .join('')
}

/** Names of rules and captures come from others: nothing of them may steer a terminal that shows the log. */
function command(text: string): string {
  const seen = text.split('\n').map(printable).join('\n')
  return seen.replaceAll('%', '%25').replaceAll('\n', '%0A')
}

function property(text: string): string {
  return command(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
