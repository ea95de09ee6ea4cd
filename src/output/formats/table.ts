// The form for people: how many connections ended how, then the ones worth a look, each with one sentence to paste.

import { count, grouped, printable, wrap } from '../../base/text.js'
import { ENDINGS, type Row, VERDICTS, endingOf } from '../../verdict/endings.js'
import { isNamedTime, isoTime } from '../bytes/time.js'
import type { Summary } from '../collect/summary.js'
import { endpointText, shownAddress } from '../columns/address.js'
import type { ColumnSource } from '../columns/column.js'
import { columnsOf } from '../columns/columns.js'
import { paintVerdict } from '../verdict-style.js'
import { columnList } from './column-list.js'
import type { CaptureRow, Format, FormatOptions, FormatRow, IncidentLine } from './format.js'

const INDENT = '    '

/** Notes about captures that are printed; a folder of a thousand captures may have as many. */
const MAX_NOTES = 10

/** Frames that should have been segments, for all that is known. */
const WORRYING_FRAMES = new Map([
  ['unknown-linktype', 'of a link type that cannot be decoded'],
  ['truncated-header', 'cut by the snaplen before the end of their headers'],
  ['bad-header', 'with impossible headers'],
  ['encapsulation-too-deep', 'in too many tunnels (--max-layers)'],
])

/** What a reader of the results has to know about a capture. */
function captureNotes(report: CaptureRow): string[] {
  const notes: string[] = []
  if (report.error?.code === 'ERR_INTERRUPTED') notes.push(report.error.message)
  for (const { name, packets } of report.skipped) {
    const why = WORRYING_FRAMES.get(name)
    if (why === undefined) continue
    const { linktypes } = report
    const isNamed = name === 'unknown-linktype' && linktypes.length > 0
    const which = isNamed ? ` (${linktypes.join(', ')})` : ''
    notes.push(`${count(packets, 'packet')} ${why}${which}: not analyzed`)
  }
  if (report.dropped_packets !== undefined && report.dropped_packets > 0) {
    notes.push(
      `${count(report.dropped_packets, 'packet')} lost by the capturing host: what is missing may change verdicts`,
    )
  }
  if (report.clock_steps !== undefined) {
    notes.push(
      `the clock was set ${count(report.clock_steps, 'time')} while the capture ran: durations across that mean nothing`,
    )
  }
  if (
    [report.start_time, report.end_time].some((time) => time !== undefined && isNamedTime(time))
  ) {
    notes.push('some of its times lie before year 0 or after year 9999: its clock was wrong')
  }
  if (report.untimed_packets !== undefined) {
    notes.push(
      `${count(report.untimed_packets, 'packet')} without a time: placed beside a neighbour`,
    )
  }
  if (report.late_packets !== undefined) {
    notes.push(
      `${count(report.late_packets, 'packet')} came after their connection had been reported`,
    )
  }
  if (report.evicted_connections !== undefined) {
    notes.push(
      `${count(report.evicted_connections, 'connection')} judged early: too many were open at once (--max-connections, --max-half-open)`,
    )
  }
  return notes
}

/** The form for people: a summary, and the notable connections; with chosen columns one line for each connection. */
export const TABLE: FormatRow = {
  name: 'table',
  extension: 'txt',
  writesRows: ({ columns, summaryOnly, all }) => !summaryOnly && (columns !== undefined || all),
  make: (options) =>
    options.columns === undefined
      ? tableFormat(options)
      : columnList(columnsOf(options.columns), options.style),
}

function tableFormat(options: FormatOptions): Format {
  const notes = new Notes(options)
  const incidents = new Incidents(options)
  return {
    entry: (c) => entry(c, options),
    incident: (incident) => incidents.add(incident),
    capture: (report) => notes.add(report),
    tail: ({ summary, notable }, out) => {
      out.text(head(summary, options))
      out.text(incidents.text())
      for (const row of ENDINGS) {
        const name = endingOf(row)
        const list = notable.get(name)
        if (list !== undefined) out.text(group(row, list, summary.causes[name] ?? 0, options))
      }
      out.text(notes.text())
    },
  }
}

/** Incidents that are printed; a folder of a thousand captures may have as many. */
const MAX_INCIDENTS = 20

/** What happened to services and hosts, the first few. */
class Incidents {
  private readonly options: FormatOptions
  private readonly kept: string[] = []
  private more = 0

  constructor(options: FormatOptions) {
    this.options = options
  }

  add({ capture, id, kind, confidence, explanation, start_time: start }: IncidentLine): void {
    if (this.kept.length >= MAX_INCIDENTS) {
      this.more++
      return
    }
    const { nameCaptures, width, style } = this.options
    const name = nameCaptures ? `${printable(capture)}  ` : ''
    const about = style.faint(`${start.slice(0, 10)}  ${confidence}  ${kind}  incident ${id}`)
    this.kept.push(`${wrap(explanation, width, '  ')}\n${INDENT}${name}${about}\n`)
  }

