// One JSON document. Connections are written as they end, so that no run has to fit into memory; captures and summary
// therefore come last.

import { ByteWriter } from '../bytes/writer.js'
import { columnsOf } from '../columns/columns.js'
import { type Format, type FormatOptions, type FormatRow, isWanted } from './format.js'
import { SCHEMA_NAME } from '../schema-name.js'
import { JsonRow } from './json-row.js'
import { jsonText } from './json-text.js'
import { PlainRow } from './plain-row.js'

const NEWLINE = 0x0a

/** `{schema, connections, incidents, captures, summary}`. */
export const JSON_DOCUMENT: FormatRow = {
  name: 'json',
  extension: 'json',
  writesRows: ({ summaryOnly, types }) => !summaryOnly && isWanted('connection', types),
  make: jsonFormat,
}

function jsonFormat({ columns, types }: FormatOptions): Format {
  const row = new JsonRow(columnsOf(columns))
  const plain = PlainRow.of(columnsOf(columns))
  // As bytes: objects of a hundred thousand captures would take five times as much.
  const captures = new ByteWriter()
  const incidents = new ByteWriter()
  return {
    head: (out) => out.text(`{"schema":${JSON.stringify(SCHEMA_NAME)},"connections":[`),
    ...(isWanted('connection', types)
      ? {
          row: (c, out) => {
            out.byte(NEWLINE)
            row.write(c, out)
          },
          plainRow:
            plain &&
            ((p, context, out) => {
              out.byte(NEWLINE)
              return plain.write(p, context, out)
            }),
          between: ',',
        }
      : {}),
    incident: (incident) => {
      if (!isWanted('incident', types)) return
      incidents.text(incidents.length > 0 ? ',\n' : '\n')
      incidents.text(jsonText(incident))
    },
    capture: (report) => {
      if (!isWanted('capture', types)) return
      if (captures.length > 0) captures.text(',\n')
      captures.text(jsonText(report))
    },
    tail: ({ summary }, out) => {
      out.text(`\n],"incidents":[`)
      out.append(incidents.written())
      out.text(`],"captures":[\n`)
      out.append(captures.written())
      out.text(`\n],"summary":${jsonText(summary)}}\n`)
    },
  }
}
