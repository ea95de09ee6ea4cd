// The reporter for each output format.

import { CsvReporter } from '../../output/formats/csv.js'
import { JsonReporter } from '../../output/formats/json.js'
import { NdjsonReporter } from '../../output/formats/ndjson.js'
import type { Reporter, TextSink } from '../../output/formats/reporter.js'
import { tableStyle } from '../../output/style.js'
import { ColumnsReporter, TableReporter } from '../../output/formats/table.js'
import type { AnalyzeSettings } from './settings.js'

const DEFAULT_WIDTH = 100

/** Columns of the terminal that results go to. */
export function outputWidth(output: string): number {
  return output === '-' ? (process.stdout.columns ?? DEFAULT_WIDTH) : DEFAULT_WIDTH
}

/** Makes the reporter that the settings ask for. */
export function reporterOf(
  settings: AnalyzeSettings,
  output: TextSink,
  nameCaptures: boolean,
  width: number,
): Reporter {
  const { format, columns } = settings
  if (format === 'json') return new JsonReporter(output, columns)
  if (format === 'ndjson') return new NdjsonReporter(output, columns)
  if (format === 'csv') return new CsvReporter(output, columns)
  const style = tableStyle(settings.colour)
  if (settings.columnsChosen) return new ColumnsReporter(output, columns, style)
  const { all, top, summaryOnly } = settings
  return new TableReporter(output, { all, top, summaryOnly, nameCaptures, width, style })
}
