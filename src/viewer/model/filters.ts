// Which connections are shown: values of which one has to fit for each kind of filter, a span of time, and words to search for.

import type { PageHead } from '../../output/page/page-data.js'
import {
  type Connections,
  type ListColumn,
  type WordColumn,
  clientAt,
  serverAt,
  wordAt,
} from './connections.js'

/** Kinds of filters that are lists of values, in the order of the page. */
export const LIST_FILTERS = [
  'ending',
  'confidence',
  'closer',
  'finding',
  'flag',
  'sees',
  'server',
  'client',
  'capture',
  'incident',
] as const

/** One of {@link LIST_FILTERS}. */
export type ListFilter = (typeof LIST_FILTERS)[number]

/** What is wanted. Lists that are empty leave nothing out. */
export interface Filters {
  readonly lists: Readonly<Partial<Record<ListFilter, readonly string[]>>>
  /** When a connection ended, ms since 1970, both included. */
  readonly fromMs: number
  readonly toMs: number
  readonly search: string
}

/** All connections. */
export const NO_FILTERS: Filters = { lists: {}, fromMs: -Infinity, toMs: Infinity, search: '' }

/** Why a connection is left out: bits, so that each part of the page can show what its own filter leaves out. */
export const OUT = { ending: 1, time: 2, server: 4, client: 8, other: 16 } as const

/** Connections that are seen: those with none of the bits of `mask` in `out`. No function: it is asked a million times. */
export interface Seen {
  readonly out: Uint8Array
  readonly mask: number
}

/** What no filter leaves out but that of one part of the page, if any. */
export function seenBy(out: Uint8Array, part?: keyof typeof OUT): Seen {
  return { out, mask: part === undefined ? ~0 : ~OUT[part] }
}

/** All connections. */
export function allSeen({ size }: Connections): Seen {
  return { out: new Uint8Array(size), mask: 0 }
}

/** Whether anything is left out. */
export function hasFilters({ lists, fromMs, toMs, search }: Filters): boolean {
  return (
    fromMs !== -Infinity ||
    toMs !== Infinity ||
    search.trim() !== '' ||
    Object.values(lists).some((list) => list.length > 0)
  )
}

/** The filters with a value added to a list, or taken out of it. */
export function toggled(filters: Filters, kind: ListFilter, value: string): Filters {
  const list = filters.lists[kind] ?? []
  const next = list.includes(value) ? list.filter((each) => each !== value) : [...list, value]
  return withList(filters, kind, next)
}

/** The filters with another list. */
export function withList(filters: Filters, kind: ListFilter, list: readonly string[]): Filters {
  const { [kind]: _, ...others } = filters.lists
  return { ...filters, lists: list.length === 0 ? others : { ...others, [kind]: list } }
}

/** Whether a connection is wanted. */
type Test = (place: number) => boolean

/** Tells why each connection is left out, 0 for those that are shown; `texts` is what is searched. */
export function leftOut(
  c: Connections,
  head: PageHead,
  filters: Filters,
  texts: () => readonly string[],
): Uint8Array {
  const tests: [bit: number, test: Test][] = []
  for (const kind of LIST_FILTERS) {
    const list = filters.lists[kind]
    if (list === undefined || list.length === 0) continue
    const bit = kind === 'ending' || kind === 'server' || kind === 'client' ? OUT[kind] : OUT.other
    tests.push([bit, listTest(kind, list, c, head)])
  }
  const { fromMs, toMs } = filters
  if (fromMs !== -Infinity || toMs !== Infinity)
    tests.push([
      OUT.time,
      (at) => (c.endedMs[at] as number) >= fromMs && (c.endedMs[at] as number) <= toMs,
    ])
  const words = filters.search.toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length > 0) {
    const all = texts()
    tests.push([OUT.other, (at) => words.every((word) => all[at]?.includes(word) === true)])
  }
  const out = new Uint8Array(c.size)
  for (const [bit, test] of tests)
    for (let at = 0; at < c.size; at++) if (!test(at)) out[at] = (out[at] as number) | bit
  return out
}

