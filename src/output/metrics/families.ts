// The one list of metrics: names, units, meanings, and where their samples come from. Both forms of exposition and the
// reference are made of it.

import { INCIDENT_KINDS } from '../../incidents/kinds.js'
import { CLOSERS } from '../../verdict/answer.js'
import { ENDINGS, VERDICTS } from '../../verdict/endings.js'
import { type ConnectionCounts, OTHER_ENDPOINTS } from './collector.js'
import type { Counts } from './counts.js'
import type { Histogram } from './histogram.js'
import { TIMINGS } from './timings.js'

/** Server endpoints with samples of their own; the connections of all others are counted as `other`. */
export const ENDPOINTS_NAMED = 100

/** What the samples are taken from. */
export interface MetricsSource {
  readonly counts: ConnectionCounts
  /** Incidents by kind. */
  readonly incidents: ReadonlyMap<string, number>
  /** Connections found, whatever the filters say. */
  readonly connections: number
  /** Connections that are not over. */
  readonly openConnections: number
  readonly packets: number
  readonly tcpPackets: number
  readonly readBytes: number
  readonly captures: number
  readonly failedCaptures: number
  /** Packets that the capturing hosts lost, as far as captures say so. */
  readonly droppedPackets: number
  /**
   * Which endpoints are named: the `largest`, or the `first`. Of a source that is asked again and again the first ones, for
   * counters must never go back.
   */
  readonly endpointsNamed: 'largest' | 'first'
}

/** Labels of a sample; their order is that of the text. */
export type Labels = Readonly<Record<string, string>>

/** One sample of a metric: a number, or for a histogram all of it. */
export interface Sample {
  readonly labels: Labels
  readonly value: number | Histogram
}

/** A metric. */
export interface Family {
  /** Without the program's name before it and `_total` behind it. */
  readonly name: string
  readonly type: 'counter' | 'gauge' | 'histogram'
  /** Base unit; the name ends with it. */
  readonly unit?: 'seconds' | 'bytes'
  readonly help: string
  /** Names of the labels. */
  readonly labels: readonly string[]
  readonly samples: (from: MetricsSource) => readonly Sample[]
}

const NO_LABELS: Labels = {}

function single(value: number): Sample[] {
  return [{ labels: NO_LABELS, value }]
}

function counter(name: string, help: string, value: (from: MetricsSource) => number): Family {
  return { name, type: 'counter', help, labels: [], samples: (from) => single(value(from)) }
}

/** A counter that is there from the beginning, so that its first step is seen. */
const CAUSES: Family = {
  name: 'connections',
  type: 'counter',
  help: 'Connections that are over, or were open when the capture ended, by how they ended.',
  labels: ['verdict', 'cause'],
  samples: ({ counts }) =>
    ENDINGS.map(({ verdict, cause }) => ({
      labels: { verdict, cause },
      value: counts.causes.of(verdict, cause),
    })),
}

const CLOSED_BY: Family = {
  name: 'closed_connections',
  type: 'counter',
  help: 'The same connections, by verdict and who ended them.',
  labels: ['verdict', 'closer'],
  samples: ({ counts }) =>
    VERDICTS.flatMap(({ verdict }) =>
      CLOSERS.map((closer) => ({
        labels: { verdict, closer },
        value: counts.closers.of(verdict, closer),
      })),
    ),
}

const ENDPOINTS: Family = {
  name: 'endpoint_connections',
  type: 'counter',
  help: `The same connections, by server endpoint and verdict; of more than ${ENDPOINTS_NAMED} endpoints the rest as other.`,
  labels: ['endpoint', 'verdict'],
  samples: ({ counts: { endpoints }, endpointsNamed }) => {
    const named = namedEndpoints(endpoints, endpointsNamed)
    const others = endpoints
      .sums()
      .map(([endpoint]) => endpoint)
      .filter((endpoint) => !named.includes(endpoint))
    const groups = [
      ...named.map((endpoint) => ({ endpoint, members: [endpoint] })),
      { endpoint: OTHER_ENDPOINTS, members: others },
    ]
    return groups.flatMap(({ endpoint, members }) =>
      VERDICTS.map(({ verdict }) => ({
        labels: { endpoint, verdict },
        value: members.reduce((sum, member) => sum + endpoints.of(member, verdict), 0),
      })),
    )
  },
}

