// One JSON document. Connections are written as they end, so that no run has to fit into memory; captures and summary
// therefore come last.

import { columnsOf } from '../columns/columns.js'
import {
  type CaptureRow,
  type Format,
  type FormatOptions,
  type FormatRow,
  SCHEMA_NAME,
} from './format.js'
import { JsonRow } from './json-row.js'
import { jsonText } from './json-text.js'

const NEWLINE = 0x0a

/** `{schema, connections, incidents, captures, summary}`. */
export const JSON_DOCUMENT: FormatRow = {
  name: 'json',
  extension: 'json',
  writesRows: ({ summaryOnly }) => !summaryOnly,
  make: jsonFormat,
}

function jsonFormat({ columns }: FormatOptions): Format {
  const row = new JsonRow(columnsOf(columns))
  const captures: CaptureRow[] = []
  return {
    head: (out) => out.text(`{"schema":${JSON.stringify(SCHEMA_NAME)},"connections":[`),
    row: (c, out) => {
      out.byte(NEWLINE)
      row.write(c, out)
    },
    between: ',',
    capture: (report) => void captures.push(report),
    tail: ({ summary }, out) => {
      const lines = captures.map((capture) => jsonText(capture)).join(',\n')
      out.text(`\n],"incidents":[],"captures":[\n${lines}\n],"summary":${jsonText(summary)}}\n`)
    },
  }
}
