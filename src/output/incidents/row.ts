// The `incident` lines of the output.

import { secondsOf } from '../bytes/time.js'
import type { Confidence } from '../../verdict/answer.js'
import { countOf } from '../../incidents/ended.js'
import type { Incident, IncidentKind, IncidentNumbers } from '../../incidents/incident.js'
import type { ShownNames } from './shown-names.js'

/** Streams that a line lists. */
const MOST_STREAMS = 100

/** One incident of the output. Keys are those of the output contract. */
export interface IncidentRow {
  readonly type: 'incident'
  readonly capture: string
  /** From 1 in each capture, by time. */
  readonly id: number
  readonly kind: IncidentKind
  readonly endpoint: string
  readonly start_time: string
  readonly end_time: string
  readonly confidence: Confidence
  readonly explanation: string
  readonly speaks_for: readonly string[]
  readonly speaks_against: readonly string[]
  readonly connections: number
  /** By `verdict.cause`. */
  readonly causes: Readonly<Record<string, number>>
  /** The first 100. */
  readonly streams: readonly number[]
  readonly spread_s?: number
  readonly downtime_s?: number
  readonly first_refused_s?: number
  readonly refused?: number
  readonly requests_lost?: number
  readonly left_open?: number
  readonly timer_s?: number
  readonly per_minute?: number
  readonly oldest_s?: number
}

/** Makes the line of an incident. */
export function incidentRow(
  incident: Incident,
  capture: string,
  id: number,
  names: ShownNames,
): IncidentRow {
  const { kind, endpoint, startNs, endNs, confidence, says, members } = incident
  const causes: Record<string, number> = {}
  for (const { ending, weight } of members) causes[ending] = (causes[ending] ?? 0) + weight
  return {
    type: 'incident',
    capture,
    id,
    kind,
    endpoint,
    start_time: names.iso(startNs),
    end_time: names.iso(endNs),
    confidence,
    explanation: says,
    speaks_for: incident.speaksFor,
    speaks_against: incident.speaksAgainst,
    connections: countOf(members),
    causes: wholes(causes),
    streams: members
      .map(({ stream }) => stream)
      .sort((a, b) => a - b)
      .slice(0, MOST_STREAMS),
    ...numbersOf(incident),
  }
}

function numbersOf(numbers: IncidentNumbers): Partial<IncidentRow> {
  return Object.fromEntries(
    Object.entries({
      spread_s: seconds(numbers.spreadNs),
      downtime_s: seconds(numbers.downtimeNs),
      first_refused_s: seconds(numbers.toRefusedNs),
      refused: numbers.refused,
      requests_lost: numbers.requestsLost,
      left_open: numbers.leftOpen,
      timer_s: seconds(numbers.timerNs),
      per_minute: rounded(numbers.perMinute),
      oldest_s: seconds(numbers.oldestNs),
    }).filter(([, value]) => value !== undefined),
  )
}

function seconds(ns: number | undefined): number | undefined {
  return ns === undefined ? undefined : secondsOf(ns)
}

function wholes(causes: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(causes).map(([name, n]) => [name, Math.round(n)]))
}

function rounded(value: number | undefined): number | undefined {
  return value === undefined ? undefined : Number(value.toPrecision(3))
}