function namedEndpoints(endpoints: Counts, which: 'largest' | 'first'): string[] {
  const sums = endpoints.sums().filter(([endpoint]) => endpoint !== OTHER_ENDPOINTS)
  if (which === 'largest') sums.sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))
  return sums.slice(0, ENDPOINTS_NAMED).map(([endpoint]) => endpoint)
}

const INCIDENTS: Family = {
  name: 'incidents',
  type: 'counter',
  help: 'What several connections tell of a service, a host or a path, by kind.',
  labels: ['kind'],
  samples: ({ incidents }) =>
    INCIDENT_KINDS.map(({ kind }) => ({ labels: { kind }, value: incidents.get(kind) ?? 0 })),
}

const PAYLOAD: Family = {
  name: 'payload_bytes',
  type: 'counter',
  unit: 'bytes',
  help: 'Payload of the connections as seen, retransmissions included, by the side that sent it.',
  labels: ['side'],
  samples: ({ counts: { clientBytes, serverBytes } }) => [
    { labels: { side: 'client' }, value: clientBytes },
    { labels: { side: 'server' }, value: serverBytes },
  ],
}

const OPEN: Family = {
  name: 'open_connections',
  type: 'gauge',
  help: 'Connections that are not over.',
  labels: [],
  samples: ({ openConnections }) => single(openConnections),
}

/** What each timing is. */
const TIMING_HELP: Readonly<Record<string, string>> = {
  handshake: "From the first packet to the client's ACK of the SYN-ACK.",
  half_close: 'From the first FIN to that of the other side.',
  idle_before_teardown: 'From the last payload, or the opening, to the first FIN or RST.',
  last_data_to_rst: 'From the last payload of either side to the RST that ended the connection.',
  close_wait: 'How long a side held CLOSE-WAIT, by side.',
}

const TIMES: readonly Family[] = Object.entries(TIMING_HELP).map(([name, help]) => {
  const parts = [...TIMINGS.entries()].filter(([, timing]) => timing.name === name)
  const isSided = parts.some(([, { side }]) => side !== undefined)
  return {
    name: `${name}_seconds`,
    type: 'histogram',
    unit: 'seconds',
    help,
    labels: isSided ? ['side'] : [],
    samples: ({ counts }) =>
      parts.map(([at, { side }]) => ({
        labels: side === undefined ? NO_LABELS : { side },
        value: counts.timings[at] as Histogram,
      })),
  }
})

/** All metrics, in the order of the text. */
export const FAMILIES: readonly Family[] = [
  CAUSES,
  CLOSED_BY,
  ENDPOINTS,
  INCIDENTS,
  counter(
    'found_connections',
    'Connections found; filters do not change it.',
    (from) => from.connections,
  ),
  OPEN,
  ...TIMES,
  PAYLOAD,
  counter('packets', 'Records read.', ({ packets }) => packets),
  counter('tcp_packets', 'TCP segments among them.', ({ tcpPackets }) => tcpPackets),
  {
    ...counter(
      'read_bytes',
      'Bytes of captures that were read, decompressed.',
      (from) => from.readBytes,
    ),
    unit: 'bytes',
  },
  counter('captures', 'Captures read or begun.', ({ captures }) => captures),
  counter(
    'failed_captures',
    'Captures that could not be read, or not to their end.',
    ({ failedCaptures }) => failedCaptures,
  ),
  counter(
    'dropped_packets',
    'Packets that the capturing host lost, where the capture says so.',
    ({ droppedPackets }) => droppedPackets,
  ),
]
