// Endpoints for people: a line of numbers each, and below it how their connections ended.

import { duration, grouped, wrap } from '../../base/text.js'
import { TROUBLE, rowOf } from '../../verdict/endings.js'
import { sparkline } from '../spark.js'
import type { Style } from '../style.js'
import type { EndpointGroup, Grouping } from './collect.js'
import type { Sketch } from './sketch.js'
import type { EndpointStats } from './stats.js'

/** Causes that are named. */
const MOST_CAUSES = 4
const INDENT = '      '
/** Columns of a sparkline at most. */
const SPARK_WIDTH = 60

/** How the table is made. */
export interface EndpointTableOptions {
  readonly by: Grouping
  readonly overNs: number | undefined
  /** Endpoints listed. */
  readonly top: number
  readonly width: number
  readonly style: Style
}

const TITLES: Readonly<Record<Grouping, string>> = {
  server: 'server',
  client: 'client',
  port: 'server port',
  subnet: 'clients of network',
  minute: 'ended in the minute',
  capture: 'capture',
  verdict: 'verdict',
  cause: 'verdict.cause',
}

/** The table. */
export function endpointTable(
  groups: readonly EndpointGroup[],
  options: EndpointTableOptions,
): string {
  const { by, style, width, top } = options
  if (groups.length === 0) return 'no connection fits\n'
  const listed = groups.slice(0, top)
  const room = Math.max(TITLES[by].length, ...listed.map(({ name }) => name.length))
  const head = [
    TITLES[by].padEnd(room),
    'conns'.padStart(8),
    'by client'.padStart(9),
    'by server'.padStart(9),
    'RST'.padStart(7),
    'refused'.padStart(7),
    'silent'.padStart(6),
    'lost'.padStart(4),
  ].join(' ')
  const lines = [style.heading(head)]
  for (const group of listed) {
    lines.push(numbersOf(group, room))
    lines.push(style.faint(wrap(causesOf(group.total), width, INDENT)))
    const times = timesOf(group.total)
    if (times !== '') lines.push(style.faint(wrap(times, width, INDENT)))
    const spark = sparkOf(group, options)
    if (spark !== '') lines.push(`${INDENT}${spark}`)
  }
  const more = groups.length - listed.length
  if (more > 0) lines.push(style.faint(`… and ${grouped(more)} more (--top ${groups.length})`))
  return `${lines.join('\n')}\n`
}

function numbersOf({ name, total }: EndpointGroup, room: number): string {
  const { connections, closedByClient, closedByServer, resets, refused } = total
  const { unanswered, requestsUnanswered } = total
  const share = resets === 0 ? '' : `${((100 * resets) / connections).toFixed(1)} %`
  return [
    name.padEnd(room),
    grouped(connections).padStart(8),
    blank(closedByClient).padStart(9),
    blank(closedByServer).padStart(9),
    share.padStart(7),
    blank(refused).padStart(7),
    blank(unanswered).padStart(6),
    blank(requestsUnanswered).padStart(4),
  ]
    .join(' ')
    .trimEnd()
}

function blank(n: number): string {
  return n === 0 ? '' : grouped(n)
}

/** How connections ended: what did not end as it should, and the most common of all. */
function causesOf({ causes }: EndpointStats): string {
  const byCount = [...causes].sort(([, a], [, b]) => b - a)
  const [common] = byCount
  const sorted = byCount
    .slice(1)
    .sort(([a, n], [b, m]) => TROUBLE[rowOf(b).severity] * m - TROUBLE[rowOf(a).severity] * n)
  if (common !== undefined) sorted.splice(MOST_CAUSES - 1, 0, common)
  const named = sorted.slice(0, MOST_CAUSES).map(([name, n]) => `${name} ${grouped(n)}`)
  const rest = sorted.slice(MOST_CAUSES).reduce((sum, [, n]) => sum + n, 0)
  if (rest > 0) named.push(`others ${grouped(rest)}`)
  return named.join(', ')
}

function timesOf({ halfClose, idle, clientCloseWait, serverCloseWait }: EndpointStats): string {
  return [
    timeText('idle before the close', idle),
    timeText('half-closed', halfClose),
    timeText('CLOSE-WAIT of the server', serverCloseWait),
    timeText('CLOSE-WAIT of the client', clientCloseWait),
  ]
    .filter((text) => text !== '')
    .join('; ')
}

/** Shorter times are how programs close: nobody waits for them. */
const NOTABLE_NS = 1e6

/** Half and 99 of 100, where there is anything to tell. */
function timeText(name: string, sketch: Sketch): string {
  if (sketch.count === 0 || sketch.percentile(0.99) < NOTABLE_NS) return ''
  return `${name} p50 ${duration(sketch.percentile(0.5))}, p99 ${duration(sketch.percentile(0.99))}`
}

/** Connections that ended, by spans of time, as bars beside each other. */
function sparkOf({ spans }: EndpointGroup, { overNs }: EndpointTableOptions): string {
  if (overNs === undefined || spans.size === 0) return ''
  const keys = [...spans.keys()]
  const [first, last] = [Math.min(...keys), Math.max(...keys)]
  const perColumn = Math.ceil((last - first + 1) / SPARK_WIDTH)
  const columns = Array.from({ length: Math.ceil((last - first + 1) / perColumn) }, () => 0)
  for (const [at, { connections }] of spans) {
    const column = Math.floor((at - first) / perColumn)
    columns[column] = (columns[column] ?? 0) + connections
  }
  const most = Math.max(...columns)
  return `${sparkline(columns)}  ${grouped(most)} in ${duration(perColumn * overNs)} at most`
}
