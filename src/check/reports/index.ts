// The forms in which the results of `check` are told: for people, for programs, and for the systems that run tests.

import { count, printable, wrap } from '../../base/text.js'
import { jsonText } from '../../output/formats/json-text.js'
import type { Style } from '../../output/style.js'
import type { RuleResult, Violation } from '../result.js'

/** Violations listed of one rule, for people. */
const LISTED = 5

/** How a report is made. */
export interface ReportOptions {
  readonly width: number
  readonly style: Style
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
  { name: 'sarif', text: sarifReport },
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

/** Where to look: capture, stream, who, how, packets. */
function placeOf({ capture, number, client, endpoint, what, packets }: Violation): string {
  if (client === undefined) return `${capture}  incident ${number}  ${endpoint}  ${what}`
  const on =
    packets.length === 0
      ? ''
      : `  ${packets.length === 1 ? 'packet' : 'packets'} ${packets.join(', ')}`
  return `${capture}  tcp.stream eq ${number}  ${client} → ${endpoint}  ${what}${on}`
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

function junitReport(results: readonly RuleResult[]): string {
  const cases = results.map(({ rule, isBroken, says, violations }) => {
    const name = `<testcase classname="tcp-teardown" name="${xml(rule)}"`
    if (!isBroken) return `  ${name}/>`
    const detail = violations.map((v) => `${placeOf(v)}\n${v.explanation}`).join('\n\n')
    return `  ${name}>\n    <failure message="${xml(says)}">${xml(detail)}</failure>\n  </testcase>`
  })
  const failures = results.filter(({ isBroken }) => isBroken).length
  return `<?xml version="1.0" encoding="UTF-8"?>
<testsuites tests="${results.length}" failures="${failures}">
<testsuite name="tcp-teardown" tests="${results.length}" failures="${failures}">
${cases.join('\n')}
</testsuite>
</testsuites>
`
}

/** SARIF 2.1.0 (OASIS), as code scanners take it: a result for each violation, in the capture. */
function sarifReport(results: readonly RuleResult[], { version }: ReportOptions): string {
  const broken = results.filter(({ isBroken }) => isBroken)
  return `${JSON.stringify(
    {
      $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
      version: '2.1.0',
      runs: [
        {
          tool: {
            driver: {
              name: 'tcp-teardown',
              version,
              rules: results.map(({ rule }) => ({
                id: rule,
                shortDescription: { text: rule },
              })),
            },
          },
          results: broken.flatMap(({ rule, says, violations }) =>
            violations.map((violation) => ({
              ruleId: rule,
              level: 'error',
              message: { text: `${says}. ${placeOf(violation)}: ${violation.explanation}` },
              locations: [
                {
                  physicalLocation: { artifactLocation: { uri: encodeURI(violation.capture) } },
                  logicalLocations: [{ name: nameOf(violation) }],
                },
              ],
            })),
          ),
        },
      ],
    },
    undefined,
    1,
  )}\n`
}

function nameOf({ client, number }: Violation): string {
  return client === undefined ? `incident ${number}` : `tcp.stream ${number}`
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

function command(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function property(text: string): string {
  return command(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}

/** Text of XML 1.0: what it cannot have is replaced. */
function xml(text: string): string {
  return text
    .split('\n')
    .map(printable)
    .join('\n')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}
