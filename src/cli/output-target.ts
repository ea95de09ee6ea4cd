// What `-o` names: standard output, what takes bytes as they come, or a file that is replaced when its successor is whole.

import { readlinkSync, realpathSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { linkOf } from '../capture/stat.js'

/** Where output goes. */
export type OutputTarget =
  | { readonly kind: 'stdout' }
  /** A pipe, a device, or a descriptor of this process. */
  | { readonly kind: 'stream' }
  | {
      readonly kind: 'file'
      /** The file itself, where a link to it was named. */
      readonly path: string
      /** Permissions and owner of the one that is there. */
      readonly before:
        { readonly mode: number; readonly uid: number; readonly gid: number } | undefined
    }

const STANDARD_OUTPUT = new Set(['-', '/dev/stdout', '/dev/fd/1', '/proc/self/fd/1'])
/** What leads to a file that is open already: to put another one in its place would lose what is written to it. */
const DESCRIPTOR = /^\/(dev|proc\/(self|thread-self|\d+)(\/task\/\d+)?)\/fd\/\d+$/
/** As many as Linux follows. */
const MAX_LINKS = 40
const PERMISSIONS = 0o777

/** Where the output goes that is to be written to `path`; links are followed, also those that lead nowhere yet. */
export function outputTarget(path: string): OutputTarget {
  let at = path
  for (let links = 0; links < MAX_LINKS; links++) {
    // However it is spelled.
    const name = at === '-' ? at : resolve(at)
    if (STANDARD_OUTPUT.has(name)) return { kind: 'stdout' }
    if (DESCRIPTOR.test(name)) return { kind: 'stream' }
    const found = linkOf(at)
    if (found === undefined) return { kind: 'file', path: at, before: undefined }
    if (found.isFile()) {
      const { mode, uid, gid } = found
      return { kind: 'file', path: at, before: { mode: mode & PERMISSIONS, uid, gid } }
    }
    if (!found.isSymbolicLink()) break
    at = resolve(realpathSync(dirname(at)), readlinkSync(at))
  }
  // Opening it says what is wrong with a folder, or with links that lead in a circle.
  return { kind: 'stream' }
}
