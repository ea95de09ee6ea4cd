// Numbers of two times that are shown and not tested: incidents, and percentiles of times.

import { duration, grouped } from '../../base/text.js'
import type { Sketch } from '../../output/endpoints/sketch.js'
import type { Style } from '../../output/style.js'
import type { IncidentCounts } from './comparison.js'
import type { Period } from './period.js'
import { TIMES } from './times.js'

const TIME_WIDTH = 11
const RATIO_WIDTH = 7

/** Incidents by kind; `room`: columns of a name, of a count and of the share beside it. */
export function incidentLines(
  incidents: readonly IncidentCounts[],
  room: { readonly name: number; readonly count: number; readonly share: number },
  style: Style,
): string[] {
  if (incidents.length === 0) return []
  function row(name: string, was: string, is: string): string {
    return `  ${name.padEnd(room.name)}${was.padStart(room.count)}${is.padStart(room.share + room.count)}`
  }
  const rows = incidents.map(({ kind, before, after }) =>
    row(kind, grouped(before), grouped(after)),
  )
  return ['', style.heading(row('incident', 'before', 'after')), ...rows]
}

/** Half and 95 of 100 of every time, and how many times as long the half takes. */
export function timeLines(before: Period, after: Period, style: Style): string[] {
  const known = TIMES.map(({ title, of }) => ({ title, was: of(before), is: of(after) })).filter(
    ({ was, is }) => was.count + is.count > 0,
  )
  if (known.length === 0) return []
  const room = Math.max(...known.map(({ title }) => title.length))
  function row(title: string, times: readonly string[], ratio: string): string {
    const cells = times.map((time) => time.padStart(TIME_WIDTH)).join('')
    return `  ${title.padEnd(room)}${cells}${ratio.padStart(RATIO_WIDTH)}`.trimEnd()
  }
  const head = row('time', ['before p50', 'p95', 'after p50', 'p95'], 'change')
  const rows = known.map(({ title, was, is }) =>
    row(title, [...percentiles(was), ...percentiles(is)], ratioText(was, is)),
  )
  return ['', style.heading(head), ...rows]
}

function percentiles(sketch: Sketch): string[] {
  if (sketch.count === 0) return ['', '']
  return [0.5, 0.95].map((share) => {
    const ns = sketch.percentile(share)
    return ns === 0 ? '0' : duration(ns)
  })
}

function ratioText(was: Sketch, is: Sketch): string {
  const ratio = is.percentile(0.5) / was.percentile(0.5)
  if (!Number.isFinite(ratio) || ratio === 0) return ''
  if (ratio < 0.01) return '<×0.01'
  return ratio < 100 ? `×${ratio.toFixed(2)}` : `×${grouped(Math.round(ratio))}`
}
