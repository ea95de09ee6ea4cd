// What a reader of the table has to know about a capture.

import { count, printable, wrap } from '../../base/text.js'
import { isNamedTime } from '../bytes/time.js'
import type { CaptureRow, FormatOptions } from '../formats/format.js'

/** Kinds of notes that are told apart. */
const MAX_KINDS = 20

/** Frames that should have been segments, for all that is known. */
const WORRYING_FRAMES = new Map([
  ['unknown-linktype', 'of a link type that cannot be decoded'],
  ['truncated-header', 'cut by the snaplen within the headers'],
  ['bad-header', 'with impossible headers'],
  ['encapsulation-too-deep', 'in too many tunnels (--max-layers)'],
])

/** What a reader of the results has to know about a capture. */
export function captureNotes(report: CaptureRow): string[] {
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

/** Notes that take the meaning from times. */
const ABOUT_TIMES = /the clock was set|its clock was wrong/

/** Notes of one kind: they differ in numbers only. */
interface Kind {
  readonly first: string
  readonly note: string
  captures: number
}

/** Notes about captures, by kind. */
export class Notes {
  private readonly options: FormatOptions
  private readonly kinds = new Map<string, Kind>()

  constructor(options: FormatOptions) {
    this.options = options
  }

  add(report: CaptureRow): void {
    for (const note of captureNotes(report)) {
      const key = note.replaceAll(/[\d,]+ (\w+?)s?\b/g, '# $1')
      const known = this.kinds.get(key)
      if (known !== undefined) known.captures++
      else if (this.kinds.size < MAX_KINDS)
        this.kinds.set(key, { first: printable(report.capture), note, captures: 1 })
    }
  }

  /** What is to be known before anything else: that times mean little. */
  urgentText(): string {
    const lines = this.lines((note) => ABOUT_TIMES.test(note))
    return lines.map((line) => `${line}\n`).join('')
  }

  text(): string {
    const lines = this.lines((note) => !ABOUT_TIMES.test(note))
    if (lines.length === 0) return ''
    return `\n${this.options.style.heading('about the capture')}\n${lines.join('\n')}\n`
  }

  private lines(isWanted: (note: string) => boolean): string[] {
    const { width, style, nameCaptures } = this.options
    const wanted = [...this.kinds.values()].filter(({ note }) => isWanted(note))
    return wanted.map(({ first, note, captures }) => {
      const others = captures > 1 ? ` (and ${count(captures - 1, 'other capture')} likewise)` : ''
      return style.warn(wrap(`${nameCaptures ? `${first}: ` : ''}${note}${others}`, width, '  '))
    })
  }
}
