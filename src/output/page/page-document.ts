// A page as text: the viewer with its data put in. Data are blocks that no browser runs: JSON, or compressed JSON where it is long.

import { jsonText } from '../formats/json-text.js'
import {
  DETAILS_LINES,
  PAGE_DETAILS_ID,
  PAGE_HEAD_ID,
  PAGE_LADDERS_ID,
  PAGE_MARKER,
  PAGE_ROWS_ID,
  type PageHead,
  type PageLadder,
} from './page-data.js'

import { packDetails } from './page-details.js'

/** Blocks of more characters are compressed. */
export const PACKED_FROM: number = 256 * 1024

/** What a page is made from. */
export interface PageContent {
  readonly head: PageHead
  /** JSON of each row, and of its details. */
  readonly rows: readonly string[]
  readonly details: readonly string[]
  readonly ladders: readonly PageLadder[]
}

/** Compresses a text with gzip, and writes that in base64. */
export type Pack = (text: string) => string

/**
 * The parts of the document in order.
 *
 * @throws {Error} for a template without room for the data.
 */
export function* pageParts(template: string, content: PageContent, pack: Pack): Generator<string> {
  const at = template.indexOf(PAGE_MARKER)
  if (at < 0) throw new Error('the template of the page has no room for data')
  const { head, rows, details, ladders } = content
  yield template.slice(0, at)
  yield element(PAGE_HEAD_ID, 'application/json', safe(jsonText(head)))
  yield block(PAGE_ROWS_ID, columnLines(rows, head.columns.length), pack)
  // One is enough to open a connection: each is read for itself.
  for (let from = 0; from < details.length; from += DETAILS_LINES)
    yield block(
      `${PAGE_DETAILS_ID}${from / DETAILS_LINES}`,
      packDetails(details.slice(from, from + DETAILS_LINES), head.detail_columns),
      pack,
    )
  yield block(
    PAGE_LADDERS_ID,
    ladders.map((ladder) => JSON.stringify(ladder)),
    pack,
  )
  yield template.slice(at + PAGE_MARKER.length)
}

function block(id: string, lines: readonly string[], pack: Pack): string {
  const text = lines.join('\n')
  if (text.length <= PACKED_FROM) return element(id, 'application/x-ndjson', safe(text))
  return element(id, 'application/gzip', pack(text))
}

function element(id: string, type: string, text: string): string {
  return `<script type="${type}" id="${id}">${text}</script>\n`
}

/** Values of a column lie together: that is read faster, and shorter when it is compressed. */
export function columnLines(rows: readonly string[], columns: number): string[] {
  const values = rows.map((row) => JSON.parse(row) as readonly unknown[])
  return Array.from({ length: columns }, (_, at) => JSON.stringify(values.map((row) => row[at])))
}

/** No text in JSON can end the element it is in. */
function safe(json: string): string {
  return json.replaceAll('<', String.raw`\u003c`)
}
