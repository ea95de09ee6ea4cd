// The head of a page: what it says before any connection, and what the words in it mean.

import { printable } from '../../base/text.js'
import { INCIDENT_KINDS } from '../../incidents/kinds.js'
import { ENDINGS, VERDICTS, endingOf } from '../../verdict/endings.js'
import { FINDINGS } from '../../verdict/findings.js'
import { FLAGS } from '../../verdict/flags.js'
import { SEES } from '../../verdict/sees.js'
import type { Summary } from '../collect/summary.js'
import { COLUMNS } from '../columns/columns.js'
import type { CaptureRow, Totals } from '../formats/format.js'
import { SCHEMA_NAME } from '../schema-name.js'
import type { IncidentRow } from '../incidents/row.js'
import { CALM, tellsToo } from '../table/incidents.js'
import { captureNotes } from '../table/notes.js'
import { scansOf } from '../table/scan.js'
import { Timeline } from '../table/timeline.js'
import type { PageCapture, PageHead, PageIncident, PageRest, PageWords } from './page-data.js'
import { PAGE_COLUMNS, PAGE_DETAIL_COLUMNS } from './page-rows.js'

/** What is known of a capture that was read. */
export type ReadCapture = CaptureRow & Omit<PageCapture, 'notes'>

/** What is found in a run. */
export interface PageFacts {
  readonly version: string
  readonly captures: readonly ReadCapture[]
  /** Of each capture. */
  readonly incidents: readonly (readonly IncidentRow[])[]
  readonly summary: Summary
  /** Connections by ending. */
  readonly groups: Totals['groups']
  readonly filters: string
  readonly isAnonymous: boolean
  readonly rows: number
  readonly rest: PageRest
  readonly ladders: PageHead['ladders']
}

/** Makes the head. */
export function pageHead(facts: PageFacts): PageHead {
  const { version, captures, incidents, summary, filters, isAnonymous, rows, rest, ladders } = facts
  const timeline = new Timeline(false)
  for (const each of captures) timeline.add(each)
  return {
    schema: SCHEMA_NAME,
    version,
    captures: captures.map(captureOf),
    incidents: incidents.flatMap(incidentsOf),
    // Of connections that were asked for no picture can be made.
    scans: filters === '' ? scansOf(facts, timeline) : [],
    summary,
    filters: printable(filters),
    is_anonymous: isAnonymous,
    columns: PAGE_COLUMNS,
    detail_columns: PAGE_DETAIL_COLUMNS,
    rows,
    rest,
    ladders,
    verdicts: VERDICTS,
    endings: ENDINGS.map((row) => {
      const { verdict, cause, meaning, usually, advice, severity } = row
      return { name: endingOf(row), verdict, cause, meaning, usually, advice, severity }
    }),
    flags: words(FLAGS.map(({ name, meaning }) => [name, meaning])),
    findings: words(FINDINGS.map(({ code, meaning }) => [code, meaning])),
    sees: words(SEES.map(({ name, meaning }) => [name, meaning])),
    kinds: words(INCIDENT_KINDS.map(({ kind, meaning, advice }) => [kind, `${meaning} ${advice}`])),
    docs: words(COLUMNS.map(({ key, doc }) => [key, doc])),
  }
}

function captureOf(report: ReadCapture): PageCapture {
  const { skipped: _, ...shown } = report
  const { error } = report
  const notes = captureNotes(report)
  return {
    ...shown,
    capture: printable(report.capture),
    notes:
      error === undefined || error.code === 'ERR_INTERRUPTED'
        ? notes
        : [...notes, printable(error.message)],
  }
}

function incidentsOf(rows: readonly IncidentRow[], captureAt: number): PageIncident[] {
  return rows.map((row) => {
    const told = rows.find((other) => tellsToo(other, row))
    return {
      ...row,
      capture: printable(row.capture),
      capture_at: captureAt,
      is_calm: CALM.has(row.kind),
      ...(told === undefined ? {} : { told_by: told.id }),
    }
  })
}

function words(pairs: readonly (readonly [name: string, meaning: string])[]): PageWords {
  return Object.fromEntries(pairs)
}
