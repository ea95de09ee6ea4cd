// What lies at a path, for decisions that are made before it is opened.

import { type Stats, lstatSync, statSync } from 'node:fs'

/** What lies at a path; undefined if that cannot be told for any reason, which opening it will name. */
export function statOf(path: string): Stats | undefined {
  return orUndefined(() => statSync(path, { throwIfNoEntry: false }))
}

/** The same, but of a symbolic link the link itself. */
export function linkOf(path: string): Stats | undefined {
  return orUndefined(() => lstatSync(path, { throwIfNoEntry: false }))
}

function orUndefined(look: () => Stats | undefined): Stats | undefined {
  try {
    return look()
  } catch {
    return undefined
  }
}
