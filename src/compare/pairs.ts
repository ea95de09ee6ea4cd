// Connections of two captures that are the same, and how far the clocks of the captures differ.

import type { Seen } from './vantage.js'

/** One connection, as both captures saw it. */
export interface Pair {
  readonly a: Seen
  readonly b: Seen
  /** The capture that is nearer to the client. */
  readonly nearClient: 'a' | 'b' | undefined
}

/** Clock of the second capture against that of the first. */
export interface ClockOffset {
  /** How far it is ahead, in ns: the median over all handshakes. */
  readonly offsetNs: number
  /** How much it gains, in parts of a million; NaN when the handshakes lie too close together. */
  readonly driftPpm: number
  readonly handshakes: number
}

/** The pairs, and how many connections of each capture have none. */
export interface Paired {
  readonly pairs: readonly Pair[]
  readonly onlyA: number
  readonly onlyB: number
}

/**
 * Pairs connections by their initial sequence numbers: 64 bits that hardly two connections share; where one capture has no
 * SYN-ACK by that of the client and the port of the server.
 */
export function pairsOf(a: readonly Seen[], b: readonly Seen[]): Paired {
  const pairs: Pair[] = []
  const rest = match(a, b, fullKey, pairs)
  const { left, right } = match(rest.left, rest.right, synKey, pairs)
  return { pairs, onlyA: left.length, onlyB: right.length }
}

function fullKey({ clientIsn, serverIsn }: Seen): string {
  return `${clientIsn} ${serverIsn ?? 'none'}`
}

function synKey({ clientIsn, server }: Seen): string {
  return `${clientIsn} ${server.endpoint.replace(/^.*:/, '')}`
}

/** Adds the pairs of equal keys, and returns what is left. */
function match(
  a: readonly Seen[],
  b: readonly Seen[],
  keyOf: (seen: Seen) => string,
  pairs: Pair[],
): { left: readonly Seen[]; right: readonly Seen[] } {
  const waiting = new Map<string, Seen[]>()
  for (const seen of b) {
    const same = waiting.get(keyOf(seen))
    if (same === undefined) waiting.set(keyOf(seen), [seen])
    else same.push(seen)
  }
  const left: Seen[] = []
  for (const seen of a) {
    const other = waiting.get(keyOf(seen))?.shift()
    if (other === undefined) left.push(seen)
    else pairs.push({ a: seen, b: other, nearClient: nearClient(seen, other) })
  }
  return { left, right: [...waiting.values()].flat() }
}

/** Two captures of one place see the same times, but for what it takes to note them. */
const SAME_PLACE_NS = 10e3

/** The nearer a capture is to the client, the longer the answer of the server takes there. */
function nearClient(a: Seen, b: Seen): Pair['nearClient'] {
  const more = a.toServerNs - b.toServerNs
  if (!(Math.abs(more) > SAME_PLACE_NS)) return undefined
  return more > 0 ? 'a' : 'b'
}

/** Drift is told from handshakes this far apart on. */
const DRIFT_SPAN_NS = 60e9

/** The clocks, from the times of all handshakes: of each, the middle between the SYN and its answer is the same moment for both. */
export function clockOffset(pairs: readonly Pair[]): ClockOffset | undefined {
  const known = pairs.filter(({ a, b }) => !Number.isNaN(a.toServerNs + b.toServerNs))
  if (known.length === 0) return undefined
  const [first] = known
  const zero = first?.a.synNs ?? 0n
  const points = known.map(({ a, b }) => ({
    at: Number(a.synNs - zero),
    offset: Number(b.synNs - a.synNs) + (b.toServerNs - a.toServerNs) / 2,
  }))
  const span = Math.max(...points.map(({ at }) => at)) - Math.min(...points.map(({ at }) => at))
  return {
    offsetNs: median(points.map(({ offset }) => offset)),
    driftPpm: span < DRIFT_SPAN_NS ? NaN : 1e6 * slope(points),
    handshakes: known.length,
  }
}

function median(values: number[]): number {
  const sorted = values.sort((a, b) => a - b)
  return sorted[sorted.length >> 1] ?? NaN
}

/** Least squares. */
function slope(points: readonly { readonly at: number; readonly offset: number }[]): number {
  const n = points.length
  const [x, y] = [mean(points.map(({ at }) => at)), mean(points.map(({ offset }) => offset))]
  const xy = points.reduce((sum, { at, offset }) => sum + (at - x) * (offset - y), 0)
  const xx = points.reduce((sum, { at }) => sum + (at - x) ** 2, 0)
  return n < 2 || xx === 0 ? 0 : xy / xx
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
