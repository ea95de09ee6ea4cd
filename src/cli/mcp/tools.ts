// The tools: one row for each. Their answers come from the library, as a program of anybody's could make them.

import { statOf } from '../../capture/stat.js'
import { INCIDENT_KINDS } from '../../incidents/kinds.js'
import { analyzeCapture } from '../../library/analyze-capture.js'
import { explainConnections } from '../../library/explain-connections.js'
import { FILTER_WORDS } from '../../engine/filter-words.js'
import type { Filters } from '../../library/filters.js'
import type { Connection } from '../../engine/connection.js'
import type { CaptureReport } from '../../engine/report.js'
import { EndpointCollector, GROUPINGS, type Grouping } from '../../output/endpoints/collect.js'
import { endpointRows } from '../../output/endpoints/fields.js'
import type { IncidentRow } from '../../output/incidents/row.js'
import { TeardownError } from '../../base/errors.js'
import { analyzeSource } from '../../engine/analyze-source.js'
import { groupOrder } from '../endpoints/command.js'
import { explainedBy, explainedObject, unknownName } from '../explain/name.js'
import { wordsNamed } from '../explain/words.js'
import { partOf, shortened } from './answer.js'
import { comparePlaces, compareTimesOf } from './comparisons.js'
import type { Arguments, Parameter, Tool, ToolContext } from './tool.js'

/** Incidents told whole with a summary. */
const MOST_INCIDENTS = 8
/** Captures named that are damaged. */
const MOST_DAMAGED = 5
/** Bytes of captures read for one answer. */
const MOST_READ_BYTES = 2e9
/** Packets of a connection in one answer. */
const MOST_PACKETS = 40
/** Connections kept for a list: more than an answer has room for. */
const MOST_LISTED = 100
/** Characters of an explanation in a list. */
const LISTED_CHARACTERS = 300

const CAPTURE: Parameter = {
  type: 'string',
  description: 'A capture, as list_captures names it.',
  isRequired: true,
}
const OFFSET: Parameter = {
  type: 'integer',
  description: 'Where to go on: next_offset of the answer before.',
}

/** Filters of connections; what payload holds is not asked for. */
const FILTERS: Readonly<Record<string, Parameter>> = Object.fromEntries(
  (
    [
      ['verdict', 'Verdicts or verdict.cause, with commas; !x for not.'],
      ['cause', 'Causes, likewise.'],
      ['closer', 'Who closed first: client, server, both, middlebox, none, unknown.'],
      ['confidence', 'certain, likely, possible.'],
      ['finding', 'Codes of findings, such as payload_at_risk.'],
      ['sees', 'What a program saw, such as ECONNRESET.'],
      ['host', 'Addresses or networks.'],
      ['server', 'Server ends: address, network, :port, address:port.'],
      ['client', 'Client ends, likewise.'],
      ['port', 'Ports or ranges.'],
      ['stream', 'Stream numbers or ranges, such as 3,10-20.'],
      ['since', 'Ended then or later, ISO 8601.'],
      ['until', 'Ended until then, ISO 8601.'],
    ] as const
  ).map(([name, description]) => [name, { type: 'string', description }]),
)

