// A connection as a ladder for the terminal: client on the left, server on the right, a line for each packet.

import { bytesText, count, duration, grouped, wrap } from '../../base/text.js'
import type { Style } from '../style.js'
import { ARROW_EXTRA, arrowOf, labelOf, paintArrow, shortArrow } from './arrow.js'
import { type LadderRow, isSilence } from './fold.js'
import { type LadderLayout, layoutOf, stateName } from './layout.js'
import { type LadderGap, type LadderPacket, isPacket } from './packet.js'
import { secondsText } from './text.js'

/** What a ladder needs besides its rows. */
export interface LadderOptions {
  /** From the connection's first packet to a relative time, in ns, as it is shown. */
  readonly sinceStart: (ns: number) => number
  /** The time of day at a relative time. */
  readonly clockOf: (ns: number) => string
  /** Addresses at the heads of the ladder. */
  readonly client: string
  readonly server: string
  /** Columns of the terminal. */
  readonly width: number
  readonly style: Style
}

/** Text of the ladder, a line end after every line. */
export function ladderText(rows: readonly LadderRow[], options: LadderOptions): string {
  const packets = rows.filter((row): row is LadderPacket => !isSilence(row) && isPacket(row))
  const writer = new LadderWriter(
    options,
    layoutOf(packets, options.sinceStart, options.clockOf, options.width),
  )
  return [...writer.head(), ...rows.flatMap((row) => writer.row(row))]
    .map((line) => `${line}\n`)
    .join('')
}

/** Lines of one ladder. */
class LadderWriter {
  private readonly options: LadderOptions
  private readonly layout: LadderLayout
  private clientState = ''
  private serverState = ''

  constructor(options: LadderOptions, layout: LadderLayout) {
    this.options = options
    this.layout = layout
  }

  /** The line of headings, and addresses that have no room in it before it. */
  head(): string[] {
    const { client, server, style, width } = this.options
    const { form, frame, time, clock, state, arrow } = this.layout
    const packet = form === 'wide' ? 'packet' : 'pkt'
    const ofDay = clock === 0 ? '' : `  ${'time of day'.padEnd(clock)}`
    const columns = style.faint(`  ${packet.padStart(frame)}  ${'time (s)'.padStart(time)}${ofDay}`)
    const ends = [`client ${client}`, `server ${server}`] as const
    if (form === 'narrow') return [wrap(ends.join(' → '), width, '  '), columns]
    const heads = between(ends, state + 2 + arrow + 2, 2 * (state + 2) + arrow)
    if (heads !== undefined) return [`${columns}  ${style.heading(heads)}`]
    const names = between(['client', 'server'], state + 2 + arrow + 2, width) ?? ''
    return [wrap(ends.join(' → '), width, '  '), `${columns}  ${style.heading(names)}`]
  }

  row(row: LadderRow): string[] {
    if (isSilence(row)) {
      const { silenceNs, untilNs } = row
      return [this.centred(`… ${duration(silenceNs)} of silence${this.until(untilNs)} …`)]
    }
    return isPacket(row) ? this.packet(row) : [this.centred(`… ${gapText(row)} …`)]
  }

  /** The time of day at which silence ends, where no line has its own. */
  private until(ns: number): string {
    return this.layout.clock > 0 ? '' : ` until ${this.options.clockOf(ns)}`
  }

  /** Text in the middle of the arrows. */
  private centred(text: string): string {
    const { form, state, arrow, indent } = this.layout
    const left = form === 'narrow' ? indent : indent + state + 2
    const pad = left + Math.max(0, Math.floor((arrow - text.length) / 2))
    const { width, style } = this.options
    if (text.length + 2 > width) return style.faint(wrap(text, width, '  '))
    return ' '.repeat(Math.min(pad, width - text.length)) + style.faint(text)
  }

