// The results of `check` as SARIF 2.1.0 (OASIS), as code scanners take it: a result for each violation, in the capture.

import { jsonText } from '../../output/formats/json-text.js'
import type { RuleResult, Violation } from '../result.js'
import { placeOf } from './place.js'

/** The report; `version` is that of this program. */
export function sarifReport(results: readonly RuleResult[], version: string): string {
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'tcp-teardown',
            version,
            rules: results.map(({ rule }) => ({ id: rule, shortDescription: { text: rule } })),
          },
        },
        results: results.filter(({ isBroken }) => isBroken).flatMap(resultsOf),
      },
    ],
  }
  return `${jsonText(log, 1)}\n`
}

function resultsOf({ rule, says, violations }: RuleResult): object[] {
  const seen = new Map<string, number>()
  return violations.map((violation) => {
    const kind = `${violation.endpoint} ${violation.what}`
    const nth = (seen.get(kind) ?? 0) + 1
    seen.set(kind, nth)
    return {
      ruleId: rule,
      level: 'error',
      message: { text: `${says}. ${placeOf(violation)}: ${violation.explanation}` },
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: uriOf(violation.capture) },
            // A capture has no lines, but scanners show nothing without one.
            region: { startLine: 1 },
          },
          logicalLocations: [{ name: nameOf(violation) }],
        },
      ],
      // By which a scanner knows an alert again: streams and ports of clients differ in every capture.
      partialFingerprints: { primaryLocationLineHash: `${kind}:${nth}` },
    }
  })
}

function nameOf({ client, number }: Violation): string {
  return client === undefined ? `incident ${number}` : `tcp.stream ${number}`
}

/** Halves of characters, which names of files can have on some systems. */
const HALVES = /\p{Cs}/gu
const DRIVE = /^[A-Za-z]:[\\/]/

/** The path of a capture as a reference (RFC 3986): nothing in a name is a scheme, a query or a fragment. */
function uriOf(capture: string): string {
  const path = DRIVE.test(capture) ? `/${capture.replaceAll('\\', '/')}` : capture
  const steps = path.split('/').map((step) => encodeURIComponent(step.replace(HALVES, '\ufffd')))
  return `${path.startsWith('/') ? 'file://' : ''}${steps.join('/')}`
}
