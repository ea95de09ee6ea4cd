// What lies at a path, for decisions that are made before it is opened.

import { type Stats, statSync } from 'node:fs'

/** What lies at a path; undefined if that cannot be told for any reason, which opening it will name. */
export function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false })
  } catch {
    return undefined
  }
}
