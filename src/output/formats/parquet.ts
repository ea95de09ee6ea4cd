// Parquet: typed columns for data frames and SQL. Threads write rows as NDJSON; the encoder makes the file of them.

import { columnsOf } from '../columns/columns.js'
import type { FormatRow } from './format.js'
import { NDJSON } from './ndjson.js'

/** A file with a row for each connection. */
export const PARQUET: FormatRow = {
  name: 'parquet',
  extension: 'parquet',
  writesRows: NDJSON.writesRows,
  make: (options) => {
    const { row, plainRow } = NDJSON.make(options)
    return row === undefined ? {} : { row, plainRow }
  },
  encode: async (keys, write) => {
    // Loaded where it is needed: it costs some milliseconds of the start.
    const { ParquetEncoder } = await import('../parquet/encoder.js')
    return new ParquetEncoder(columnsOf(keys), write)
  },
}
