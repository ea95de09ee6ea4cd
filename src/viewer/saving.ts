// A result as a page of its own: this document with the data in it, as the command writes them.

import type { PageContent } from '../output/page/page-document.js'
import { pageParts } from '../output/page/page-document.js'

/** The document as it came, before anything was drawn. */
export function documentText(): string {
  return Array.from(document.childNodes, (node) => {
    if (node instanceof DocumentType) return `<!doctype ${node.name}>\n`
    if (node instanceof Comment) return `<!--${node.data}-->\n`
    return node instanceof Element ? node.outerHTML : ''
  }).join('')
}

/** What no text in a page has in it: stands for a block until that is compressed. */
const PLACE = /\0(\d+)\0/

/** The page of a result, in the document `template`. */
export async function pageBlob(template: string, content: PageContent): Promise<Blob> {
  const blocks: string[] = []
  const parts: string[] = []
  for (const part of pageParts(template, content, (block) => `\0${blocks.push(block) - 1}\0`)) {
    const [before = '', place, after = ''] = part.split(PLACE)
    parts.push(before)
    if (place !== undefined) parts.push(await packed(blocks[Number(place)] ?? ''), after)
  }
  return new Blob(parts, { type: 'text/html' })
}

/** Bytes that are written as text at a time: a multiple of three. */
const STEP_BYTES = 24_576

async function packed(text: string): Promise<string> {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream('gzip'))
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer())
  const texts: string[] = []
  for (let at = 0; at < bytes.length; at += STEP_BYTES)
    texts.push(btoa(String.fromCharCode(...bytes.subarray(at, at + STEP_BYTES))))
  return texts.join('')
}

/** Hands a file to who looks at the page. */
export function download(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob)
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  // Browsers read it when they get to it.
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}