/** All tools. */
export const TOOLS: readonly Tool[] = [
  {
    name: 'list_captures',
    description: 'The captures that can be asked about, with their sizes.',
    parameters: { offset: OFFSET },
    run: async (given, { roots, signal }) => {
      const captures = await roots.captures(signal)
      return partOf(
        captures.map(({ path, name }) => ({ capture: name, bytes: statOf(path)?.size ?? 0 })),
        given.number('offset'),
      )
    },
  },
  {
    name: 'summarize_capture',
    description:
      'What a capture holds: times, connections by how they ended, and incidents: services that died, drained or restarted, hosts that vanished, with times, lost requests and packet evidence. Begin here.',
    parameters: { capture: CAPTURE },
    run: summarize,
  },
  {
    name: 'list_incidents',
    description:
      'Incidents, whole: what several connections tell together. Of one capture, or of all there are: which service died, and when.',
    parameters: {
      capture: { ...CAPTURE, description: 'Only of this capture.', isRequired: false },
      kind: {
        type: 'string',
        description: 'Only this kind.',
        words: INCIDENT_KINDS.map(({ kind }) => kind),
      },
      offset: OFFSET,
    },
    run: listIncidents,
  },
  {
    name: 'list_endings',
    description:
      'Connections of a capture with how and why each ended, who closed, how sure that is, and the packets it rests on; filters narrow them.',
    parameters: {
      capture: CAPTURE,
      ...FILTERS,
      offset: OFFSET,
      limit: { type: 'integer', description: 'Connections at most.' },
    },
    run: listEndings,
  },
  {
    name: 'count_endings',
    description:
      'Counts over the connections of a capture by server, client, port and the like: connections, resets, refused, unanswered requests, percentiles.',
    parameters: {
      capture: CAPTURE,
      by: { type: 'string', description: 'By what.', words: GROUPINGS, isRequired: true },
      offset: OFFSET,
    },
    run: countEndings,
  },
  {
    name: 'explain_connection',
    description:
      'One connection: verdict, explanation, alternatives, findings, evidence, and its packets with the states of both ends.',
    parameters: {
      capture: CAPTURE,
      stream: {
        type: 'integer',
        description: "Its number, Wireshark's tcp.stream.",
        isRequired: true,
      },
      offset: { ...OFFSET, description: 'Packet of the connection to go on with.' },
    },
    run: explainConnection,
  },
  {
    name: 'explain_incident',
    description:
      'One incident: what speaks for it and against it, its connections by ending, its streams.',
    parameters: {
      capture: CAPTURE,
      id: { type: 'integer', description: 'Its id.', isRequired: true },
    },
    run: async (given, context) => {
      const { report, incidents } = await read(given, context)
      const found = incidents.find(({ id }) => id === given.number('id'))
      if (found !== undefined) return { ...found, ...problemOf(report) }
      throw new TeardownError(
        'ERR_OPTION',
        `there is no incident ${given.number('id')}: the capture has ${incidents.length}`,
      )
    },
  },
  {
    name: 'define',
    description:
      'What a word of these answers means: a verdict, a cause, a finding, a flag, a kind of incident, an errno. Of endings also what to do.',
    parameters: {
      word: {
        type: 'string',
        description: 'Such as rst_after_kill.unread_data.',
        isRequired: true,
      },
    },
    run: (given) => define(given.needed('word')),
  },
  {
    name: 'compare_captures',
    description:
      'Two captures: "times" tells what changed between an earlier and a later one beyond chance, "places" pairs the same connections captured at two points of the path.',
    parameters: {
      before: { ...CAPTURE, description: 'The earlier one, or the first place.' },
      after: { ...CAPTURE, description: 'The later one, or the second place.' },
      as: { type: 'string', description: 'By default times.', words: ['times', 'places'] },
      offset: { ...OFFSET, description: 'Of places, where to go on.' },
    },
    run: (given, { roots, anonymizer, signal }) => {
      const before = roots.capture(given.needed('before'))
      const after = roots.capture(given.needed('after'))
      return given.text('as') === 'places'
        ? comparePlaces(before, after, given.number('offset'), anonymizer, signal)
        : compareTimesOf(before, after, anonymizer, signal)
    },
  },
]

function optionsOf(
  { anonymizer, signal }: ToolContext,
  name: string,
): {
  readonly name: string
  readonly signal: AbortSignal
  readonly anonymizer?: NonNullable<ToolContext['anonymizer']>
} {
  return { name, signal, ...(anonymizer === undefined ? {} : { anonymizer }) }
}

/** Why a capture was not read to its end: without that an answer would be taken for all there is. */
function problemOf({ error }: CaptureReport): { readonly error?: string } {
  return error === undefined ? {} : { error: shortened(error.message, LISTED_CHARACTERS) }
}

/** What a capture tells as a whole. */
async function read(
  given: Arguments,
  context: ToolContext,
): Promise<{
  readonly report: CaptureReport
  readonly incidents: readonly IncidentRow[]
  readonly totals: {
    readonly connections: number
    readonly causes: object
    readonly closers: object
  }
}> {
  const { path, name } = context.roots.capture(given.needed('capture'))
  return readable(await analyzeCapture(path, optionsOf(context, name)).finish())
}

/**
 * What has been read.
 *
 * @throws {TeardownError} ERR_READ for what cannot be read at all.
 */
function readable<T extends { readonly report: CaptureReport }>(all: T): T {
  const { error, packets } = all.report
  if (error !== undefined && packets === 0) throw new TeardownError('ERR_READ', error.message)
  return all
}

async function summarize(given: Arguments, context: ToolContext): Promise<object> {
  const { report, incidents, totals } = await read(given, context)
  const { capture, packets, tcp_packets: tcpPackets, start_time: start, end_time: end } = report
  const told = incidents
    .slice(0, MOST_INCIDENTS)
    .map(({ type: _type, capture: _capture, causes: _causes, streams: _streams, ...row }) => row)
  return {
    capture,
    packets,
    tcp_packets: tcpPackets,
    start_time: start,
    end_time: end,
    ...problemOf(report),
    connections: totals.connections,
    endings: totals.causes,
    closers: totals.closers,
    incidents: incidents.length,
    first_incidents: told,
  }
}

