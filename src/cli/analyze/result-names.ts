// Names of result files: the capture's path below the folder of results. Where that would not be one name for one capture,
// a hash of the path makes it one, so that the order in which captures are given changes nothing.

import { createHash } from 'node:crypto'
import { printable } from '../../base/text.js'
import { isUrl, isWebUrl, shownInput } from '../../capture/remote/url.js'

/** Bytes that file systems take for one name. */
const NAME_BYTES_MAX = 255
const HASH_DIGITS = 8

/** A name for the result of each capture, none of them twice. `behindBytes`: what other names have room for behind it. */
export function resultNames(
  captures: readonly string[],
  extension: string,
  behindBytes: number = 0,
): string[] {
  const longest = extension + ' '.repeat(behindBytes)
  const plain = captures.map((path) => cut(plainName(path), path, longest))
  const owners = new Map<string, Set<string>>()
  for (const [at, name] of plain.entries()) {
    const paths = owners.get(name) ?? new Set()
    owners.set(name, paths.add(captures[at] as string))
  }
  const own = plain.map((name, at) => {
    const path = captures[at] as string
    const isShared = (owners.get(name)?.size ?? 0) > 1
    return isShared ? cut(`${name}~${hashOf(path)}`, path, longest) : name
  })
  return withoutRepeats(own, captures, longest).map((name) => `${name}.${extension}`)
}

/** The same capture once more has a number behind its name, which no other capture has. */
function withoutRepeats(
  names: readonly string[],
  captures: readonly string[],
  extension: string,
): string[] {
  const taken = new Set(names)
  const times = new Map<string, number>()
  return names.map((name, at) => {
    let time = (times.get(name) ?? 0) + 1
    let unique = name
    while (time > 1 && taken.has(unique)) {
      unique = cut(`${name}~${time}`, `${captures[at]}~${time}`, extension)
      if (taken.has(unique)) time++
    }
    taken.add(unique)
    times.set(name, time)
    return unique
  })
}

/** A path without what leads out of a folder. */
function plainName(path: string): string {
  if (path === '-') return 'stdin'
  const place = isUrl(path) ? placeIn(path) : path
  const parts = printable(place)
    .split('/')
    .filter((part) => part !== '' && part !== '.')
  return parts.map((part) => (part === '..' ? '_' : part)).join('/')
}

/** Of a URL what stands behind its scheme; two that differ by what is asked of the server are two. */
function placeIn(url: string): string {
  const place = shownInput(url).replace(/^[a-z\d]+:\/\//i, '')
  if (!isWebUrl(url)) return place
  const [path = '', question] = place.replace(/#.*$/, '').split('?')
  return question === undefined ? path : `${path}~${hashOf(question)}`
}

/** A path whose last name has room for the extension: of a longer one the beginning and a hash of `path`. */
function cut(name: string, path: string, extension: string): string {
  const slash = name.lastIndexOf('/') + 1
  const [folder, last] = [name.slice(0, slash), name.slice(slash)]
  if (Buffer.byteLength(`${last}.${extension}`) <= NAME_BYTES_MAX) return name
  const end = `~${hashOf(path)}`
  const room = NAME_BYTES_MAX - end.length - extension.length - 1
  let kept = ''
  let bytes = 0
  for (const char of last) {
    bytes += Buffer.byteLength(char)
    if (bytes > room) break
    kept += char
  }
  return `${folder}${kept}${end}`
}

function hashOf(path: string): string {
  return createHash('sha256').update(path).digest('hex').slice(0, HASH_DIGITS)
}
