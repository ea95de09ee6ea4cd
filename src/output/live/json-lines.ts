// Lines of JSON while a capture goes on: those of the NDJSON format, and two types more.

import type { ByteWriter } from '../bytes/writer.js'
import { columnsOf } from '../columns/columns.js'
import { JsonRow } from '../formats/json-row.js'
import { jsonText } from '../formats/json-text.js'
import type { LiveFormat } from './format.js'

const NEWLINE = 0x0a

/** `connection` lines with the given columns, all of them by default; `incident`, `interval`, `file`, `capture`, `summary`. */
export function jsonLines(columns: readonly string[] | undefined): LiveFormat {
  const row = new JsonRow(columnsOf(columns))
  return {
    connection: (c, out) => {
      row.write(c, out)
      out.byte(NEWLINE)
    },
    incident: line,
    interval: line,
    file: line,
    end: (report, summary, out) => {
      line(report, out)
      line(summary, out)
    },
  }
}

function line(value: object, out: ByteWriter): void {
  out.text(`${jsonText(value)}\n`)
}
