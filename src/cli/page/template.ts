// The pages that lie beside the program.

import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { TeardownError } from '../../base/errors.js'

/**
 * A page as it was built: `page` without data, `tcp-teardown` the one that analyzes.
 *
 * @throws {TeardownError} ERR_READ if it was not built.
 */
export function builtPage(name: 'page' | 'tcp-teardown'): string {
  try {
    return readFileSync(new URL(`./viewer/${name}.html`, import.meta.url), 'utf8')
  } catch (error) {
    throw new TeardownError('ERR_READ', 'cannot read the viewer of the page: it was not built', {
      cause: error,
    })
  }
}

/** Compresses a text for a page. */
export function pack(text: string): string {
  return gzipSync(text, { level: 7 }).toString('base64')
}
