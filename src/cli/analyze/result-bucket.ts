// `--out-dir s3://…`: one object for each capture. A result is written to a file of this machine and put into its object at
// once, so that it is whole or absent; beside the object stands what it was made of.

import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { s3Version } from '../../capture/remote/s3.js'
import { temporaryError } from '../../engine/temporary-file.js'
import { atExit } from '../exit-hooks.js'
import type { CaptureIdentity } from './identity.js'
import { OBJECT_NOTES, type ResultFile } from './result-file.js'
import { type KnownResult, type ResultStore, optionsText } from './result-store.js'
import type { AnalyzeSettings } from './settings.js'

/** A prefix of an object storage. */
export class ResultBucket implements ResultStore {
  readonly problem = undefined
  private readonly prefix: string
  private readonly options: string
  /** Where results lie until they are whole. */
  private readonly folder: string
  private files = 0
  private readonly signal: AbortSignal

  constructor(url: string, settings: AnalyzeSettings, signal: AbortSignal) {
    this.signal = signal
    this.prefix = url.replace(/\/*$/, '/')
    this.options = optionsText(settings)
    try {
      this.folder = mkdtempSync(join(tmpdir(), 'tcp-teardown-'))
    } catch (error) {
      throw temporaryError(error)
    }
    const remove = (): void => rmSync(this.folder, { recursive: true, force: true })
    atExit(remove)
    process.once('exit', remove)
  }

  async known(
    name: string,
    captures: readonly CaptureIdentity[] | undefined,
  ): Promise<KnownResult | undefined> {
    if (captures === undefined) return undefined
    const version = await s3Version(this.prefix + name, this.signal)
    const notes = version?.metadata ?? {}
    if (notes[OBJECT_NOTES.made] !== this.madeOf(name, captures)) return undefined
    return {
      matched: notes[OBJECT_NOTES.matched] === 'true',
      cutShort: notes[OBJECT_NOTES.cutShort] === 'true',
    }
  }

  fileOf(name: string, captures: readonly CaptureIdentity[] | undefined): ResultFile {
    const path = join(this.folder, String(this.files++))
    const made = captures === undefined ? '' : this.madeOf(name, captures)
    return { path, partial: `${path}.partial`, object: { url: this.prefix + name, made } }
  }

  /** It stands beside the object. */
  note(): void {}

  private madeOf(name: string, captures: readonly CaptureIdentity[]): string {
    const made = JSON.stringify([name, captures, this.options])
    return createHash('sha256').update(made).digest('hex')
  }
}
