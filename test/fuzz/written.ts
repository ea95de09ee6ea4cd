// What the writers of bytes make of connections: NDJSON and CSV.

import type { EndedConnection } from '../../src/engine/ended-connection.js'
import type { Connection } from '../../src/engine/connection.js'
import { COLUMNS } from '../../src/output/columns/columns.js'
import { ByteWriter } from '../../src/output/bytes/writer.js'
import { CSV } from '../../src/output/formats/csv.js'
import type { Format, FormatOptions } from '../../src/output/formats/format.js'
import { NDJSON } from '../../src/output/formats/ndjson.js'
import { tableStyle } from '../../src/output/style.js'
import { expectThat } from './broken.js'

const DECODER = new TextDecoder('utf-8', { fatal: true })
const OUT = new ByteWriter()
const OPTIONS: FormatOptions = {
  columns: undefined,
  types: undefined,
  isFiltered: false,
  fields: 'native',
  isEpoch: false,
  hasMark: false,
  isLocalTime: false,
  rows: undefined,
  summaryOnly: false,
  all: false,
  top: 0,
  nameCaptures: false,
  width: 80,
  style: tableStyle(false),
}
const AS_NDJSON = NDJSON.make(OPTIONS)
const AS_CSV = CSV.make(OPTIONS)

function rowOf(format: Format, from: EndedConnection): string {
  OUT.clear()
  format.row?.(from, OUT)
  return DECODER.decode(OUT.written())
}

/** Rows of connections as they are written. */
export class Written {
  readonly #json: string[] = []

  /** Takes the next connection. */
  add(from: EndedConnection): void {
    this.#json.push(rowOf(AS_NDJSON, from))
    const row = rowOf(AS_CSV, from)
    const cells = row.replaceAll(/"(?:[^"]|"")*"/g, '').split(',').length
    const isLine = row.endsWith('\n') && cells === COLUMNS.length
    expectThat(isLine, 'a row of CSV has a cell for each column', row)
  }

  /** Expects the rows to be those of the same connections as objects. */
  expectRowsOf(connections: readonly Connection[]): void {
    const property = 'written bytes are those of the objects'
    expectThat(this.#json.length === connections.length, property, `${this.#json.length} rows`)
    for (const [i, text] of this.#json.entries()) {
      const [found, expected] = [JSON.stringify(JSON.parse(text)), JSON.stringify(connections[i])]
      expectThat(found === expected, property, `${found} and ${expected}`)
    }
  }
}
