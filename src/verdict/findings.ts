// What else a reader must know about a connection, beside its ending: every kind of finding once, with its code, its meaning
// and what it says. New kinds are rows in findings/.

import type { Derived } from './derived.js'
import type { Cause } from './endings.js'
import type { Evidence } from './evidence.js'
import { COMPANY } from './findings/company.js'
import { PAUSES } from './findings/pauses.js'
import { PAYLOAD } from './findings/payload.js'
import { REPEATS } from './findings/repeats.js'
import { RESETS } from './findings/resets.js'
import type { FindingCode } from './findings/codes.js'
import type { Add, Finding, FindingRow } from './findings/row.js'

export type { Finding } from './findings/row.js'

/** Every kind of finding, in the order of the reference. */
export const FINDINGS: readonly FindingRow[] = [
  ...RESETS,
  ...REPEATS,
  ...PAUSES,
  ...PAYLOAD,
  ...COMPANY,
]

/** All findings of a connection, in order of time. */
export function findingsOf(e: Evidence, s: Derived): readonly Finding[] {
  const found: Finding[] = []
  let code: FindingCode
  function add(...[at, says, { side, ...more } = {}]: Parameters<Add>): void {
    found.push({
      code,
      frame: at.frame,
      ns: at.ns,
      ...(side === undefined ? {} : { side: side === e.client ? 'client' : 'server' }),
      ...more,
      says,
    })
  }
  for (const row of e.hasTeardown ? FINDINGS : USUAL) {
    code = row.code
    row.find(e, s, add)
  }
  return found.length === 0 ? NONE : found.sort((a, b) => a.frame - b.frame)
}

const NONE: readonly Finding[] = []
const USUAL = FINDINGS.filter(({ isRare }) => isRare !== true)
const ROWS: ReadonlyMap<string, FindingRow> = new Map(FINDINGS.map((row) => [row.code, row]))
/** Findings that an explanation tells at most. */
const TOLD = 3

/** What an explanation tells of the findings of an ending with this cause, in order of time. */
export function toldOf(findings: readonly Finding[], cause: Cause): readonly Finding[] {
  if (findings.length === 0) return findings
  const worth = findings.filter(({ code }) => {
    const row = ROWS.get(code)
    return row !== undefined && row.weight > 0 && row.saidBy?.includes(cause) !== true
  })
  if (worth.length <= TOLD) return worth
  const weights = worth.map(({ code }) => ROWS.get(code)?.weight ?? 0).sort((a, b) => b - a)
  const least = weights[TOLD - 1] ?? 0
  return worth.filter(({ code }) => (ROWS.get(code)?.weight ?? 0) >= least).slice(0, TOLD)
}
