// What the writers of octets make of connections: NDJSON and CSV.

import type { EndedConnection } from '../../src/engine/ended-connection.js'
import type { Connection } from '../../src/engine/connection.js'
import { COLUMNS } from '../../src/output/columns/columns.js'
import { CsvReporter } from '../../src/output/formats/csv.js'
import { NdjsonReporter } from '../../src/output/formats/ndjson.js'
import { expectThat } from './broken.js'

const DECODER = new TextDecoder('utf-8', { fatal: true })
/** Where both reporters write to: one row at a time. */
let row = ''
const sink = {
  write: (text: string): void => {
    row = text
  },
  writeOctets: (octets: Uint8Array): void => {
    row = DECODER.decode(octets)
  },
  immediate: true,
}
const NDJSON = new NdjsonReporter(sink, COLUMNS)
const CSV = new CsvReporter(sink, COLUMNS)

/** Rows of connections as they are written. */
export class Written {
  readonly #json: string[] = []

  /** Takes the next connection. */
  add(from: EndedConnection): void {
    NDJSON.connection(from)
    this.#json.push(row)
    CSV.connection(from)
    const cells = row.replaceAll(/"(?:[^"]|"")*"/g, '').split(',').length
    const isLine = row.endsWith('\n') && cells === COLUMNS.length
    expectThat(isLine, 'a row of CSV has a cell for each column', row)
  }

  /** Expects the rows to be those of the same connections as objects. */
  expectRowsOf(connections: readonly Connection[]): void {
    const property = 'written octets are those of the objects'
    expectThat(this.#json.length === connections.length, property, `${this.#json.length} rows`)
    for (const [i, text] of this.#json.entries()) {
      const [found, expected] = [JSON.stringify(JSON.parse(text)), JSON.stringify(connections[i])]
      expectThat(found === expected, property, `${found} and ${expected}`)
    }
  }
}
