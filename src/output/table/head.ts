// The totals of the table: how many connections ended how, what is broken first.

import { count, duration, grouped, wrap } from '../../base/text.js'
import { ENDINGS, TROUBLE, VERDICTS, endingOf } from '../../verdict/endings.js'
import type { Summary } from '../collect/summary.js'
import type { FormatOptions } from '../formats/format.js'
import { paintVerdict } from '../verdict-style.js'
import type { Timeline } from './timeline.js'

const CAUSES_INDENT = '      '
/** Blanks in a line of totals. */
const GAPS = 5

/** How much the connections of an ending matter together. */
export function troubleOf(row: (typeof ENDINGS)[number], connections: number): number {
  return TROUBLE[row.severity] * connections
}

/** A share of all for people. */
export function shareText(n: number, all: number): string {
  return `${((100 * n) / all).toFixed(1)} %`
}

/** What was captured. */
export function titleText(summary: Summary, timeline: Timeline, { style }: FormatOptions): string {
  const found = count(summary.connections, 'connection')
  const of = summary.captures === 1 ? '' : ` in ${count(summary.captures, 'capture')}`
  const lines = [
    style.heading(`${found}${of}`) + style.faint(`, ${count(summary.tcp_packets, 'TCP packet')}`),
  ]
  if (timeline.isKnown) {
    const span = duration((timeline.toMs - timeline.fromMs) * 1e6)
    lines.push(style.faint(timeline.text() + (timeline.isClockSet ? '' : `, ${span}`)))
  }
  if (summary.selected_connections !== summary.connections) {
    lines.push(`${count(summary.selected_connections, 'connection')} selected by filters`)
  }
  if (summary.unread_captures !== undefined) {
    lines.push(`${count(summary.unread_captures, 'capture')} not read: interrupted`)
  }
  return `${lines.join('\n')}\n`
}

/** How connections ended, by verdict; those first that matter most together. */
export function totalsText(summary: Summary, { style, width }: FormatOptions): string {
  const rows = VERDICTS.map(({ verdict, title }) => {
    const causes = ENDINGS.filter((row) => row.verdict === verdict)
      .map((row) => ({ row, n: summary.causes[endingOf(row)] ?? 0 }))
      .filter(({ n }) => n > 0)
      .sort((a, b) => troubleOf(b.row, b.n) - troubleOf(a.row, a.n) || b.n - a.n)
    const trouble = causes.reduce((sum, { row, n }) => sum + troubleOf(row, n), 0)
    return { verdict, title, causes, trouble, n: summary.verdicts[verdict] ?? 0 }
  })
    .filter(({ n }) => n > 0)
    .sort((a, b) => b.trouble - a.trouble || b.n - a.n)
  const room = Math.max(...VERDICTS.map(({ verdict }) => verdict.length))
  return rows
    .map(({ verdict, title, causes, n }) => {
      const share = shareText(n, summary.selected_connections)
      const name = paintVerdict(verdict, verdict.padEnd(room), style)
      const list = causes.map(({ row, n: each }) => `${row.cause} ${grouped(each)}`).join(', ')
      const numbers = `${grouped(n).padStart(9)} ${share.padStart(8)}`
      const hasRoom = room + numbers.length + title.length + GAPS <= width
      const about = hasRoom ? `  ${style.faint(title)}` : ''
      return `  ${name} ${numbers}${about}\n${wrap(list, width, CAUSES_INDENT)}\n`
    })
    .join('')
}
