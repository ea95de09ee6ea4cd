// The form for people: how many connections ended how, what happened, then the connections worth a look, by how much they matter.

import { ENDINGS, endingOf } from '../../verdict/endings.js'
import { count } from '../../base/text.js'
import type { Example } from '../collect/examples.js'
import { columnsOf } from '../columns/columns.js'
import { type GroupContext, groupText } from '../table/group.js'
import { titleText, totalsText, troubleOf } from '../table/head.js'
import { Incidents } from '../table/incidents.js'
import { Notes } from '../table/notes.js'
import { scansOf } from '../table/scan.js'
import { Timeline } from '../table/timeline.js'
import { columnList } from './column-list.js'
import type { Format, FormatOptions, FormatRow, Totals } from './format.js'

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
  const timeline = new Timeline(options.isLocalTime)
  return {
    showsGroups: true,
    incident: (incident) => incidents.add(incident),
    capture: (report) => {
      notes.add(report)
      timeline.add(report)
    },
    tail: (totals, out) => {
      const { summary } = totals
      const isEmpty = summary.selected_connections === 0
      const counts = isEmpty ? '' : `\n${totalsText(summary, options)}`
      const title = titleText(summary, timeline, options) + notes.urgentText()
      const context = { timeline, incidents, options }
      const groups = groupTexts(totals, context).join('') + unlistedText(totals, options)
      const scanTexts = scansOf(totals, timeline).map(({ text }) => text)
      // Who asks for some connections wants to see them, and what they are part of.
      const head = options.isFiltered
        ? title + counts
        : title + incidents.eventsText(scanTexts) + counts + incidents.calmText()
      const around = options.isFiltered ? incidents.aroundText(examplesOf(totals)) : ''
      const body = groups + around + notes.text()
      out.text(head + body)
      // On a terminal the beginning has gone by then.
      if (linesOf(head + body) >= (options.rows ?? Infinity)) out.text(`\n${head}`)
    },
  }
}

/** Of connections that were asked for, those of which nothing is listed. */
function unlistedText({ summary, groups }: Totals, { isFiltered, style }: FormatOptions): string {
  if (!isFiltered || groups.size === 0) return ''
  const listed = [...groups.keys()].reduce((sum, name) => sum + (summary.causes[name] ?? 0), 0)
  const rest = summary.selected_connections - listed
  if (rest === 0) return ''
  return style.faint(
    `\n  ${count(rest, 'connection')} of other endings not listed: --all lists them\n`,
  )
}

function examplesOf({ groups }: Totals): Example[] {
  return [...groups.values()].flatMap(({ examples }) => examples)
}

function linesOf(text: string): number {
  return text.split('\n').length
}

/** The groups, those first that matter most. */
function groupTexts(
  { summary, groups }: Totals,
  context: Pick<GroupContext, 'timeline' | 'incidents' | 'options'>,
): string[] {
  const shown = ENDINGS.flatMap((row) => {
    const group = groups.get(endingOf(row))
    const total = summary.causes[endingOf(row)] ?? 0
    return group === undefined ? [] : [{ row, group, total }]
  }).sort((a, b) => troubleOf(b.row, b.total) - troubleOf(a.row, a.total) || b.total - a.total)
  const selected = summary.selected_connections
  return shown.map((each) => groupText({ ...each, selected, ...context }))
}
