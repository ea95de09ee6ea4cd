// The list of a folder of results, a line of JSON for each: read and added to only where it is a regular file. It has a name
// that everybody knows, so somebody may have put a link or a pipe there.

import { closeSync, constants, fstatSync, openSync, readSync, writeSync } from 'node:fs'

const READ_BYTES = 1 << 20
/** Lines are some hundred bytes, and as many as captures in one timeline; a longer one is none of ours. */
const LINE_BYTES_MAX = 64 << 20
const NEWLINE = 0x0a
const { O_RDONLY, O_WRONLY, O_APPEND, O_CREAT } = constants
/** Neither follows a link nor waits for whoever holds the other end of a pipe; Windows knows neither. */
const CAREFULLY = (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)

/** The lines of a list, none where there is no file to read; one line at a time is in memory. */
export function* linesOf(path: string): Generator<string, void, undefined> {
  let file: number
  try {
    file = openRegular(path, O_RDONLY)
  } catch {
    return
  }
  try {
    const room = Buffer.alloc(READ_BYTES)
    let rest = Buffer.alloc(0)
    for (let bytes = readSync(file, room); bytes > 0; bytes = readSync(file, room)) {
      let text = Buffer.concat([rest, room.subarray(0, bytes)])
      for (let end = text.indexOf(NEWLINE); end >= 0; end = text.indexOf(NEWLINE)) {
        yield text.subarray(0, end).toString()
        text = text.subarray(end + 1)
      }
      rest = text.length > LINE_BYTES_MAX ? Buffer.alloc(0) : Buffer.from(text)
    }
    if (rest.length > 0) yield rest.toString()
  } catch {
    // What could not be read is made again.
  } finally {
    closeSync(file)
  }
}

/** Adds a line; throws where that cannot be. */
export function appendLine(path: string, line: string): void {
  const file = openRegular(path, O_WRONLY | O_APPEND | O_CREAT)
  try {
    writeSync(file, `${line}\n`)
  } finally {
    closeSync(file)
  }
}

function openRegular(path: string, flags: number): number {
  const file = openSync(path, flags | CAREFULLY, 0o666)
  if (fstatSync(file).isFile()) return file
  closeSync(file)
  throw new Error('it is no regular file')
}