async function listIncidents(given: Arguments, context: ToolContext): Promise<object> {
  const { roots, signal } = context
  const only = given.text('capture')
  const captures = only === undefined ? await roots.captures(signal) : [roots.capture(only)]
  const kind = given.text('kind')
  const wanted: IncidentRow[] = []
  const damaged: object[] = []
  let bytes = 0
  let taken = 0
  for (const { path, name } of captures) {
    bytes += statOf(path)?.size ?? 0
    if (taken > 0 && bytes > MOST_READ_BYTES) break
    taken++
    const { incidents, report } = await analyzeCapture(path, optionsOf(context, name)).finish()
    if (report.error !== undefined) damaged.push({ capture: name, ...problemOf(report) })
    wanted.push(...incidents.filter((each) => kind === undefined || each.kind === kind))
  }
  const left = captures.length - taken
  return {
    ...(left === 0 ? {} : { captures_not_read: left, note: 'too much at once: name one of them' }),
    ...(damaged.length === 0
      ? {}
      : {
          not_read_to_the_end: damaged.length,
          first_of_these: damaged.slice(0, MOST_DAMAGED),
        }),
    ...partOf(wanted, given.number('offset')),
  }
}

async function listEndings(given: Arguments, context: ToolContext): Promise<object> {
  const { path, name } = context.roots.capture(given.needed('capture'))
  const filters: Filters = Object.fromEntries(
    Object.keys(FILTER_WORDS)
      .filter((key) => Object.hasOwn(FILTERS, key))
      .map((key) => [key, given.text(key)]),
  )
  const offset = given.number('offset') ?? 0
  const rows: object[] = []
  let total = 0
  const reading = analyzeCapture(path, { ...optionsOf(context, name), filters })
  for await (const c of reading) {
    if (total++ < offset) continue
    if (rows.length < MOST_LISTED) rows.push(endingRow(c))
  }
  const { items } = partOf(rows, 0, given.number('limit'))
  const next = offset + items.length
  const report = await reading.report
  return {
    total,
    offset,
    items,
    ...(next < total ? { next_offset: next } : {}),
    ...problemOf(report),
  }
}

function endingRow(c: Connection): object {
  return {
    stream: c.stream,
    client: `${c.client_ip}:${c.client_port}`,
    server: `${c.server_ip}:${c.server_port}`,
    ending: `${c.verdict}.${c.cause}`,
    closer: c.closer,
    confidence: c.confidence,
    ended_at: c.ended_at,
    explanation: shortened(c.explanation, LISTED_CHARACTERS),
    ...(c.findings === undefined ? {} : { findings: c.findings.map(({ code }) => code) }),
    ...(c.evidence === undefined ? {} : { packets: c.evidence.map(({ packet }) => packet) }),
  }
}

async function countEndings(given: Arguments, context: ToolContext): Promise<object> {
  const by = given.needed('by') as Grouping
  const { path, name } = context.roots.capture(given.needed('capture'))
  const counts = new EndpointCollector(by, undefined)
  const report = await analyzeSource(
    path,
    { onConnection: (c) => counts.add(c) },
    optionsOf(context, name),
  )
  readable({ report })
  const rows = counts.all(groupOrder(by)).flatMap((group) => endpointRows(group, undefined))
  return { by, ...partOf(rows, given.number('offset')), ...problemOf(report) }
}

async function explainConnection(given: Arguments, context: ToolContext): Promise<object> {
  const { path, name } = context.roots.capture(given.needed('capture'))
  const stream = given.number('stream') ?? 0
  const { connections, report } = await explainConnections(path, {
    ...optionsOf(context, name),
    filters: { stream },
  })
  const [found] = connections
  if (found === undefined)
    throw new TeardownError(
      'ERR_OPTION',
      `there is no stream ${stream} in ${name}${report.error === undefined ? '' : `: ${report.error.message}`}`,
    )
  const { packets, omitted_packets: omitted } = found
  return {
    connection: found.connection,
    packets: partOf(packets, given.number('offset'), MOST_PACKETS),
    ...(omitted === undefined ? {} : { omitted_packets: omitted }),
    ...problemOf(report),
  }
}

function define(word: string): object {
  const ending = explainedBy(word)
  if (ending !== undefined) return explainedObject(ending)
  const kind = INCIDENT_KINDS.find((each) => each.kind === word.trim().toLowerCase())
  if (kind !== undefined) return kind
  const words = wordsNamed(word)
  if (words.length === 0) throw unknownName(word)
  return { words: words.map(({ kind: of, name, meaning }) => ({ kind: of, name, meaning })) }
}
