// Files that are not whole yet. They lie beside what they will be, so that putting one in place is a rename, under a short
// name that nobody can foresee and that tells whose they are: a run that is killed leaves them, and the next one finds them.

import { createHash, randomBytes } from 'node:crypto'
import { type Dir, constants, openSync, opendirSync, rmSync } from 'node:fs'
import { hostname } from 'node:os'
import { dirname, join } from 'node:path'
import { linkOf } from '../capture/stat.js'

const RANDOM_BYTES = 8
const HOST_DIGITS = 8
/** Who writes a file of another host cannot be asked; one that is written is changed sooner than this. */
const ABANDONED_MS = 24 * 3600 * 1000
/** Two containers may have the same host name and number of a process; who lives writes more often than this. */
const SAME_NUMBER_MS = 60 * 1000
const NAME = /^\.tcp-teardown-([0-9a-f]{8})-(\d+)-[0-9a-f]{16}\.partial$/

/** A new name beside `path` for what is to become it. */
export function partialPath(path: string): string {
  const random = randomBytes(RANDOM_BYTES).toString('hex')
  return join(dirname(path), `.tcp-teardown-${hostDigits()}-${process.pid}-${random}.partial`)
}

/**
 * Opens a partial file, which must not be there: neither a file nor a link that somebody else has put there is written to.
 *
 * @param mode Permissions, before the umask.
 */
export function openPartial(path: string, mode: number): number {
  const { O_CREAT, O_EXCL, O_WRONLY, O_NOFOLLOW } = constants
  return openSync(path, O_CREAT | O_EXCL | O_WRONLY | (O_NOFOLLOW ?? 0), mode)
}

/** Removes a partial file. Where that fails, its name says what it is. */
export function removePartial(path: string): void {
  try {
    rmSync(path, { force: true })
  } catch {
    // Its folder may be gone, or not be ours any more.
  }
}

/**
 * Removes what earlier runs have left in a folder. To be called before this process writes there. What another process
 * may still write stays.
 *
 * @param most Entries looked at: a folder of somebody else's may have a million.
 */
export function removeLeftPartials(folder: string, most: number = Infinity): void {
  let entries: Dir
  try {
    entries = opendirSync(folder)
  } catch {
    return
  }
  try {
    let seen = 0
    for (
      let entry = entries.readSync();
      entry !== null && seen < most;
      entry = entries.readSync()
    ) {
      seen++
      const path = join(folder, entry.name)
      if (entry.isFile() && isLeft(path, entry.name)) removePartial(path)
    }
  } catch {
    // What cannot be listed stays.
  } finally {
    entries.closeSync()
  }
}

function isLeft(path: string, name: string): boolean {
  const [, host, pid] = NAME.exec(name) ?? []
  if (host === undefined) return false
  const isHere = host === hostDigits()
  // Another process may have had our number before us, as in a container that was started anew.
  if (isHere && Number(pid) !== process.pid) return !isAlive(Number(pid))
  const changedMs = linkOf(path)?.mtimeMs ?? Infinity
  return Date.now() - changedMs > (isHere ? SAME_NUMBER_MS : ABANDONED_MS)
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // Another user's process may not be signalled, but is there.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/** Stands for this host, whose name may be as long as that of a file. */
function hostDigits(): string {
  return createHash('sha256').update(hostname()).digest('hex').slice(0, HOST_DIGITS)
}
