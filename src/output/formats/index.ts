// The registry of output formats.

import { CSV } from './csv.js'
import type { FormatRow } from './format.js'
import { JSON_DOCUMENT } from './json.js'
import { OPENMETRICS, PROMETHEUS } from './metrics.js'
import { NDJSON } from './ndjson.js'
import { ZEEK, ZEEK_JSON } from './zeek.js'
import { OTLP } from './otlp.js'
import { PARQUET } from './parquet.js'
import { TABLE } from './table.js'

/** All formats, in the order of the help; the first is the default. */
export const FORMATS: readonly FormatRow[] = [
  TABLE,
  JSON_DOCUMENT,
  NDJSON,
  CSV,
  ZEEK,
  ZEEK_JSON,
  OTLP,
  PARQUET,
  OPENMETRICS,
  PROMETHEUS,
]

/** The format of a name, which must be one of {@link FORMATS}. */
export function formatNamed(name: string): FormatRow {
  const row = FORMATS.find((each) => each.name === name)
  if (row === undefined) throw new Error(`no format is named ${name}`)
  return row
}
