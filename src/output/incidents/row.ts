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

/** A field of an incident, in the order of the output. */
export interface IncidentField {
  readonly key: Exclude<keyof IncidentRow, 'type'>
  readonly type: 'string' | 'strings' | 'integer' | 'integers' | 'number' | 'counts'
  readonly meaning: string
}

/** Every field, in the order of the output. */
export const INCIDENT_FIELDS: readonly IncidentField[] = [
  { key: 'capture', type: 'string', meaning: 'Path of the capture, as it was given.' },
  {
    key: 'id',
    type: 'integer',
    meaning: 'From 1 in each capture: `explain CAPTURE --incident ID`.',
  },
  { key: 'kind', type: 'string', meaning: 'What happened.' },
  { key: 'endpoint', type: 'string', meaning: '`ip:port` of the service, or address of the host.' },
  { key: 'start_time', type: 'string', meaning: 'When it began; of a restart the outage.' },
  { key: 'end_time', type: 'string', meaning: 'When it ended; of a restart the outage.' },
  { key: 'confidence', type: 'string', meaning: '`certain`, `likely` or `possible`.' },
  { key: 'explanation', type: 'string', meaning: 'One sentence to paste.' },
  { key: 'speaks_for', type: 'strings', meaning: 'What speaks for it.' },
  { key: 'speaks_against', type: 'strings', meaning: 'What it could be instead.' },
  { key: 'connections', type: 'integer', meaning: 'Connections it is made of.' },
  { key: 'causes', type: 'counts', meaning: 'Of these, by `verdict.cause`.' },
  { key: 'streams', type: 'integers', meaning: 'Their streams, the first 100.' },
  { key: 'spread_s', type: 'number', meaning: 'From the first to the last end of a burst.' },
  { key: 'downtime_s', type: 'number', meaning: 'How long the service was down.' },
  {
    key: 'first_refused_s',
    type: 'number',
    meaning: 'From its beginning to the first SYN refused.',
  },
  { key: 'refused', type: 'integer', meaning: 'Connections refused.' },
  { key: 'requests_lost', type: 'integer', meaning: 'Requests without an answer.' },
  { key: 'left_open', type: 'integer', meaning: 'Open connections that went on.' },
  { key: 'timer_s', type: 'number', meaning: 'Idle time after which connections are closed.' },
  { key: 'per_minute', type: 'number', meaning: 'New connections in CLOSE-WAIT a minute.' },
  { key: 'oldest_s', type: 'number', meaning: 'How long the oldest of them has stood.' },
]

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
