// NDJSON: one JSON object a line, written as connections end. Control characters are escaped, so that file and
// interface names cannot reach the terminal as code.

import type { ByteWriter } from '../bytes/writer.js'
import { columnsOf } from '../columns/columns.js'
import type { Format, FormatOptions, FormatRow } from './format.js'
import { JsonRow } from './json-row.js'
import { jsonText } from './json-text.js'

const NEWLINE = 0x0a

/** `connection`, `incident`, `capture` and `summary` lines. */
export const NDJSON: FormatRow = {
  name: 'ndjson',
  extension: 'ndjson',
  writesRows: ({ summaryOnly }) => !summaryOnly,
  make: ndjsonFormat,
}

function ndjsonFormat({ columns }: FormatOptions): Format {
  const row = new JsonRow(columnsOf(columns))
  return {
    row: (c, out) => {
      row.write(c, out)
      out.byte(NEWLINE)
    },
    incident: line,
    capture: line,
    tail: ({ summary }, out) => line(summary, out),
  }
}

function line(value: object, out: ByteWriter): void {
  out.text(`${jsonText(value)}\n`)
}
