// Two times side by side: every change of both, tested as one family.

import { type Change, type Outcome, changesOf } from './change.js'
import type { OutcomeCounts, Tally } from './outcomes.js'
import { type OutcomeKind, type Period, namesOfKind, tallyIn } from './period.js'

/** The endings of one endpoint or port. */
export interface GroupChanges {
  readonly name: string
  /** Connections. */
  readonly before: number
  readonly after: number
  readonly endings: readonly Change[]
}

/** How often there was an incident of one kind. */
export interface IncidentCounts {
  readonly kind: string
  readonly before: number
  readonly after: number
}

/** All that changed. Lists of changes begin with those beyond chance, the largest first. */
export interface BeforeAfter {
  readonly before: Period
  readonly after: Period
  readonly endings: readonly Change[]
  readonly closers: readonly Change[]
  readonly findings: readonly Change[]
  readonly incidents: readonly IncidentCounts[]
  readonly groups: readonly GroupChanges[]
}

/** Compares two times. */
export function compareTimes(before: Period, after: Period): BeforeAfter {
  const names = [...new Set<string>([...before.groups.keys(), ...after.groups.keys()])]
  const grouped = names.map((name) => ({
    name,
    outcomes: outcomesOf('ending', before.groups.get(name), after.groups.get(name)),
  }))
  const lists = [
    ...KINDS.map((kind) => outcomesOf(kind, before.outcomes, after.outcomes)),
    ...grouped.map(({ outcomes }) => outcomes),
  ]
  const changes = changesOf(lists.flat())
  let at = 0
  const sorted = lists.map(({ length }) => changes.slice(at, (at += length)).sort(byWeight))
  const [endings = [], closers = [], findings = [], ...ofGroups] = sorted
  const groups = names.map((name, place) => ({
    name,
    before: before.groups.get(name)?.all ?? 0,
    after: after.groups.get(name)?.all ?? 0,
    endings: ofGroups[place] ?? [],
  }))
  const incidents = incidentsOf(before, after)
  return { before, after, endings, closers, findings, incidents, groups: groups.sort(byChange) }
}

/** Of an endpoint that one time does not have. */
const NO_TALLY: Tally = { some: 0, all: 0, someSquared: 0, someTimesAll: 0, allSquared: 0 }

function incidentsOf(before: Period, after: Period): IncidentCounts[] {
  const kinds = new Set<string>([...before.incidents.keys(), ...after.incidents.keys()])
  return [...kinds].sort().map((kind) => ({
    kind,
    before: before.incidents.get(kind) ?? 0,
    after: after.incidents.get(kind) ?? 0,
  }))
}

const KINDS: readonly OutcomeKind[] = ['ending', 'closer', 'finding']

function outcomesOf(
  kind: OutcomeKind,
  before: OutcomeCounts | undefined,
  after: OutcomeCounts | undefined,
): Outcome[] {
  const counts = [before, after].filter((each) => each !== undefined)
  return namesOfKind(kind, ...counts).map((name) => ({
    name,
    before: before === undefined ? NO_TALLY : tallyIn(before, kind, name),
    after: after === undefined ? NO_TALLY : tallyIn(after, kind, name),
  }))
}

/** Those beyond chance first; the largest change, and of equal ones what rises, then the most frequent. */
function byWeight(a: Change, b: Change): number {
  return (
    Number(b.isBeyondChance) - Number(a.isBeyondChance) ||
    Math.abs(b.points) - Math.abs(a.points) ||
    b.points - a.points ||
    b.before.some + b.after.some - a.before.some - a.after.some ||
    (a.name < b.name ? -1 : 1)
  )
}

/** Whether any of its changes is beyond chance. */
export function hasChanged({ endings }: GroupChanges): boolean {
  return endings[0]?.isBeyondChance === true
}

function byChange(a: GroupChanges, b: GroupChanges): number {
  return (
    Number(hasChanged(b)) - Number(hasChanged(a)) ||
    Number(isInBoth(b)) - Number(isInBoth(a)) ||
    b.before + b.after - a.before - a.after ||
    (a.name < b.name ? -1 : 1)
  )
}

function isInBoth({ before, after }: GroupChanges): boolean {
  return before > 0 && after > 0
}
