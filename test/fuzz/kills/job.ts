// What the program is asked to do while it is killed.

import { join } from 'node:path'
import type { Random } from '../random.js'
import type { Captures } from './captures.js'

/** One task of the program. */
export interface Job {
  /** Arguments without those that say where results go. */
  readonly args: readonly string[]
  readonly toFolder: boolean
  /** How many results it makes. */
  readonly results: number
}

/** Any of the tasks. */
export function jobOf({ folder, names, large }: Captures, random: Random): Job {
  const format = random.pick(['ndjson', 'csv', 'json', 'table', 'zeek', 'parquet', 'openmetrics'])
  const args = ['analyze', '-f', format, '--jobs', random.pick(['1', '2', '3'])]
  if (format === 'table' && random.oneIn(2)) args.push('--all')
  const toFolder = random.oneIn(2)
  const merges = random.oneIn(4)
  if (merges) args.push('--merge')
  if (!merges && !toFolder && random.oneIn(2)) {
    return { args: [...args, large], toFolder, results: 1 }
  }
  const paths = random.oneIn(3) ? [folder] : names.map((name) => join(folder, name))
  return { args: [...args, ...paths], toFolder, results: merges || !toFolder ? 1 : names.length }
}
