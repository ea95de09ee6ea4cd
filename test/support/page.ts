// Reads the data of a page back, as a browser does.

import { gunzipSync } from 'node:zlib'
import { unpackDetails } from '../../src/output/page/page-details.js'
import type { PageHead, PageLadder } from '../../src/output/page/page-data.js'

/** What lies in a page. */
export interface ReadPage {
  readonly head: PageHead
  /** Lines of the rows, a column each. */
  readonly rows: string
  /** Details of each connection, by column. */
  readonly details: readonly Readonly<Record<string, unknown>>[]
  readonly ladders: readonly PageLadder[]
  /** Everything in it as text, decompressed. */
  readonly text: string
}

/** Reads a page. */
export function readPage(html: string): ReadPage {
  const blocks = new Map<string, string>()
  for (const [, type, id = '', text = ''] of html.matchAll(
    /<script type="([^"]+)" id="([^"]+)">([^]*?)<\/script>/g,
  ))
    blocks.set(
      id,
      type === 'application/gzip' ? gunzipSync(Buffer.from(text, 'base64')).toString() : text,
    )
  const head = JSON.parse(blocks.get('page-head') ?? '') as PageHead
  const details = [...blocks]
    .filter(([id]) => id.startsWith('page-details-'))
    .flatMap(([, text]) => unpackDetails(text.split('\n'), head.detail_columns))
    .map((values) =>
      Object.fromEntries(head.detail_columns.map((key, at) => [key, values[at] ?? undefined])),
    )
  const ladders = (blocks.get('page-ladders') ?? '')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as PageLadder)
  const shell = html.replaceAll(/<script type="application\/gzip"[^]*?<\/script>/g, '')
  const text = [shell, ...blocks.values()].join('\n')
  return { head, rows: blocks.get('page-rows') ?? '', details, ladders, text }
}
