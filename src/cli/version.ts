// Which version this is.

import { readFileSync } from 'node:fs'

/** The version that package.json names. */
export function packageVersion(): string {
  const file = new URL(import.meta.resolve('tcp-teardown/package.json'))
  const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version: string }
  return version
}
