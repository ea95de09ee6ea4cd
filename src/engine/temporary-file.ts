// Temporary files. They have no name from the moment they are open, so that no end of the process, however sudden, leaves one behind.

import { randomUUID } from 'node:crypto'
import { openSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { TeardownError } from '../base/errors.js'
import { systemErrorText } from '../base/system-error.js'

/** Opens a file for writing and reading, and returns its descriptor. */
export function namelessFile(): number {
  const path = join(tmpdir(), `tcp-teardown-${randomUUID()}`)
  const file = openSync(path, 'wx+', 0o600)
  rmSync(path)
  return file
}

/** What is said when a temporary file cannot be made or written. */
export function temporaryError(error: unknown): TeardownError {
  const why = systemErrorText(error)
  const message = `cannot write temporary files below ${tmpdir()} (TMPDIR): ${why}`
  return new TeardownError('ERR_WRITE', message, { cause: error })
}
