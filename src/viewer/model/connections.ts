// The connections of a page as columns: filters, counts and orders go over them in a few milliseconds.

import { msOfIso } from '../../base/clock-time.js'
import { endpointText } from '../../output/columns/address.js'
import type { PageHead } from '../../output/page/page-data.js'

/** A value of a few: its place in `words` for each connection, -1 for none. */
export interface WordColumn {
  readonly words: readonly string[]
  readonly at: Int32Array
}

/** Words of a list for each connection. */
export type ListColumn = readonly (readonly string[])[]

/** Spans in seconds, NaN where there is none. */
export const SPANS = [
  'idle_before_teardown_s',
  'fin_to_fin_s',
  'last_data_to_rst_s',
  'client_close_wait_s',
  'server_close_wait_s',
] as const

/** One of {@link SPANS}. */
export type Span = (typeof SPANS)[number]

/** All connections of a page, by place. */
export interface Connections {
  readonly size: number
  /** Place of the capture. */
  readonly capture: Int32Array
  readonly stream: Float64Array
  readonly clientIp: WordColumn
  readonly clientPort: Int32Array
  /** Address and port. */
  readonly server: WordColumn
  /** Place in the endings of the head. */
  readonly ending: Int32Array
  readonly closer: WordColumn
  readonly confidence: WordColumn
  /** ms since 1970, NaN where no calendar has it. */
  readonly endedMs: Float64Array
  readonly durationS: Float64Array
  readonly clientBytes: Float64Array
  readonly serverBytes: Float64Array
  readonly clientSees: WordColumn
  readonly serverSees: WordColumn
  readonly findings: ListColumn
  readonly flags: ListColumn
  readonly spans: Readonly<Record<Span, Float64Array>>
}

type Value = number | string | readonly string[] | null

const NOTHING: readonly string[] = []

/** Reads the lines of the rows, a column each. */
export function readConnections(text: string, head: PageHead): Connections {
  const lines = text.split('\n')
  function values(key: string): readonly Value[] {
    return JSON.parse(lines[head.columns.indexOf(key)] ?? '[]') as readonly Value[]
  }
  function whole(key: string): Int32Array {
    return Int32Array.from(values(key) as readonly number[])
  }
  function number(key: string): Float64Array {
    return Float64Array.from(values(key), (value) => (value === null ? NaN : Number(value)))
  }
  function word(key: string): WordColumn {
    return wordColumn(values(key) as readonly (string | null)[])
  }
  function list(key: string): ListColumn {
    return (values(key) as readonly (readonly string[] | null)[]).map((each) => each ?? NOTHING)
  }
  const serverPorts = values('server_port') as readonly number[]
  const servers = (values('server_ip') as readonly string[]).map((ip, at) =>
    endpointText(ip, serverPorts[at] as number),
  )
  const endings = new Map(head.endings.map(({ name }, at) => [name, at]))
  const causes = values('cause') as readonly string[]
  return {
    size: causes.length,
    capture: whole('capture'),
    stream: number('stream'),
    clientIp: word('client_ip'),
    clientPort: whole('client_port'),
    server: wordColumn(servers),
    ending: Int32Array.from(
      values('verdict') as readonly string[],
      (verdict, at) => endings.get(`${verdict}.${causes[at]}`) ?? -1,
    ),
    closer: word('closer'),
    confidence: word('confidence'),
    endedMs: Float64Array.from(values('ended_at') as readonly string[], exactMs),
    durationS: number('duration_s'),
    clientBytes: number('client_bytes'),
    serverBytes: number('server_bytes'),
    clientSees: word('client_sees'),
    serverSees: word('server_sees'),
    findings: list('findings'),
    flags: list('flags'),
    spans: Object.fromEntries(SPANS.map((key) => [key, number(key)])) as Record<Span, Float64Array>,
  }
}

/** Length of an ISO 8601 text up to its milliseconds. */
const UP_TO_MS = '2026-01-01T00:00:00.000'.length

/** ms since 1970 with what lies below them, as far as a number holds it. */
function exactMs(iso: string): number {
  const below = /^\d+(?=Z$)/.exec(iso.slice(UP_TO_MS))?.[0] ?? '0'
  return msOfIso(iso) + Number(`0.${below}`)
}

function wordColumn(column: readonly (string | null)[]): WordColumn {
  const words: string[] = []
  const places = new Map<string, number>()
  const at = Int32Array.from(column, (word) => {
    if (word === null) return -1
    const known = places.get(word)
    if (known !== undefined) return known
    places.set(word, words.length)
    return words.push(word) - 1
  })
  return { words, at }
}

/** The word of a connection, empty for none. */
export function wordAt({ words, at }: WordColumn, place: number): string {
  return words[at[place] as number] ?? ''
}

/** Address and port of the client. */
export function clientAt(c: Connections, place: number): string {
  return endpointText(wordAt(c.clientIp, place), c.clientPort[place] as number)
}

/** Address and port of the server. */
export function serverAt(c: Connections, place: number): string {
  return wordAt(c.server, place)
}

/** Place of a connection by its capture and stream, -1 for none. */
export function findConnection(c: Connections, capture: number, stream: number): number {
  for (let at = 0; at < c.size; at++)
    if (c.stream[at] === stream && c.capture[at] === capture) return at
  return -1
}
