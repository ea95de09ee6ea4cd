// Lines for people while a capture goes on.

import { count, grouped, printable, wrap } from '../../base/text.js'
import { firstTeardown } from '../../verdict/timings.js'
import { isoTime } from '../bytes/time.js'
import { shownEndpoint } from '../columns/address.js'
import type { ColumnSource } from '../columns/column.js'
import { type Style, tableStyle } from '../style.js'
import type { FileRow, IntervalRow, LiveFormat } from './format.js'
import { paintVerdict } from '../verdict-style.js'

/** Causes that a line about a span of time names. */
const MOST_CAUSES = 4
/** Colours have no width. */
const PLAIN = tableStyle(false)
/** Columns of a time of day and what stands behind it. */
const UNDER_CLOCK = ' '.repeat('HH:MM:SS.mmm  '.length)
/** Files whose packets can be named: those of older connections have their number in the timeline only. */
const MOST_FILES = 4096

/** How lines are laid out. */
export interface TextLinesOptions {
  readonly width: number
  readonly style: Style
}

/** Lines of at most `width` columns, where what they say can be broken. */
export function textLines({ width, style }: TextLinesOptions): LiveFormat {
  const files: FileRow[] = []
  let day = ''
  function dayLine(time: string): string {
    const today = time.slice(0, 'YYYY-MM-DD'.length)
    if (today === day) return ''
    day = today
    return `${style.faint(`${today} (UTC)`)}\n`
  }
  return {
    connection: (c, out) => {
      const at = firstTeardown(c.j.derived)
      const time = isoTime(c.baseNs, at?.ns ?? c.e.endNs)
      const packet = at?.frame ?? c.e.endFrame
      const about = `tcp.stream ${c.e.stream}, ${packetText(packet, files)}`
      const ends = `${clock(time)}  ${endsText(c)}`
      const isShort = [ends, endingText(c, PLAIN), about].join('  ').length <= width
      const gap = isShort ? '  ' : `\n${UNDER_CLOCK}`
      out.text(`${dayLine(time)}${ends}${gap}${endingText(c, style)}  ${style.faint(about)}\n`)
    },
    incident: ({ explanation, start_time: time, confidence, kind, id }, out) => {
      const about = style.faint(`${confidence}  ${kind}  incident ${id}`)
      const says = style.bad(wrap(explanation, width, '▲ ').replaceAll('\n▲ ', '\n  '))
      out.text(`${dayLine(time)}${says}\n  ${about}\n`)
    },
    interval: (row, out) => {
      out.text(`${dayLine(row.time)}${style.faint(intervalText(row))}\n`)
    },
    file: (row, out) => {
      files.push(row)
      if (files.length > MOST_FILES) files.shift()
      out.text(
        `${style.faint(`${printable(row.path)} begins with packet ${grouped(row.first_packet)}`)}\n`,
      )
    },
    end: ({ dropped_packets: dropped = 0 }, summary, out) => {
      const notes = dropped > 0 ? `, ${count(dropped, 'packet')} lost by the capturing host` : ''
      const { connections, selected_connections: selected, packets, causes } = summary
      const read = `${count(connections, 'connection')}, ${count(packets, 'packet')}${notes}`
      const which = selected === connections ? '' : `; ${grouped(selected)} selected by filters`
      out.text(`${style.heading(`in all ${read}`)}${which}${causesText(causes, selected)}\n`)
    },
  }
}

function endsText(c: ColumnSource): string {
  const { clientSide } = c.e
  return `${shownEndpoint(c, clientSide)} → ${shownEndpoint(c, 1 - clientSide)}`
}

function endingText(c: ColumnSource, style: Style): string {
  const { verdict, ending, closer, confidence } = c.j
  const by = closer === 'client' || closer === 'server' ? ` by ${closer}` : ''
  const doubt = confidence === 'certain' ? '' : `, ${confidence}`
  return `${paintVerdict(verdict, ending, style)}${by}${doubt}`
}

/** Where a packet is found: in a folder by its file and its number there. */
function packetText(packet: number, files: readonly FileRow[]): string {
  if (files.length === 0) return `packet ${packet}`
  const file = files.findLast(({ first_packet: first }) => first <= packet)
  if (file === undefined) return `packet ${packet} of all`
  return `packet ${packet - file.first_packet + 1} of ${printable(file.path.replace(/^.*\//, ''))}`
}

function clock(time: string): string {
  const from = 'YYYY-MM-DDT'.length
  return time.slice(from, from + 'HH:MM:SS.mmm'.length)
}

function intervalText(row: IntervalRow): string {
  const { time, duration_s: seconds, connections, open_connections: open, packets } = row
  const from = 'YYYY-MM-DDT'.length
  const at = time.slice(from, from + 'HH:MM:SS'.length)
  const over = connections === 0 ? 'none over' : `${grouped(connections)} over`
  const causes = causesText(row.causes, row.selected_connections)
  return `── ${at}  ${Math.round(seconds)} s: ${over}, ${grouped(open)} open, ${count(packets, 'packet')}${causes}`
}

/** The most frequent causes. */
function causesText(causes: Readonly<Record<string, number>>, of: number): string {
  const sorted = Object.entries(causes).sort(([, one], [, other]) => other - one)
  if (sorted.length === 0) return ''
  const named = sorted.slice(0, MOST_CAUSES)
  const rest = of - named.reduce((sum, [, n]) => sum + n, 0)
  const list = named.map(([name, n]) => `${name} ${grouped(n)}`)
  return `: ${[...list, ...(rest > 0 ? [`others ${grouped(rest)}`] : [])].join(', ')}`
}
