// The folders below which an assistant may have captures read, and the names by which it knows them.

import { realpathSync, statSync } from 'node:fs'
import { isAbsolute, join, relative, sep } from 'node:path'
import { TeardownError } from '../../base/errors.js'
import { systemErrorText } from '../../base/system-error.js'
import { discoverCaptures } from '../../capture/discover.js'

/** A capture below one of the folders. */
export interface KnownCapture {
  readonly path: string
  /** As the assistant names it: below the only folder, else the whole path. */
  readonly name: string
}

/** The folders. */
export class Roots {
  private readonly folders: readonly string[]

  /** @throws {TeardownError} ERR_READ for what is no folder. */
  constructor(folders: readonly string[]) {
    this.folders = folders.map((folder) => {
      try {
        const path = realpathSync(folder)
        if (statSync(path).isDirectory()) return path
      } catch (error) {
        throw new TeardownError('ERR_READ', `cannot read ${folder}: ${systemErrorText(error)}`)
      }
      throw new TeardownError('ERR_READ', `${folder} is no folder`)
    })
  }

  /** All captures there are, sorted. */
  async captures(signal: AbortSignal | undefined): Promise<KnownCapture[]> {
    const { captures } = await discoverCaptures(this.folders, signal)
    return captures.flatMap((path) => {
      const known = this.below(path)
      return known === undefined ? [] : [known]
    })
  }

  /**
   * The capture of a name.
   *
   * @throws {TeardownError} ERR_OPTION for one that is not there, or not below the folders.
   */
  capture(name: string): KnownCapture {
    const paths = isAbsolute(name) ? [name] : this.folders.map((folder) => join(folder, name))
    for (const path of paths) {
      const known = this.below(path)
      if (known !== undefined) return known
    }
    throw new TeardownError(
      'ERR_OPTION',
      `there is no capture ${name} below the folders that were given: list_captures names all`,
    )
  }

  /** A file that is below a folder after all links. */
  private below(path: string): KnownCapture | undefined {
    let real: string
    try {
      real = realpathSync(path)
      if (!statSync(real).isFile()) return undefined
    } catch {
      return undefined
    }
    const folder = this.folders.find((each) =>
      real.startsWith(each.endsWith(sep) ? each : each + sep),
    )
    if (folder === undefined) return undefined
    return { path: real, name: this.folders.length === 1 ? relative(folder, real) : real }
  }
}
