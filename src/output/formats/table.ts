// The form for people: how many connections ended how, then the ones worth a look, each with one sentence to paste.

import { grouped } from '../../verdict/phrases.js'
import { ENDINGS, type Row, VERDICTS, endingOf, rowOf } from '../../verdict/endings.js'
import { COLUMNS } from '../columns/columns.js'
import { type Column, type ColumnSource, type ColumnValue, readColumn } from '../columns/column.js'
import { endpointText } from '../columns/address.js'
import { printable } from '../../base/printable.js'
import { RowReporter } from './row-reporter.js'
import type { CaptureRow, Reporter, ReporterState, TextSink } from './reporter.js'
import type { Style } from '../style.js'
import type { Summary } from '../collect/summary.js'
import { wrap } from '../../base/wrap.js'

/** Settings of the table. */
export interface TableOptions {
  /** List every connection, not only the notable ones. */
  readonly all: boolean
  /** No list at all. */
  readonly summaryOnly: boolean
  /** Connections listed of one cause; the rest is counted. */
  readonly top: number
  /** Name the capture of each connection: there are several. */
  readonly nameCaptures: boolean
  /** Columns of the terminal. */
  readonly width: number
  readonly style: Style
}

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
    const which = name === 'unknown-linktype' ? ` (${report.linktypes.join(', ')})` : ''
    notes.push(`${counted(packets, 'packet')} ${why}${which}: not analyzed`)
  }
  if (report.dropped_packets !== undefined && report.dropped_packets > 0) {
    notes.push(
      `${counted(report.dropped_packets, 'packet')} lost by the capturing host: what is missing may change verdicts`,
    )
  }
  if (report.clock_steps !== undefined) {
    notes.push(
      `the clock was set ${counted(report.clock_steps, 'time')} while the capture ran: durations across that mean nothing`,
    )
  }
  if (report.late_packets !== undefined) {
    notes.push(
      `${counted(report.late_packets, 'packet')} came after their connection had been reported`,
    )
  }
  if (report.evicted_connections !== undefined) {
    notes.push(
      `${counted(report.evicted_connections, 'connection')} judged early: too many were open at once (--max-connections, --max-half-open)`,
    )
  }
  return notes
}

/** Collects the notable connections while they come and prints at the end. */
export class TableReporter implements Reporter {
  private readonly sink: TextSink
  private readonly options: TableOptions
  /** Texts of listed connections by `verdict.cause`, at most `top` each. */
  private readonly listed = new Map<string, string[]>()
  private readonly counts = new Map<string, number>()
  private readonly notes: string[] = []
  private moreNotes = 0

  constructor(sink: TextSink, options: TableOptions) {
    this.sink = sink
    this.options = options
  }

  connection(from: ColumnSource): void {
    const key = from.j.ending
    this.counts.set(key, (this.counts.get(key) ?? 0) + 1)
    if (this.options.summaryOnly || (!this.options.all && rowOf(key).quiet)) return
    const list = this.listed.get(key) ?? []
    if (!this.options.all && list.length >= this.options.top) return
    list.push(this.entry(from))
    this.listed.set(key, list)
  }

  capture(report: CaptureRow): void {
    for (const note of captureNotes(report)) {
      if (this.notes.length < MAX_NOTES) {
        this.notes.push(this.options.nameCaptures ? `${printable(report.capture)}: ${note}` : note)
      } else {
        this.moreNotes++
      }
    }
  }

  takeState(): ReporterState {
    const listed = [...this.counts].map(
      ([name, count]) => [name, count, this.listed.get(name) ?? []] as const,
    )
    this.counts.clear()
    this.listed.clear()
    return { rows: 0, listed }
  }

  absorb({ listed }: ReporterState): void {
    for (const [name, count, texts] of listed) {
      this.counts.set(name, (this.counts.get(name) ?? 0) + count)
      if (texts.length === 0) continue
      const list = this.listed.get(name) ?? []
      const room = this.options.all ? texts.length : Math.max(0, this.options.top - list.length)
      list.push(...texts.slice(0, room))
      this.listed.set(name, list)
    }
  }

  absorbOctets(octets: Uint8Array): void {
    this.sink.writeOctets(octets)
  }

  finish(summary: Summary): void {
    this.sink.write(this.head(summary))
    for (const row of ENDINGS) this.writeGroup(row)
    if (this.notes.length === 0) return
    const { heading, warn } = this.options.style
    this.sink.write(`\n${heading('about the capture')}\n`)
    for (const note of this.notes)
      this.sink.write(`${warn(wrap(note, this.options.width, '  '))}\n`)
    if (this.moreNotes > 0) this.sink.write(`  … and ${this.moreNotes} more notes\n`)
  }

