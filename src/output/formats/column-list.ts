// Chosen columns for people: one line for each connection, aligned as they come.

import { printable } from '../../base/text.js'
import {
  type Column,
  type ColumnValue,
  type EvidenceRow,
  type FindingItem,
  readColumn,
} from '../columns/column.js'
import type { Style } from '../style.js'
import type { Format } from './format.js'

/** A heading and a line for each connection. */
export function columnList(columns: readonly Column[], style: Style): Format {
  return {
    head: (out) => {
      const names = columns.map((column) => column.key.padEnd(widthOf(column)))
      out.text(`${style.heading(names.join('  ').trimEnd())}\n`)
    },
    row: (c, out) => {
      const cells = columns.map((column) => {
        const text = plainCell(readColumn(column, c))
        const isNumber = column.type === 'integer' || column.type === 'number'
        return isNumber ? text.padStart(widthOf(column)) : text.padEnd(widthOf(column))
      })
      out.text(`${cells.join('  ').trimEnd()}\n`)
    },
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

function listedPart(part: string | EvidenceRow | FindingItem): string {
  if (typeof part === 'string') return part
  return 'code' in part ? part.code : `${part.packet} ${part.shows}`
}

/** A value as text on one line. */
export function plainCell(cell: ColumnValue): string {
  if (cell === undefined) return ''
  if (typeof cell !== 'object') return printable(String(cell))
  return printable(cell.map(listedPart).join('; '))
}
