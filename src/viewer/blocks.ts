// Reads the data that lie in the document.

import {
  DETAILS_LINES,
  PAGE_DETAILS_ID,
  PAGE_HEAD_ID,
  PAGE_LADDERS_ID,
  PAGE_ROWS_ID,
  type PageHead,
  type PageLadder,
} from '../output/page/page-data.js'
import { unpackDetails } from '../output/page/page-details.js'
import { type PageContent, columnLines } from '../output/page/page-document.js'
import { type Connections, readConnections } from './model/connections.js'
import type { Details } from './model/details.js'
import type { ReadLadder } from './worker/ladder-reader.js'

/** The data of a page. What is long is read when it is needed. */
export interface PageSource {
  readonly head: PageHead
  readonly connections: () => Promise<Connections>
  /** Details of the connection at a place. */
  readonly details: (place: number) => Promise<Details>
  /** Its packets; undefined where the page has none. */
  readonly ladder: (capture: number, stream: number) => Promise<PageLadder | undefined>
  /** Reads the packets of those that are not there; undefined where the captures are out of reach. */
  readonly readLadder?: ReadLadder
}

/** Whether there are data in this document. */
export function hasPageData(): boolean {
  return document.querySelector(`script#${PAGE_HEAD_ID}`) !== null
}

/** The data of this document. */
export function pageSource(): PageSource {
  const head = JSON.parse(elementOf(PAGE_HEAD_ID).textContent) as PageHead
  const blocks = new Map<number, Promise<unknown[][]>>()
  const ladders = once(() => linesOf(PAGE_LADDERS_ID))
  return {
    head,
    connections: async () => readConnections(await textOf(PAGE_ROWS_ID), head),
    details: async (place) => {
      const block = Math.floor(place / DETAILS_LINES)
      const values = blocks.get(block) ?? valuesOf(block, head)
      blocks.set(block, values)
      return detailsOf((await values)[place % DETAILS_LINES] ?? [], head)
    },
    ladder: async (capture, stream) => {
      const place = ladderPlace(head, capture, stream)
      const line = place < 0 ? undefined : (await ladders())[place]
      return line === undefined ? undefined : (JSON.parse(line) as PageLadder)
    },
  }
}

/** The data of an analysis that ran here. */
export function contentSource(
  { head, rows, details, ladders }: PageContent,
  readLadder: ReadLadder,
): PageSource {
  return {
    head,
    readLadder,
    connections: async () =>
      readConnections(columnLines(rows, head.columns.length).join('\n'), head),
    details: async (place) => detailsOf(JSON.parse(details[place] ?? '[]') as unknown[], head),
    ladder: async (capture, stream) => ladders[ladderPlace(head, capture, stream)],
  }
}

/** The details of a block of connections. */
async function valuesOf(block: number, head: PageHead): Promise<unknown[][]> {
  return unpackDetails(await linesOf(`${PAGE_DETAILS_ID}${block}`), head.detail_columns)
}

function detailsOf(values: readonly unknown[], head: PageHead): Details {
  const pairs = head.detail_columns.map((key, at) => [key, values[at] ?? undefined])
  return Object.fromEntries(pairs) as Details
}

function ladderPlace(head: PageHead, capture: number, stream: number): number {
  return head.ladders.findIndex(([of, n]) => of === capture && n === stream)
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => (made ??= make())
}

async function linesOf(id: string): Promise<string[]> {
  return (await textOf(id)).split('\n')
}

async function textOf(id: string): Promise<string> {
  const element = elementOf(id)
  if (element.type !== 'application/gzip') return element.textContent
  const packed = atob(element.textContent)
  const bytes = Uint8Array.from({ length: packed.length }, (_, at) => packed.charCodeAt(at))
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'))
  return new Response(stream).text()
}

function elementOf(id: string): HTMLScriptElement {
  const element = document.querySelector<HTMLScriptElement>(`script#${id}`)
  if (element === null) throw new Error(`the page has no ${id}`)
  return element
}
