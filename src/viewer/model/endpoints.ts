// Counts of endpoints: servers and clients.

import type { PageHead } from '../../output/page/page-data.js'
import type { Connections, WordColumn } from './connections.js'
import { TROUBLE } from './counts.js'
import type { Seen } from './filters.js'
import { verdictPlaces } from './time-line.js'

/** What is counted of an endpoint. */
export interface EndpointCount {
  readonly name: string
  readonly connections: number
  readonly refused: number
  readonly unanswered: number
  readonly resets: number
  /** By verdict, in the order of the head. */
  readonly verdicts: readonly number[]
  /** When the first and last of those that matter ended, ms since 1970. */
  readonly firstMs: number
  readonly lastMs: number
}

/** Verdicts that are a reset of an open connection. */
const RESETS: ReadonlySet<string> = new Set(['rst_after_kill', 'rst_abort', 'reset_other'])
/** Severity from which on an ending is trouble. */
const IS_TROUBLE = 2

/** Endpoints, most trouble first: how many there are, and the first of them. */
export interface EndpointCounts {
  readonly all: number
  readonly first: readonly EndpointCount[]
}

/** Counts by server or client. There may be as many clients as connections: only of the first `most` everything is counted. */
export function endpointCounts(
  c: Connections,
  head: PageHead,
  { words, at: places }: WordColumn,
  { out, mask }: Seen,
  most: number,
): EndpointCounts {
  const connections = new Int32Array(words.length)
  const trouble = new Float64Array(words.length)
  const troubles = Float64Array.from(head.endings, ({ severity }) => TROUBLE[severity] ?? 0)
  for (let at = 0; at < c.size; at++) {
    const place = places[at] as number
    if (place < 0 || ((out[at] as number) & mask) !== 0) continue
    connections[place] = (connections[place] as number) + 1
    trouble[place] = (trouble[place] as number) + (troubles[c.ending[at] as number] ?? 0)
  }
  const { all, first: chosen } = firstOf(words, connections, trouble, most)
  return { all, first: countsOf(c, head, { words, at: places }, { out, mask }, chosen) }
}

/** Everything that is counted of some endpoints. */
function countsOf(
  c: Connections,
  head: PageHead,
  { words, at: places }: WordColumn,
  { out, mask }: Seen,
  chosen: readonly number[],
): EndpointCount[] {
  const endings = head.endings.length
  const rankOf = new Int32Array(words.length).fill(-1)
  for (const [rank, place] of chosen.entries()) rankOf[place] = rank
  const counts = new Int32Array(chosen.length * endings)
  const first = new Float64Array(chosen.length).fill(Infinity)
  const last = new Float64Array(chosen.length).fill(-Infinity)
  const isTrouble = head.endings.map(({ severity }) => severity >= IS_TROUBLE)
  for (let at = 0; at < c.size; at++) {
    const rank = rankOf[places[at] as number] ?? -1
    const ending = c.ending[at] as number
    if (rank < 0 || ending < 0 || ((out[at] as number) & mask) !== 0) continue
    counts[rank * endings + ending] = (counts[rank * endings + ending] as number) + 1
    if (isTrouble[ending] !== true) continue
    const ms = c.endedMs[at] as number
    if (ms < (first[rank] as number)) first[rank] = ms
    if (ms > (last[rank] as number)) last[rank] = ms
  }
  return chosen.map((place, rank) => ({
    name: words[place] as string,
    ...sumsOf(counts.subarray(rank * endings, (rank + 1) * endings), head),
    firstMs: first[rank] as number,
    lastMs: last[rank] as number,
  }))
}

/** Connections of an endpoint, from their counts by ending. */
function sumsOf(
  counts: Int32Array,
  head: PageHead,
): Omit<EndpointCount, 'name' | 'firstMs' | 'lastMs'> {
  const verdicts = head.verdicts.map(() => 0)
  const verdictOf = verdictPlaces(head)
  let [connections, resets] = [0, 0]
  for (const [ending, n] of counts.entries()) {
    const verdict = verdictOf[ending] ?? -1
    connections += n
    verdicts[verdict] = (verdicts[verdict] ?? 0) + n
    if (RESETS.has(head.verdicts[verdict]?.verdict ?? '')) resets += n
  }
  function named(name: string): number {
    return counts[head.endings.findIndex((each) => each.name === name)] ?? 0
  }
  const refused = named('handshake_failed.refused')
  return {
    connections,
    refused,
    unanswered: named('handshake_failed.unanswered'),
    resets,
    verdicts,
  }
}

/** Places of the first `most` endpoints: most trouble, most connections, then by name. Only these are sorted. */
function firstOf(
  words: readonly string[],
  connections: Int32Array,
  trouble: Float64Array,
  most: number,
): { readonly all: number; readonly first: readonly number[] } {
  function compare(a: number, b: number): number {
    return (
      (trouble[b] as number) - (trouble[a] as number) ||
      (connections[b] as number) - (connections[a] as number) ||
      ((words[a] as string) < (words[b] as string) ? -1 : 1)
    )
  }
  const first: number[] = []
  let all = 0
  for (let place = 0; place < words.length; place++) {
    if (connections[place] === 0) continue
    all++
    const last = first.at(-1)
    if (first.length >= most && (last === undefined || compare(place, last) > 0)) continue
    let at = first.length
    while (at > 0 && compare(place, first[at - 1] as number) < 0) at--
    first.splice(at, 0, place)
    if (first.length > most) first.pop()
  }
  return { all, first }
}
