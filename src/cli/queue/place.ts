// Where files of jobs lie: in a folder, or below a prefix of an object storage. What is put there is whole or absent.

import {
  createReadStream,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { TeardownError } from '../../base/errors.js'
import { systemErrorText } from '../../base/system-error.js'
import { isS3Url } from '../../capture/remote/url.js'
import { statOf } from '../../capture/stat.js'
import { temporaryError } from '../../engine/temporary-file.js'
import { atExit } from '../exit-hooks.js'
import { partialPath, removePartial } from '../partial-file.js'

/** The place of a file below a folder or prefix. */
export function placeOf(outDir: string, name: string): string {
  return isS3Url(outDir) ? `${outDir.replace(/\/*$/, '/')}${name}` : join(outDir, name)
}

/** Makes a file in a place: `write` writes one of this machine, which is moved there. Returns what that returns. */
export async function putFile<T>(
  place: string,
  write: (path: string) => T | Promise<T>,
): Promise<T> {
  if (isS3Url(place)) {
    const { putS3 } = await import('../../capture/remote/s3.js')
    return withFolder(async (folder) => {
      const path = join(folder, 'file')
      const written = await write(path)
      await putS3(place, path)
      return written
    })
  }
  const partial = partialPath(place)
  try {
    const written = await write(partial)
    renameSync(partial, place)
    return written
  } catch (error) {
    rmSync(partial, { force: true })
    if (error instanceof TeardownError) throw error
    throw new TeardownError('ERR_WRITE', `cannot write ${place}: ${systemErrorText(error)}`, {
      cause: error,
    })
  }
}

/** Puts a text into a place. */
export function putText(place: string, text: string): Promise<void> {
  return putFile(place, (path) => writeFileSync(path, text, { flag: 'wx' }))
}

/** The text in a place, '' where there is none. */
export async function textOf(place: string): Promise<string> {
  if (isS3Url(place)) {
    const { s3Text } = await import('../../capture/remote/s3.js')
    return (await s3Text(place)) ?? ''
  }
  try {
    return readFileSync(place, 'utf8')
  } catch {
    return ''
  }
}

/** The bytes in a place. */
export async function* chunksOf(place: string): AsyncGenerator<Uint8Array, void, undefined> {
  if (!isS3Url(place)) {
    yield* createReadStream(place) as AsyncIterable<Uint8Array>
    return
  }
  const { s3Chunks } = await import('../../capture/remote/s3.js')
  yield* s3Chunks(place, undefined)
}

/** Bytes in a place; undefined where there is nothing. */
export async function sizeOf(place: string): Promise<number | undefined> {
  if (!isS3Url(place)) return statOf(place)?.size
  const { s3Version } = await import('../../capture/remote/s3.js')
  return (await s3Version(place))?.size
}

/** Empties a place. */
export async function remove(place: string): Promise<void> {
  if (!isS3Url(place)) return removePartial(place)
  const { deleteS3 } = await import('../../capture/remote/s3.js')
  await deleteS3(place)
}

/** Does something with a folder of this machine that is gone afterwards. */
export async function withFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  let folder: string
  try {
    folder = mkdtempSync(join(tmpdir(), 'tcp-teardown-'))
  } catch (error) {
    throw temporaryError(error)
  }
  function clear(): void {
    rmSync(folder, { recursive: true, force: true })
  }
  const forget = atExit(clear)
  try {
    return await use(folder)
  } finally {
    clear()
    forget()
  }
}
