// The comparison of two captures, for people and for programs.

import { count, duration, grouped, printable, wrap } from '../base/text.js'
import { jsonText } from '../output/formats/json-text.js'
import type { Style } from '../output/style.js'
import {
  DIFFERENCES,
  type Difference,
  coverBoth,
  differencesOf,
  firstCloser,
} from './differences.js'
import type { ClockOffset, Pair, Paired } from './pairs.js'

/** What is compared. */
export interface Comparison extends Paired {
  readonly nameA: string
  readonly nameB: string
  readonly clock: ClockOffset | undefined
  /** Connections without their SYN, which cannot be paired. */
  readonly without: { readonly a: number; readonly b: number }
}

/** The form for people; `top`: pairs listed. */
export function comparisonText(
  comparison: Comparison,
  top: number,
  width: number,
  style: Style,
): string {
  const { nameA, nameB, pairs, onlyA, onlyB, without } = comparison
  const different = pairs
    .map((pair) => ({ pair, found: differencesOf(pair) }))
    .filter(({ found }) => found.length > 0)
    .sort((one, other) => rankOf(one.found) - rankOf(other.found))
  const lines = [
    style.heading(`A ${printable(nameA)}`),
    style.heading(`B ${printable(nameB)}`),
    '',
    `${count(pairs.length, 'connection')} in both, ${grouped(onlyA)} in A only, ${grouped(onlyB)} in B only` +
      (without.a + without.b > 0
        ? `; without their SYN ${grouped(without.a)} and ${grouped(without.b)}`
        : ''),
    clockText(comparison.clock),
    placeText(pairs),
    '',
  ]
  const all = different.flatMap(({ found }) => found)
  for (const kind of DIFFERENCES) {
    const n = all.filter((each) => each.kind === kind).length
    if (n > 0) lines.push(`  ${kind.padEnd(18)} ${grouped(n).padStart(7)}`)
  }
  if (all.length === 0) lines.push(pairs.length === 0 ? '  nothing to compare' : '  no difference')
  const uncovered = pairs.filter((pair) => !coverBoth(pair)).length
  const unplaced = pairs.filter(({ nearClient }) => nearClient === undefined).length
  if (uncovered > 0)
    lines.push(
      wrap(
        `of ${count(uncovered, 'connection')} only the verdicts are compared: one capture ends before the other has seen the last of them`,
        width,
        '  ',
      ),
    )
  if (unplaced > 0)
    lines.push(
      wrap(
        `of ${count(unplaced, 'connection')} only the verdicts are compared: their handshake does not tell which capture is nearer to the client`,
        width,
        '  ',
      ),
    )
  for (const { pair, found } of different.slice(0, top)) {
    const { a, b } = pair
    lines.push(
      '',
      `${a.client.endpoint} → ${a.server.endpoint}  ${style.faint(`A tcp.stream eq ${a.stream}, B tcp.stream eq ${b.stream}${translated(pair)}`)}`,
    )
    for (const { says } of found) lines.push(wrap(says, width, '  '))
    const closer = firstCloser(pair)
    if (closer !== undefined && closer !== 'none')
      lines.push(`  Closed first, by what each end sent: ${closer}.`)
  }
  const more = different.length - Math.min(top, different.length)
  if (more > 0)
    lines.push(
      '',
      style.faint(`… and ${grouped(more)} more connections (--top ${different.length})`),
    )
  return `${lines.join('\n')}\n`
}

function rankOf(found: readonly Difference[]): number {
  const [first] = found
  return first === undefined ? DIFFERENCES.length : DIFFERENCES.indexOf(first.kind)
}

function isTranslated({ a, b }: Pair): boolean {
  return a.client.endpoint !== b.client.endpoint || a.server.endpoint !== b.server.endpoint
}

function translated(pair: Pair): string {
  const { client, server } = pair.b
  return isTranslated(pair) ? `, there ${client.endpoint} → ${server.endpoint}` : ''
}

/** Nearer together clocks are the same. */
const SAME_NS = 1e3

function clockText(clock: ClockOffset | undefined): string {
  if (clock === undefined) return 'the clocks cannot be compared: no handshake is whole in both'
  const { offsetNs, driftPpm, handshakes } = clock
  const how = offsetNs < 0 ? 'behind' : 'ahead of'
  const by = Math.abs(driftPpm).toFixed(1)
  const drift = Number.isNaN(driftPpm) ? '' : `, ${driftPpm < 0 ? 'losing' : 'gaining'} ${by} ppm`
  if (Math.abs(offsetNs) < SAME_NS)
    return `the clocks agree${drift} (${count(handshakes, 'handshake')})`
  return `clock of B ${duration(Math.abs(offsetNs))} ${how} that of A${drift} (${count(handshakes, 'handshake')})`
}

function placeText(pairs: readonly Pair[]): string {
  const nearA = pairs.filter(({ nearClient }) => nearClient === 'a').length
  const nearB = pairs.filter(({ nearClient }) => nearClient === 'b').length
  if (nearA > 0 && nearB === 0) return 'A is nearer to the clients'
  if (nearB > 0 && nearA === 0) return 'B is nearer to the clients'
  if (nearA + nearB === 0) return 'nothing tells which of them is nearer to the clients'
  return `A is nearer to the client in ${grouped(nearA)}, B in ${grouped(nearB)}`
}

/** The form for programs. */
export function comparisonJson({
  nameA,
  nameB,
  pairs,
  onlyA,
  onlyB,
  without,
  clock,
}: Comparison): string {
  const head = {
    schema: 'tcp-teardown-compare/1',
    a: nameA,
    b: nameB,
    paired: pairs.length,
    only_a: onlyA,
    only_b: onlyB,
    without_syn_a: without.a,
    without_syn_b: without.b,
    ...(clock === undefined
      ? {}
      : {
          clock_offset_s: clock.offsetNs / 1e9,
          ...(Number.isNaN(clock.driftPpm) ? {} : { clock_drift_ppm: clock.driftPpm }),
        }),
  }
  const list = pairs.map((pair) => jsonText(rowOf(pair))).join(',\n')
  return `${jsonText(head).slice(0, -1)},"connections":[\n${list}\n]}\n`
}

function rowOf(pair: Pair): object {
  const { a, b, nearClient } = pair
  const closer = firstCloser(pair)
  return {
    client: a.client.endpoint,
    server: a.server.endpoint,
    ...(isTranslated(pair) ? { client_b: b.client.endpoint, server_b: b.server.endpoint } : {}),
    stream_a: a.stream,
    stream_b: b.stream,
    ending_a: a.ending,
    ending_b: b.ending,
    ...(nearClient === undefined ? {} : { near_client: nearClient }),
    ...(closer === undefined ? {} : { closed_first: closer }),
    differences: differencesOf(pair),
  }
}
