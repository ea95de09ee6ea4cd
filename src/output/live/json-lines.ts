// Lines of JSON while a capture goes on: those of the NDJSON format, and two types more.

import type { ByteWriter } from '../bytes/writer.js'
import { columnsOf } from '../columns/columns.js'
import { fieldColumns } from '../fields/columns.js'
import type { FormatOptions } from '../formats/format.js'
import { JsonRow } from '../formats/json-row.js'
import { jsonText } from '../formats/json-text.js'
import type { LiveFormat } from './format.js'

const NEWLINE = 0x0a

/** Which lines, and how they are written. */
export type JsonLinesOptions = Pick<FormatOptions, 'columns' | 'fields' | 'isEpoch'>

/**
 * `connection` lines with the given columns, all of them by default; `incident`, `interval`, `file`, `capture`, `summary`. Under
 * the names of others there are connections only.
 */
export function jsonLines({ columns, fields, isEpoch }: JsonLinesOptions): LiveFormat {
  const row = new JsonRow(fieldColumns(columnsOf(columns), fields), {
    isEpoch,
    // Elasticsearch takes the type of a field from its first value, cuts fractions off behind a 0, and refuses a row for one word.
    isTyped: fields !== 'native',
  })
  const other = fields === 'native' ? line : (): void => undefined
  return {
    connection: (c, out) => {
      row.write(c, out)
      out.byte(NEWLINE)
    },
    incident: other,
    interval: other,
    file: other,
    end: (report, summary, out) => {
      other(report, out)
      other(summary, out)
    },
  }
}

function line(value: object, out: ByteWriter): void {
  out.text(`${jsonText(value)}\n`)
}