  private packet(packet: LadderPacket): string[] {
    const { style, sinceStart } = this.options
    const isEvidence = packet.shows !== undefined
    const mark = isEvidence ? style.warn('* ') : '  '
    const frame = String(packet.frame).padStart(this.layout.frame)
    const number = isEvidence ? style.heading(frame) : frame
    const time = secondsText(sinceStart(packet.ns)).padStart(this.layout.time)
    const { clock } = this.layout
    const ofDay = clock === 0 ? '' : `  ${this.options.clockOf(packet.ns).padEnd(clock)}`
    const start = `${mark}${number}  ${style.faint(time + ofDay)}  `
    const client = packet.clientState === this.clientState ? '' : packet.clientState
    const server = packet.serverState === this.serverState ? '' : packet.serverState
    this.clientState = packet.clientState
    this.serverState = packet.serverState
    return this.layout.form === 'narrow'
      ? this.narrowLines(packet, start, client, server)
      : this.wideLines(packet, start, client, server)
  }

  /** States at both sides, notes on the arrow where they fit. */
  private wideLines(packet: LadderPacket, start: string, client: string, server: string): string[] {
    const { style } = this.options
    const { form, state, arrow, indent } = this.layout
    const label = labelOf(packet, form === 'compact')
    const notes = newsOf(packet).join(', ')
    const noted = `${label} · ${notes}`
    const isInside = notes !== '' && noted.length + ARROW_EXTRA <= arrow
    const drawn = arrowOf(packet.from, isInside ? noted : label, arrow)
    const left = (stateName(client, form) || '│').padStart(state)
    const right = stateName(server, form) || style.faint('│')
    const line = `${client === '' ? style.faint(left) : left}  ${paintArrow(packet, drawn, style)}`
    const below = isInside ? '' : notes
    return [`${start}${line}  ${right}`, ...this.below(packet, below, indent + state + 2)]
  }

  /** One column: the packet, and below it what there is to say. */
  private narrowLines(
    packet: LadderPacket,
    start: string,
    client: string,
    server: string,
  ): string[] {
    const { style, width } = this.options
    const { indent } = this.layout
    const first = ' '.repeat(indent) + shortArrow(packet.from)
    const arrow = wrap(labelOf(packet, true), width, first).slice(indent)
    const states = [client && `client ${client}`, server && `server ${server}`].filter(Boolean)
    const notes = [...newsOf(packet), ...states].join(', ')
    return [start + paintArrow(packet, arrow, style), ...this.below(packet, notes, indent)]
  }

  private below({ shows, ns }: LadderPacket, notes: string, indent: number): string[] {
    const { style, width, clockOf } = this.options
    const left = ' '.repeat(indent)
    const lines: string[] = []
    if (notes !== '') lines.push(style.faint(wrap(notes, width, `${left}  `)))
    if (shows !== undefined) {
      const at = this.layout.clock > 0 ? '' : ` (${clockOf(ns)})`
      lines.push(style.warn(wrap(`${shows}${at}`, width, `${left}* `)))
    }
    return lines
  }
}

/** Notes that the evidence does not say as well, and other records of the packet. */
export function newsOf({ notes, copies = [], shows = '' }: LadderPacket): string[] {
  const news = notes.filter((note) => !shows.includes(note))
  if (copies.length === 0) return news
  return [...news, `also packet${copies.length === 1 ? '' : 's'} ${copies.join(', ')}`]
}

/** Two texts, the second at column `at` or as far right as `room` lets it; undefined if there is no room. */
function between(
  [left, right]: readonly [string, string],
  at: number,
  room: number,
): string | undefined {
  const column = Math.min(at, room - right.length)
  return column < left.length + 2 ? undefined : left.padEnd(column) + right
}

/** What a gap leaves out. */
export function gapText(gap: LadderGap): string {
  const parts: string[] = []
  if (gap.isProbing) {
    parts.push(`${grouped(gap.packets)} more probes and answers`)
  } else {
    parts.push(count(gap.packets, 'packet'))
    if (gap.clientBytes > 0) parts.push(`${bytesText(gap.clientBytes)} from the client`)
    if (gap.serverBytes > 0) parts.push(`${bytesText(gap.serverBytes)} from the server`)
  }
  if (gap.resets > 0) parts.push(count(gap.resets, 'RST'))
  if (gap.retransmissions > 0) parts.push(`${grouped(gap.retransmissions)} resent`)
  parts.push(`in ${duration(gap.toNs - gap.fromNs)}`)
  return parts.join(', ') + (gap.isLost ? ' (not kept)' : '')
}
