// From command line arguments to the captures they stand for.

import { closeSync, type Dirent, openSync, readdirSync, readSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import { TeardownError } from '../base/errors.js'
import { beginningOf } from './compression/beginning.js'
import { compressionOf } from './compression/compressions.js'
import { MAGIC_BYTES, startsCapture } from './magic.js'
import { isS3Url, isUrl } from './remote/url.js'
import { statOf } from './stat.js'

/** Entries looked at before other work gets its turn. */
const TURN_ENTRIES = 256

const GLOB_CHARACTERS = /[*?[\]{}]/

/** What inputs stand for. */
export interface Discovered {
  readonly captures: readonly string[]
  /** Files below given folders that are no captures; hidden ones are not among them. */
  readonly passedOver: readonly string[]
}

/**
 * The captures that inputs stand for, in the order given:
 *
 * - `-` and files as given, also missing ones: reading them says what is wrong;
 * - folders as the files below them that start like a capture, also a compressed one, sorted, hidden ones left
 *   out, each as the folder as given, `/`, and the path below it;
 * - globs as the files they match, sorted, if there is no file of that very name;
 * - URLs as given; of `s3:` those that name no object as the objects whose keys begin so and that start like a capture.
 *
 * @param signal Stops the search: the promise rejects with its reason.
 * @throws {TeardownError} ERR_OPTION if a glob matches nothing.
 */
export async function discoverCaptures(
  inputs: readonly string[],
  signal?: AbortSignal,
): Promise<Discovered> {
  const captures: string[] = []
  const passedOver: string[] = []
  let entries = 0
  async function giveTurn(): Promise<void> {
    if (++entries % TURN_ENTRIES !== 0) return
    await setImmediate()
    signal?.throwIfAborted()
  }
  for (const input of inputs) {
    if (isUrl(input)) {
      const found = await remoteCaptures(input, signal)
      captures.push(...found.captures)
      passedOver.push(...found.passedOver)
      continue
    }
    const kind = input === '-' ? 'file' : kindOf(input)
    if (kind === 'folder') await walk(input, captures, passedOver, giveTurn)
    else if (kind === 'missing' && GLOB_CHARACTERS.test(input)) {
      captures.push(...(await expand(input)))
    } else captures.push(input)
  }
  return { captures, passedOver }
}

async function remoteCaptures(url: string, signal: AbortSignal | undefined): Promise<Discovered> {
  if (!URL.canParse(url))
    throw new TeardownError('ERR_OPTION', `${url.replace(/\/\/[^/]*@/, '//')} is no URL`)
  if (!isS3Url(url)) return { captures: [url], passedOver: [] }
  const { capturesBelow } = await import('./remote/discover-s3.js')
  return capturesBelow(url, holdsCapture, signal)
}

function kindOf(path: string): 'file' | 'folder' | 'missing' {
  const stat = statOf(path)
  if (stat === undefined) return 'missing'
  return stat.isDirectory() ? 'folder' : 'file'
}

/** Adds what lies below a folder; one that cannot be listed is a capture itself, for its reading to say so. */
async function walk(
  folder: string,
  captures: string[],
  passedOver: string[],
  giveTurn: () => Promise<void>,
): Promise<void> {
  let entries: Dirent[]
  try {
    entries = readdirSync(folder, { withFileTypes: true })
  } catch {
    captures.push(folder)
    return
  }
  entries.sort((a, b) => compare(a.name, b.name))
  for (const entry of entries) {
    if (entry.name.startsWith('.')) continue
    const path = `${folder.replace(/\/+$/, '')}/${entry.name}`
    await giveTurn()
    if (entry.isDirectory()) await walk(path, captures, passedOver, giveTurn)
    else if (isRegular(entry, path))
      ((await looksLikeCapture(path)) ? captures : passedOver).push(path)
  }
}

/** Links to files count; links to folders do not, because they may lead in a circle. */
function isRegular(entry: Dirent, path: string): boolean {
  if (!entry.isSymbolicLink()) return entry.isFile()
  return statOf(path)?.isFile() ?? false
}

/** Also true if the file cannot be opened: better a complaint than a capture passed over. */
async function looksLikeCapture(path: string): Promise<boolean> {
  try {
    const file = openSync(path, 'r')
    try {
      return await holdsCapture((bytes) => startOf(file, bytes))
    } finally {
      closeSync(file)
    }
  } catch {
    return true
  }
}

/** Whether what begins so starts like a capture, compressed or not; throws where it is damaged. */
async function holdsCapture(
  startBytes: (bytes: number) => Uint8Array | Promise<Uint8Array>,
): Promise<boolean> {
  const start = await startBytes(MAGIC_BYTES)
  const compression = compressionOf(start)
  if (compression === undefined) return startsCapture(start)
  const packed = await startBytes(compression.startBytes)
  const { bytes, isCut } = await beginningOf(compression, packed, MAGIC_BYTES)
  // Next to nothing is in a file that is cut short, or in a whole one, which is no capture then.
  return bytes.length < MAGIC_BYTES ? isCut : startsCapture(bytes)
}

function startOf(file: number, count: number): Uint8Array {
  const bytes = new Uint8Array(count)
  return bytes.subarray(0, readSync(file, bytes, 0, count, 0))
}

async function expand(pattern: string): Promise<string[]> {
  // The part before the first glob character stays as it was typed; the library would resolve it.
  const segments = pattern.split('/')
  const firstGlob = segments.findIndex((segment) => GLOB_CHARACTERS.test(segment))
  const prefix = segments.slice(0, firstGlob).map((segment) => `${segment}/`)
  const typed = prefix.join('')
  // Loaded only for globs: it takes as long as the rest of the start.
  const { glob } = await import('tinyglobby')
  const matches = await glob(segments.slice(firstGlob).join('/'), {
    cwd: typed === '' ? '.' : typed,
    expandDirectories: false,
    // Links may lead in a circle, which only ** would follow.
    followSymbolicLinks: !pattern.includes('**'),
  })
  if (matches.length === 0) {
    throw new TeardownError('ERR_OPTION', `no file matches ${pattern}`)
  }
  return matches.map((match) => typed + match).sort(compare)
}

/** By UTF-16 code units: the same order on every machine. */
function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b)
}
