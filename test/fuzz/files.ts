// Files that runs leave.

import { readdirSync } from 'node:fs'
import { join } from 'node:path'

/** Files below a folder, hidden ones too, in the order of their names. */
export function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort()
}
