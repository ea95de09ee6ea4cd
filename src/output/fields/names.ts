// What others call our columns: Elastic Common Schema (9) and OpenTelemetry's semantic conventions. One table, from which rows and
// the reference are made. What has no name there stands below `tcp_teardown`, as both ask of fields of one's own.

import { rowOf } from '../../verdict/endings.js'
import type { ColumnKind, ColumnSource, RawValue } from '../columns/column.js'

/** Whose names fields have; the first are ours. */
export const FIELD_SETS = ['native', 'ecs', 'otel'] as const
/** One of them. */
export type FieldSet = (typeof FIELD_SETS)[number]
/** Those of others. */
export type ForeignSet = Exclude<FieldSet, 'native'>

/** What stands before names that are not of a set. */
export const OWN_PREFIX = 'tcp_teardown.'

/** Names of one column. */
interface Names {
  readonly column: string
  /** More than one where a set wants the value twice. */
  readonly ecs?: readonly string[]
  readonly otel?: readonly string[]
}

/** The columns that have names of others; of a time span in ECS the unit is the nanosecond. */
export const FOREIGN_NAMES: readonly Names[] = [
  { column: 'capture', ecs: ['log.file.path'], otel: ['log.file.path'] },
  { column: 'client_ip', ecs: ['source.ip', 'client.ip'], otel: ['client.address'] },
  { column: 'client_port', ecs: ['source.port', 'client.port'], otel: ['client.port'] },
  { column: 'server_ip', ecs: ['destination.ip', 'server.ip'], otel: ['server.address'] },
  { column: 'server_port', ecs: ['destination.port', 'server.port'], otel: ['server.port'] },
  { column: 'verdict', ecs: ['event.action'] },
  { column: 'cause', ecs: ['event.reason'] },
  { column: 'explanation', ecs: ['message'], otel: ['body'] },
  { column: 'start_time', ecs: ['event.start'] },
  { column: 'end_time', ecs: ['event.end'] },
  { column: 'ended_at', ecs: ['@timestamp'], otel: ['timestamp'] },
  { column: 'duration_s', ecs: ['event.duration'] },
  { column: 'client_packets', ecs: ['source.packets', 'client.packets'] },
  { column: 'server_packets', ecs: ['destination.packets', 'server.packets'] },
  { column: 'client_bytes', ecs: ['source.bytes', 'client.bytes'] },
  { column: 'server_bytes', ecs: ['destination.bytes', 'server.bytes'] },
]

/** Fields whose unit is the nanosecond, where the column has seconds. */
export const IN_NS: ReadonlySet<string> = new Set<string>(['event.duration'])

/** A field that is of a set and no column. */
export interface MadeField {
  readonly name: string
  readonly set: ForeignSet
  readonly kind: ColumnKind
  readonly meaning: string
  readonly raw: (from: ColumnSource) => RawValue
}

function constant(set: ForeignSet, name: string, value: string | readonly string[]): MadeField {
  const isText = typeof value === 'string'
  const meaning = isText ? `\`${value}\`` : value.map((each) => `\`${each}\``).join(', ')
  return { name, set, kind: isText ? 'word' : 'words', meaning, raw: () => value }
}

/** OpenTelemetry's severity of an ending, by how bad it is. */
const SEVERITIES: readonly (readonly [text: string, number: number])[] = [
  ['INFO', 9],
  ['INFO', 9],
  ['WARN', 13],
  ['ERROR', 17],
]

function severityOf({ j }: ColumnSource): number {
  return rowOf(j.ending).severity
}

function networkType({ e }: ColumnSource): string {
  return e.isIpv6 ? 'ipv6' : 'ipv4'
}

function outcome(c: ColumnSource): string {
  if (c.j.verdict === 'incomplete') return 'unknown'
  return severityOf(c) === 0 ? 'success' : 'failure'
}

/** All such fields. They are in every row of their set. */
export const MADE_FIELDS: readonly MadeField[] = [
  constant('ecs', 'ecs.version', '9.0.0'),
  constant('ecs', 'event.kind', 'event'),
  constant('ecs', 'event.category', ['network']),
  constant('ecs', 'event.type', ['connection', 'end']),
  constant('ecs', 'event.dataset', 'tcp_teardown.connection'),
  {
    name: 'event.outcome',
    set: 'ecs',
    kind: 'word',
    meaning: '`success` for endings of severity 0, `unknown` for `incomplete`, else `failure`',
    raw: outcome,
  },
  constant('ecs', 'network.transport', 'tcp'),
  { name: 'network.type', set: 'ecs', kind: 'word', meaning: '`ipv4` or `ipv6`', raw: networkType },
  constant('otel', 'event_name', 'tcp_teardown.connection'),
  {
    name: 'severity_text',
    set: 'otel',
    kind: 'word',
    meaning: '`INFO` for endings of severity 0 and 1, `WARN` for 2, `ERROR` for 3',
    raw: (c) => SEVERITIES[severityOf(c)]?.[0],
  },
  {
    name: 'severity_number',
    set: 'otel',
    kind: 'integer',
    meaning: '9, 13 or 17, likewise',
    raw: (c) => SEVERITIES[severityOf(c)]?.[1],
  },
  constant('otel', 'network.transport', 'tcp'),
  {
    name: 'network.type',
    set: 'otel',
    kind: 'word',
    meaning: '`ipv4` or `ipv6`',
    raw: networkType,
  },
]