function listTest(kind: ListFilter, list: readonly string[], c: Connections, head: PageHead): Test {
  switch (kind) {
    case 'ending': {
      const wanted = head.endings.map(
        ({ name, verdict }) => list.includes(name) || list.includes(verdict),
      )
      return (at) => wanted[c.ending[at] as number] === true
    }
    case 'confidence':
    case 'closer':
    case 'server':
      return wordTest(c[kind], list)
    case 'client':
      return wordTest(c.clientIp, list)
    case 'sees': {
      const [client, server] = [wordTest(c.clientSees, list), wordTest(c.serverSees, list)]
      return (at) => client(at) || server(at)
    }
    case 'finding':
      return (at) => c.findings[at]?.some((code) => list.includes(code)) === true
    case 'flag':
      return (at) => c.flags[at]?.some((name) => list.includes(name)) === true
    case 'capture':
      return (at) => list.includes(`${(c.capture[at] as number) + 1}`)
    case 'incident':
      break
  }
  const streams = new Set(
    head.incidents
      .filter((incident) => list.includes(incidentName(incident)))
      .flatMap((incident) => incident.streams.map((n) => `${incident.capture_at} ${n}`)),
  )
  return (at) => streams.has(`${c.capture[at]} ${c.stream[at]}`)
}

function wordTest({ words, at: places }: WordColumn, list: readonly string[]): Test {
  const wanted = words.map((word) => list.includes(word))
  return (at) => wanted[places[at] as number] === true
}

/** An incident in a filter: number of its capture, from 1, and its own. */
export function incidentName({ capture_at: at, id }: PageHead['incidents'][number]): string {
  return `${at + 1}:${id}`
}

/** What a search goes through, of every connection, in lower case. */
export function searchTexts(c: Connections, head: PageHead): string[] {
  return Array.from({ length: c.size }, (_, at) => {
    const ending = head.endings[c.ending[at] as number]?.name ?? ''
    const capture = head.captures.length > 1 ? head.captures[c.capture[at] as number]?.capture : ''
    const sees = `${wordAt(c.clientSees, at)} ${wordAt(c.serverSees, at)}`
    const lists = [...(c.findings[at] ?? []), ...(c.flags[at] ?? [])].join(' ')
    return `${clientAt(c, at)} ${serverAt(c, at)} ${ending} ${c.stream[at]} ${lists} ${sees} ${capture}`.toLowerCase()
  })
}

/** Filters whose values can be chosen from a list. */
export type ChosenFilter = 'confidence' | 'closer' | 'finding' | 'flag' | 'sees'

/** How often each value of a list filter comes among the connections that are shown. */
export function valuesOf(
  kind: ChosenFilter,
  c: Connections,
  out: Uint8Array,
): [value: string, n: number][] {
  return [...countsOf(kind, c, out)]
    .filter(([, n]) => n > 0)
    .sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))
}

function countsOf(kind: ChosenFilter, c: Connections, out: Uint8Array): Map<string, number> {
  if (kind === 'confidence' || kind === 'closer') return wordCounts(c[kind], out)
  if (kind === 'finding') return listCounts(c.findings, out)
  if (kind === 'flag') return listCounts(c.flags, out)
  const counts = wordCounts(c.clientSees, out)
  // Of a connection whose programs saw the same, one counts.
  const isOther = Uint8Array.from(out, (why, at) =>
    why === 0 && wordAt(c.clientSees, at) !== wordAt(c.serverSees, at) ? 0 : 1,
  )
  for (const [word, n] of wordCounts(c.serverSees, isOther))
    counts.set(word, (counts.get(word) ?? 0) + n)
  return counts
}

function wordCounts({ words, at: places }: WordColumn, out: Uint8Array): Map<string, number> {
  const counts = words.map(() => 0)
  for (let at = 0; at < out.length; at++) {
    const place = places[at] as number
    if (out[at] === 0 && place >= 0) counts[place] = (counts[place] as number) + 1
  }
  return new Map(words.map((word, place) => [word, counts[place] as number]))
}

function listCounts(lists: ListColumn, out: Uint8Array): Map<string, number> {
  const counts = new Map<string, number>()
  for (const [at, list] of lists.entries()) {
    if (out[at] !== 0) continue
    for (const word of list) counts.set(word, (counts.get(word) ?? 0) + 1)
  }
  return counts
}