  text(): string {
    if (this.kept.length === 0) return ''
    const { heading, bad } = this.options.style
    const title = heading(bad('what happened'))
    const rest = this.more > 0 ? `  … and ${this.more} more incidents (-f ndjson lists them)\n` : ''
    return `\n${title}\n${this.kept.join('')}${rest}`
  }
}

/** Notes about captures, the first few. */
class Notes {
  private readonly options: FormatOptions
  private readonly kept: string[] = []
  private more = 0

  constructor(options: FormatOptions) {
    this.options = options
  }

  add(report: CaptureRow): void {
    const { nameCaptures } = this.options
    for (const note of captureNotes(report)) {
      if (this.kept.length >= MAX_NOTES) this.more++
      else this.kept.push(nameCaptures ? `${printable(report.capture)}: ${note}` : note)
    }
  }

  text(): string {
    if (this.kept.length === 0) return ''
    const { width, style } = this.options
    const lines = this.kept.map((note) => style.warn(wrap(note, width, '  ')))
    if (this.more > 0) lines.push(`  … and ${this.more} more notes`)
    return `\n${style.heading('about the capture')}\n${lines.join('\n')}\n`
  }
}

function head(summary: Summary, options: FormatOptions): string {
  const { heading, faint } = options.style
  const lines: string[] = []
  const found = count(summary.connections, 'connection')
  const of = summary.captures === 1 ? '' : ` in ${count(summary.captures, 'capture')}`
  lines.push(heading(`${found}${of}`) + faint(`, ${count(summary.tcp_packets, 'TCP packet')}`))
  if (summary.selected_connections !== summary.connections) {
    lines.push(`${count(summary.selected_connections, 'connection')} selected by filters`)
  }
  if (summary.unread_captures !== undefined) {
    lines.push(`${count(summary.unread_captures, 'capture')} not read: interrupted`)
  }
  if (summary.selected_connections > 0) lines.push('')
  const width = Math.max(...VERDICTS.map(({ verdict }) => verdict.length))
  for (const { verdict } of VERDICTS) {
    const n = summary.verdicts[verdict] ?? 0
    if (n === 0) continue
    const share = `${((100 * n) / summary.selected_connections).toFixed(1)} %`
    const causes = ENDINGS.filter((row) => row.verdict === verdict)
      .map((row) => [row.cause, summary.causes[endingOf(row)] ?? 0] as const)
      .filter(([, number]) => number > 0)
      .map(([cause, number]) => `${cause} ${grouped(number)}`)
    const left = `  ${paintVerdict(verdict, verdict.padEnd(width), options.style)} ${grouped(n).padStart(9)} ${share.padStart(8)}  `
    lines.push(
      left + faint(wrap(causes.join(', '), options.width, ' '.repeat(width + 23)).trimStart()),
    )
  }
  return `${lines.join('\n')}\n`
}

/** The connections of one ending: `list` of the `total` there are. */
function group(row: Row, list: readonly string[], total: number, options: FormatOptions): string {
  const { style, width } = options
  const name = style.heading(paintVerdict(row.verdict, `${row.verdict} / ${row.cause}`, style))
  const lines = [
    `\n${name}  ${style.faint(count(total, 'connection'))}\n`,
    `${style.faint(wrap(row.usually, width, '  '))}\n`,
    ...list,
  ]
  const more = total - list.length
  if (more > 0) {
    // Of endings that are as they should be only the notable connections are listed: the others are neither like them nor without room.
    const isPicked = row.severity === 0 && !options.all
    const isFull = !isPicked && (options.all || list.length < options.top)
    const how = isFull ? 'the list is full: -f ndjson lists them' : '--all lists them'
    const what = isPicked ? 'more' : 'more like these'
    lines.push(style.faint(`${INDENT}… and ${grouped(more)} ${what} (${how})\n`))
  }
  return lines.join('')
}

/** One connection: who, when, and a sentence to paste. */
function entry(c: ColumnSource, options: FormatOptions): string {
  const { faint } = options.style
  const [client, server] = [c.e.clientSide, 1 - c.e.clientSide].map((side) =>
    endpointText(shownAddress(c, side), c.e.portOf(side)),
  )
  const where = c.encapsulation === '' ? '' : ` in ${printable(c.encapsulation)}`
  const name = options.nameCaptures ? `${printable(c.captureName)}  ` : ''
  const start = isoTime(c.baseNs, c.e.startNs).replace(/(\.\d{3})\d*Z$/, '$1Z')
  const endpoints = `  ${name}${client} → ${server}${where}`
  const about = `${start}  ${c.j.confidence}  tcp.stream eq ${c.e.stream}`
  const fits = endpoints.length + 2 + about.length <= options.width
  const title = `${endpoints}${fits ? '  ' : `\n${INDENT}`}${faint(about)}`
  return `${title}\n${wrap(c.j.explanation(), options.width, INDENT)}\n`
}
