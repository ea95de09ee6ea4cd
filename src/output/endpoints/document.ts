// The document of `endpoints` in one of its forms.

import { csvCell, csvHead } from '../formats/csv.js'
import { SCHEMA_NAME } from '../schema-name.js'
import { jsonText } from '../formats/json-text.js'
import { tableStyle } from '../style.js'
import type { EndpointGroup } from './collect.js'
import { ENDPOINT_FIELDS, endpointRows } from './fields.js'
import { type EndpointTableOptions, endpointTable } from './table.js'

/** Forms of a document. */
export const GROUP_FORMATS = ['table', 'json', 'ndjson', 'csv'] as const
/** One of them. */
export type GroupFormat = (typeof GROUP_FORMATS)[number]

/** How a document is made. */
export interface EndpointDocumentOptions extends Omit<EndpointTableOptions, 'style'> {
  readonly colour: boolean
  /** The text begins with a byte order mark (CSV). */
  readonly hasMark: boolean
}

/** The text of a document about `captures` captures. */
export function endpointDocument(
  format: GroupFormat,
  groups: readonly EndpointGroup[],
  captures: number,
  options: EndpointDocumentOptions,
): string {
  const { by, overNs, colour, hasMark } = options
  if (format === 'table') return endpointTable(groups, { ...options, style: tableStyle(colour) })
  const rows = groups.flatMap((group) => endpointRows(group, overNs))
  if (format === 'ndjson') {
    return rows.map((row) => `${jsonText({ type: 'group', by, ...row })}\n`).join('')
  }
  if (format === 'csv') {
    const lines = rows.map(
      (row) => `${ENDPOINT_FIELDS.map(({ key }) => csvCell(row[key])).join(',')}\n`,
    )
    return csvHead(ENDPOINT_FIELDS, hasMark) + lines.join('')
  }
  const head = {
    schema: SCHEMA_NAME,
    by,
    ...(overNs === undefined ? {} : { over_s: overNs / 1e9 }),
    captures,
  }
  const list = rows.map((row) => jsonText(row)).join(',\n')
  return `${jsonText(head).slice(0, -1)},"endpoints":[\n${list}\n]}\n`
}
