// Holds connections and incidents against rules, one after another.

import { count } from '../base/text.js'
import { shownEndpoint } from '../output/columns/address.js'
import type { ColumnSource } from '../output/columns/column.js'
import { wiresharkFilter } from '../output/columns/wireshark-filter.js'
import type { IncidentRow } from '../output/incidents/row.js'
import type { Baseline } from './baseline.js'
import type { RuleResult, Violation } from './result.js'
import { type CheckRule, isSureEnough } from './rule.js'

/** Violations that are kept of one rule; the rest is counted. */
const MOST_VIOLATIONS = 100

/** What has been seen of one rule. */
interface Tally {
  readonly rule: CheckRule
  of: number
  found: number
  known: number
  readonly violations: Violation[]
}

/** Checks connections and incidents. */
export class Checker {
  /** Every violation, for a new baseline; undefined when none is asked for. */
  readonly record: Baseline | undefined
  private readonly known: Baseline
  private failure: string | undefined
  private readonly tallies: readonly Tally[]

  constructor(rules: readonly CheckRule[], known: Baseline, record: Baseline | undefined) {
    this.known = known
    this.record = record
    this.tallies = rules.map((rule) => ({ rule, of: 0, found: 0, known: 0, violations: [] }))
  }

  /** Looks at a connection. */
  add(c: ColumnSource): void {
    for (const tally of this.tallies) {
      const { incident, where, each, of } = tally.rule
      if (incident !== undefined) continue
      if (each === undefined) {
        if (of.holds(c)) tally.of++
        if (where.holds(c) && of.holds(c)) this.found(tally, violationOf(c))
      } else if (where.holds(c)) {
        tally.of++
        if (!each.isKept(c)) this.found(tally, violationOf(c))
      }
    }
  }

  /** Looks at an incident. */
  addIncident(row: IncidentRow): void {
    for (const tally of this.tallies) {
      const { incident, endpoint } = tally.rule
      if (incident !== row.kind || !isSureEnough(row.confidence, tally.rule)) continue
      if (
        endpoint !== undefined &&
        endpoint !== row.endpoint &&
        !row.endpoint.startsWith(`${endpoint}:`)
      )
        continue
      this.found(tally, {
        capture: row.capture,
        number: row.id,
        client: undefined,
        endpoint: row.endpoint,
        what: row.kind,
        packets: [],
        explanation: row.explanation,
        wiresharkFilter: undefined,
      })
    }
  }

  /** What was checked is not all there is: no report may say that all is well. */
  fail(why: string): void {
    this.failure = why
  }

  /** What came of each rule. */
  results(): RuleResult[] {
    const results = this.tallies.map((tally) => {
      const { rule, of, found, known, violations } = tally
      const isBroken = !isWithin(tally)
      return { rule: rule.name, isBroken, says: saysOf(tally), found, known, of, violations }
    })
    if (this.failure === undefined) return results
    const says = this.failure
    return [
      ...results,
      {
        rule: 'every capture is read',
        isBroken: true,
        says,
        found: 0,
        known: 0,
        of: 0,
        violations: [],
      },
    ]
  }

  private found(tally: Tally, violation: Violation): void {
    tally.found++
    this.record?.add(tally.rule.name, violation)
    if (this.known.take(tally.rule.name, violation)) tally.known++
    else if (tally.violations.length < MOST_VIOLATIONS) tally.violations.push(violation)
  }
}

function isWithin({ rule: { limit }, of, found, known }: Tally): boolean {
  const counted = found - known
  return limit.kind === 'count' ? counted <= limit.most : counted <= limit.most * of
}

function saysOf({ rule: { limit, incident, each }, of, found, known }: Tally): string {
  const noun = incident === undefined ? 'connection' : 'incident'
  const among = incident === undefined ? ` of ${of}` : ''
  const what = each === undefined ? '' : ' not as they should be'
  const allowed =
    limit.kind === 'count' ? String(limit.most) : `${Number((100 * limit.most).toPrecision(6))} %`
  const exceptions = known > 0 ? `, ${known} of them known` : ''
  const none =
    incident === undefined && of === 0 ? ' (the rule is about no connection of these captures)' : ''
  return `${count(found, noun)}${among}${what}${exceptions}; allowed: ${allowed}${none}`
}

function violationOf(c: ColumnSource): Violation {
  return {
    capture: c.captureName,
    number: c.e.stream,
    client: shownEndpoint(c, c.e.clientSide),
    endpoint: shownEndpoint(c, 1 - c.e.clientSide),
    what: c.j.ending,
    packets: c.j.evidence().map(({ frame }) => frame),
    explanation: c.j.explanation(),
    wiresharkFilter: wiresharkFilter(c),
  }
}