  private head(summary: Summary): string {
    const { heading, faint } = this.options.style
    const lines: string[] = []
    const found = counted(summary.connections, 'connection')
    const of = summary.captures === 1 ? '' : ` in ${counted(summary.captures, 'capture')}`
    lines.push(heading(`${found}${of}`) + faint(`, ${counted(summary.tcp_packets, 'TCP packet')}`))
    if (summary.selected_connections !== summary.connections) {
      lines.push(`${counted(summary.selected_connections, 'connection')} selected by filters`)
    }
    if (summary.unread_captures !== undefined) {
      lines.push(`${counted(summary.unread_captures, 'capture')} not read: interrupted`)
    }
    if (summary.selected_connections > 0) lines.push('')
    const width = Math.max(...VERDICTS.map(({ verdict }) => verdict.length))
    for (const { verdict } of VERDICTS) {
      const n = summary.verdicts[verdict] ?? 0
      if (n === 0) continue
      const share = `${((100 * n) / summary.selected_connections).toFixed(1)} %`
      const causes = ENDINGS.filter((row) => row.verdict === verdict)
        .map((row) => [row.cause, summary.causes[endingOf(row)] ?? 0] as const)
        .filter(([, count]) => count > 0)
        .map(([cause, count]) => `${cause} ${grouped(count)}`)
      const left = `  ${this.paint(verdict, verdict.padEnd(width))} ${grouped(n).padStart(9)} ${share.padStart(8)}  `
      lines.push(
        left +
          faint(wrap(causes.join(', '), this.options.width, ' '.repeat(width + 23)).trimStart()),
      )
    }
    return `${lines.join('\n')}\n`
  }

  private writeGroup(row: Row): void {
    const key = endingOf(row)
    const list = this.listed.get(key)
    if (list === undefined) return
    const { heading, faint } = this.options.style
    const total = this.counts.get(key) ?? 0
    this.sink.write(
      `\n${heading(this.paint(row.verdict, `${row.verdict} / ${row.cause}`))}  ${faint(counted(total, 'connection'))}\n`,
    )
    this.sink.write(`${faint(wrap(row.usually, this.options.width, '  '))}\n`)
    for (const entry of list) this.sink.write(entry)
    const more = total - list.length
    if (more > 0) {
      this.sink.write(faint(`${INDENT}… and ${grouped(more)} more like these (--all lists them)\n`))
    }
  }

  private entry(from: ColumnSource): string {
    const { faint } = this.options.style
    const server = endpointText(value(from, 'server_ip'), Number(value(from, 'server_port')))
    const client = endpointText(value(from, 'client_ip'), Number(value(from, 'client_port')))
    const where = from.encapsulation === '' ? '' : ` in ${printable(from.encapsulation)}`
    const name = this.options.nameCaptures ? `${printable(from.captureName)}  ` : ''
    const start = value(from, 'start_time').replace(/(\.\d{3})\d*Z$/, '$1Z')
    const endpoints = `  ${name}${client} → ${server}${where}`
    const about = `${start}  ${from.j.confidence}  tcp.stream eq ${from.e.stream}`
    const fits = endpoints.length + 2 + about.length <= this.options.width
    const title = `${endpoints}${fits ? '  ' : `\n${INDENT}`}${faint(about)}`
    return `${title}\n${wrap(from.j.explanation(), this.options.width, INDENT)}\n`
  }

  private paint(verdict: string, text: string): string {
    const { good, bad, warn } = this.options.style
    if (verdict === 'graceful_fin') return good(text)
    return verdict === 'lingering_established' || verdict === 'incomplete' ? warn(text) : bad(text)
  }
}

/** Columns the table shows for `--columns`: one line a connection, aligned as they come. */
export class ColumnsReporter extends RowReporter implements Reporter {
  private readonly columns: readonly Column[]

  constructor(sink: TextSink, columns: readonly Column[], style: Style) {
    super(sink)
    this.columns = columns
    this.text(
      `${style.heading(
        columns
          .map((c) => c.key.padEnd(widthOf(c)))
          .join('  ')
          .trimEnd(),
      )}\n`,
    )
  }

  connection(from: ColumnSource): void {
    const cells = this.columns.map((column) => {
      const text = plain(readColumn(column, from))
      return column.type === 'integer' || column.type === 'number'
        ? text.padStart(widthOf(column))
        : text.padEnd(widthOf(column))
    })
    this.text(`${cells.join('  ').trimEnd()}\n`)
  }

  capture(_report: CaptureRow): void {
    // A list of columns holds connections only.
  }

  finish(_summary: Summary): void {
    // Written as they came.
  }
}

const COLUMN_WIDTHS: Readonly<Record<string, number>> = {
  string: 12,
  integer: 10,
  number: 14,
  boolean: 5,
  strings: 20,
  evidence: 20,
}

const WIDE_KEYS: Readonly<Record<string, number>> = {
  client_ip: 15,
  server_ip: 15,
  verdict: 22,
  cause: 19,
  start_time: 30,
  end_time: 30,
}

function widthOf(column: Column): number {
  return Math.max(column.key.length, WIDE_KEYS[column.key] ?? COLUMN_WIDTHS[column.type] ?? 0)
}

function plain(cell: ColumnValue): string {
  if (cell === undefined) return ''
  if (typeof cell !== 'object') return printable(String(cell))
  return printable(
    cell
      .map((part) => (typeof part === 'string' ? part : `${part.packet} ${part.shows}`))
      .join('; '),
  )
}

const BY_KEY = new Map(COLUMNS.map((column) => [column.key, column]))

function value(from: ColumnSource, key: string): string {
  const column = BY_KEY.get(key)
  return column === undefined ? '' : plain(readColumn(column, from))
}

function counted(n: number, noun: string): string {
  return `${grouped(n)} ${noun}${n === 1 ? '' : 's'}`
}
