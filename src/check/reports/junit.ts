// The results of `check` as JUnit XML: a test case for each rule.

import { printable } from '../../base/text.js'
import type { RuleResult } from '../result.js'
import { placeOf } from './place.js'

/** What XML 1.0 cannot have, not even escaped, besides what is not printable. */
const NO_CHARACTERS = /[\ufffe\uffff]/g

/** The report. */
export function junitReport(results: readonly RuleResult[]): string {
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

/** Text of XML 1.0: what it cannot have is replaced. */
function xml(text: string): string {
  return text
    .split('\n')
    .map(printable)
    .join('\n')
    .replace(NO_CHARACTERS, '\u{fffd}')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}
