// NDJSON: one JSON object a line, written as connections end. Control characters are escaped, so that file and
// interface names cannot reach the terminal as code.

import type { ByteWriter } from '../bytes/writer.js'
import { columnsOf } from '../columns/columns.js'
import { fieldColumns } from '../fields/columns.js'
import { type Format, type FormatOptions, type FormatRow, isWanted } from './format.js'
import { JsonRow } from './json-row.js'
import { jsonText } from './json-text.js'
import { PlainRow } from './plain-row.js'

const NEWLINE = 0x0a

/** `connection`, `incident`, `capture` and `summary` lines. */
export const NDJSON: FormatRow = {
  name: 'ndjson',
  extension: 'ndjson',
  writesRows: ({ summaryOnly, types }) => !summaryOnly && isWanted('connection', types),
  make: ndjsonFormat,
}

function ndjsonFormat({ columns, types, fields, isEpoch }: FormatOptions): Format {
  const isNative = fields === 'native' && !isEpoch
  const plain = isNative ? PlainRow.of(columnsOf(columns)) : undefined
  const row = new JsonRow(fieldColumns(columnsOf(columns), fields), {
    isEpoch,
    // Elasticsearch takes the type of a field from its first value, cuts fractions off behind a 0, and refuses a row for one word.
    isTyped: fields !== 'native',
  })
  return {
    ...(isWanted('connection', types)
      ? {
          row: (c, out) => {
            row.write(c, out)
            out.byte(NEWLINE)
          },
          plainRow:
            plain &&
            ((p, context, out) => {
              if (!plain.write(p, context, out)) return false
              out.byte(NEWLINE)
              return true
            }),
        }
      : {}),
    ...(isWanted('incident', types) ? { incident: line } : {}),
    ...(isWanted('capture', types) ? { capture: line } : {}),
    ...(isWanted('summary', types) ? { tail: ({ summary }, out) => line(summary, out) } : {}),
  }
}

function line(value: object, out: ByteWriter): void {
  out.text(`${jsonText(value)}\n`)
}
