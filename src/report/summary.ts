// Totals over all connections of a run: the `summary` line, and the head of the table.

import { CAUSES, VERDICTS } from '../teardown/verdicts.js'
import type { ColumnSource } from './columns.js'

/** The last line of NDJSON output, `summary` of a JSON document. */
export interface Summary {
  readonly type: 'summary'
  readonly schema: string
  readonly captures: number
  /** Captures that could not be read, or not to their end. */
  readonly failed_captures: number
  readonly packets: number
  readonly tcp_packets: number
  readonly read_bytes: number
  /** Connections found. */
  readonly connections: number
  /** Connections that passed the filters; all counts below are of these. */
  readonly selected_connections: number
  readonly verdicts: Readonly<Record<string, number>>
  /** By `verdict.cause`. */
  readonly causes: Readonly<Record<string, number>>
  readonly closers: Readonly<Record<string, number>>
}

/** Counts endings. */
export class Tally {
  connections = 0
  selected = 0
  private readonly causes = new Map<string, number>()
  private readonly closers = new Map<string, number>()

  add({ j }: ColumnSource): void {
    this.selected++
    const cause = `${j.verdict}.${j.cause}`
    this.causes.set(cause, (this.causes.get(cause) ?? 0) + 1)
    this.closers.set(j.closer, (this.closers.get(j.closer) ?? 0) + 1)
  }

  /** Connections by `verdict.cause`, in the order of the taxonomy, zeros left out. */
  byCause(): Record<string, number> {
    const counts: Record<string, number> = {}
    for (const { verdict, cause } of CAUSES) {
      const n = this.causes.get(`${verdict}.${cause}`)
      if (n !== undefined) counts[`${verdict}.${cause}`] = n
    }
    return counts
  }

  /** Connections by verdict, in the order of the taxonomy, zeros included. */
  byVerdict(): Record<string, number> {
    const counts: Record<string, number> = {}
    for (const { verdict } of VERDICTS) counts[verdict] = 0
    for (const [cause, n] of this.causes) {
      const verdict = cause.slice(0, cause.indexOf('.'))
      counts[verdict] = (counts[verdict] ?? 0) + n
    }
    return counts
  }

  byCloser(): Record<string, number> {
    return Object.fromEntries([...this.closers].sort(([a], [b]) => (a < b ? -1 : 1)))
  }
}
