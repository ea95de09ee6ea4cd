// The fields of an endpoint in JSON and CSV: one list.

import { isoTime } from '../bytes/time.js'
import type { EndpointGroup } from './collect.js'
import type { Sketch } from './sketch.js'
import type { EndpointStats, Time } from './stats.js'

/** What a field is made of. */
interface FieldSource {
  readonly name: string
  readonly stats: EndpointStats
  /** Beginning of the span of time, ns since 1970; undefined for the whole. */
  readonly sinceNs: number | undefined
}

/** A field of an endpoint. */
export interface EndpointField {
  readonly key: string
  readonly meaning: string
  readonly value: (from: FieldSource) => FieldValue
}

type FieldValue = string | number | Readonly<Record<string, number>> | undefined

/** A row of the output. */
export type EndpointRow = Readonly<Record<string, Exclude<FieldValue, undefined>>>

function percentiles(
  name: string,
  what: string,
  of: (stats: EndpointStats) => Sketch,
): EndpointField[] {
  return [50, 95, 99].map((percent) => ({
    key: `${name}_p${percent}_s`,
    meaning: `${what}: ${percent} of 100 are no longer.`,
    value: ({ stats }) => seconds(of(stats).percentile(percent / 100)),
  }))
}

/** Every field, in the order of the output. */
export const ENDPOINT_FIELDS: readonly EndpointField[] = [
  {
    key: 'endpoint',
    meaning:
      'What is counted: `ip:port` of a server, an address, a port, a network, a minute, a capture, a verdict or a `verdict.cause`.',
    value: ({ name }) => name,
  },
  {
    key: 'time',
    meaning: 'With `--over`: when the span begins in which the connections ended.',
    value: ({ sinceNs }) =>
      sinceNs === undefined
        ? undefined
        : isoTime(BigInt(Math.round(sinceNs / 1e6)) * 1_000_000n, 0),
  },
  { key: 'connections', meaning: 'Connections.', value: ({ stats }) => stats.connections },
  {
    key: 'causes',
    meaning: 'Of these, by `verdict.cause`.',
    value: ({ stats }) => Object.fromEntries([...stats.causes].sort(([, a], [, b]) => b - a)),
  },
  {
    key: 'closed_by_client',
    meaning: 'Of those that were open, closed first by the client.',
    value: ({ stats }) => stats.closedByClient,
  },
  {
    key: 'closed_by_server',
    meaning: 'Of those that were open, closed first by the server.',
    value: ({ stats }) => stats.closedByServer,
  },
  {
    key: 'resets',
    meaning: 'Ended by a reset, refused ones left out.',
    value: ({ stats }) => stats.resets,
  },
  {
    key: 'reset_share',
    meaning: 'Share of these among all connections, 0 to 1.',
    value: ({ stats }) => Number((stats.resets / stats.connections).toFixed(4)),
  },
  { key: 'refused', meaning: 'Refused.', value: ({ stats }) => stats.refused },
  {
    key: 'unanswered_syns',
    meaning: 'Connections whose SYN got no answer.',
    value: ({ stats }) => stats.unanswered,
  },
  {
    key: 'unanswered_requests',
    meaning: 'Connections closed with a request without an answer.',
    value: ({ stats }) => stats.requestsUnanswered,
  },
  ...percentiles('half_close', 'From the first FIN to the second', ({ halfClose }) => halfClose),
  ...percentiles('idle', 'From the last payload to the first FIN or RST', ({ idle }) => idle),
  ...percentiles(
    'server_close_wait',
    'How long the server held connections in CLOSE-WAIT',
    ({ serverCloseWait }) => serverCloseWait,
  ),
  ...percentiles(
    'client_close_wait',
    'How long the client held connections in CLOSE-WAIT',
    ({ clientCloseWait }) => clientCloseWait,
  ),
  {
    key: 'client_bytes',
    meaning: 'Payload bytes of the clients.',
    value: ({ stats }) => stats.clientBytes,
  },
  {
    key: 'server_bytes',
    meaning: 'Payload bytes of the servers.',
    value: ({ stats }) => stats.serverBytes,
  },
  {
    key: 'first_time',
    meaning: 'Time of the first packet.',
    value: ({ stats }) => timeOf(stats.first),
  },
  {
    key: 'last_time',
    meaning: 'Time of the last packet.',
    value: ({ stats }) => timeOf(stats.last),
  },
]

/** The rows of an endpoint: one, or with spans of time one for each, in order. */
export function endpointRows(
  { name, total, spans }: EndpointGroup,
  overNs: number | undefined,
): EndpointRow[] {
  if (overNs === undefined) return [rowOf({ name, stats: total, sinceNs: undefined })]
  return [...spans]
    .sort(([a], [b]) => a - b)
    .map(([at, stats]) => rowOf({ name, stats, sinceNs: at * overNs }))
}

function rowOf(from: FieldSource): EndpointRow {
  const row: Record<string, Exclude<FieldValue, undefined>> = {}
  for (const { key, value } of ENDPOINT_FIELDS) {
    const found = value(from)
    if (found !== undefined) row[key] = found
  }
  return row
}

function seconds(ns: number): number | undefined {
  return Number.isNaN(ns) ? undefined : Number((ns / 1e9).toPrecision(5))
}

function timeOf(time: Time | undefined): string | undefined {
  return time === undefined ? undefined : isoTime(time.baseNs, time.ns)
}
