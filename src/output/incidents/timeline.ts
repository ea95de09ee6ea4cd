// An incident for people: its sentence, what speaks for and against it, and its connections on one time line.

import { count, duration, printable, wrap } from '../../base/text.js'
import type { Ended } from '../../incidents/ended.js'
import { type Incident, isPlausible } from '../../incidents/incident.js'
import type { KindRow } from '../../incidents/kinds.js'
import { endpointText } from '../columns/address.js'
import { labelled } from '../ladder/text.js'
import type { Style } from '../style.js'
import type { IncidentRow } from './row.js'
import type { ShownNames } from './shown-names.js'

/** Connections of which each has a line; the rest is counted. */
const MOST_LINES = 40
const LABEL_WIDTH = 'speaks against'.length + 2
/** Columns of a bar at least. */
const BAR_MIN = 8

/** What is shown of an incident. */
export interface ShownIncident {
  readonly row: IncidentRow
  readonly incident: Incident
  readonly kind: KindRow
  readonly names: ShownNames
}

/** The long form of an incident. */
export function timelineText(shown: ShownIncident, width: number, style: Style): string {
  const { row, kind } = shown
  const title = `${style.heading(printable(row.capture))}  ${style.faint(`incident ${row.id}  ${row.start_time}`)}`
  const lines = [title, '', wrap(row.explanation, width, '  '), '']
  function add(name: string, text: string): void {
    lines.push(labelled(name, text, LABEL_WIDTH, width, style))
  }
  add('kind', `${row.kind}, ${row.confidence}: ${kind.meaning}`)
  for (const text of row.speaks_for) add('speaks for', text)
  for (const text of row.speaks_against) add('speaks against', text)
  const causes = Object.entries(row.causes).map(([name, n]) => `${name} ${n}`)
  if (causes.length > 0) add('how they ended', causes.join(', '))
  add('what to do', kind.advice)
  const bars = barsText(shown, width, style)
  return `${lines.join('\n')}\n${bars === '' ? '' : `\n${bars}`}`
}

function barsText(shown: ShownIncident, width: number, style: Style): string {
  const { incident, names } = shown
  const { startNs } = incident
  const members = [...incident.members].sort((a, b) => endOf(a) - endOf(b))
  const listed = members.slice(0, MOST_LINES)
  if (listed.length === 0) return ''
  const from = Math.min(...listed.map((c) => c.startNs))
  const to = Math.max(...listed.map(endOf), incident.endNs)
  const rows = listed.map((c) => ({
    stream: String(c.stream),
    client: endpointText(names.hostOfKey(c.clientKey), c.clientPort),
    after: afterText(endOf(c) - startNs),
    how: c.isOpened ? `${howText(c)}  ${c.row.cause}` : c.row.cause,
    c,
  }))
  function room(of: (row: (typeof rows)[number]) => string, name: string): number {
    return Math.max(name.length, ...rows.map((row) => of(row).length))
  }
  const stream = room((row) => row.stream, 'stream')
  const client = room((row) => row.client, 'client')
  const after = room((row) => row.after, 'ended')
  const how = room((row) => row.how, 'how')
  const bar = Math.max(BAR_MIN, width - stream - client - after - how - 10)
  const head = `  ${'stream'.padStart(stream)}  ${'client'.padEnd(client)}  ${'open'.padEnd(bar)}  ${'ended'.padStart(after)}  how`
  const lines = rows.map(
    (row) =>
      `  ${row.stream.padStart(stream)}  ${row.client.padEnd(client)}  ${barOf(row.c, from, to, bar)}  ${row.after.padStart(after)}  ${row.how}`,
  )
  const more =
    members.length > listed.length
      ? `  … and ${count(members.length - listed.length, 'more connection')}\n`
      : ''
  const scale = style.faint(
    wrap(
      `from ${names.range(from, to)}${isPlausible(to - from) ? `, ${duration(to - from)}` : ''}; ended: since the beginning of the incident`,
      width,
      '  ',
    ),
  )
  return `${style.faint(head)}\n${lines.join('\n')}\n${more}${scale}\n`
}

/** When a connection ended, as far as it did. */
function endOf({ closedNs, endNs }: Ended): number {
  return Number.isNaN(closedNs) ? endNs : closedNs
}

function afterText(ns: number): string {
  return ns < 0 ? `-${duration(-ns)}` : `+${ns === 0 ? '0' : duration(ns)}`
}

function howText({ by, byReset }: Ended): string {
  if (by === undefined) return 'open'
  return `${byReset ? 'RST' : 'FIN'} ${by}`
}

/** The time in which a connection was open, on a scale of `width` columns. */
function barOf(c: Ended, from: number, to: number, width: number): string {
  function place(ns: number): number {
    if (to <= from) return 0
    return Math.min(width - 1, Math.max(0, Math.floor(((ns - from) / (to - from)) * width)))
  }
  const first = place(c.startNs)
  const last = Math.max(first, place(endOf(c)))
  const end = c.by === undefined ? '─' : c.byReset ? '×' : '┤'
  // Half open until the capture ends.
  const rest = c.by !== undefined && c.row.verdict === 'lingering_established' ? '·' : ' '
  return `${' '.repeat(first)}${'─'.repeat(last - first)}${end}`.padEnd(width, rest)
}
