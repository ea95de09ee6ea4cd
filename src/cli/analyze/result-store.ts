// Where `--out-dir` puts results, a folder or a prefix of an object storage, and what `--resume` has to know of those that
// are there.

import { createHmac } from 'node:crypto'
import type { CaptureReport } from '../../engine/report.js'
import { SCHEMA_NAME } from '../../output/schema-name.js'
import { packageVersion } from '../version.js'
import type { CaptureIdentity } from './identity.js'
import type { ResultFile } from './result-file.js'
import type { AnalyzeSettings } from './settings.js'

/** Settings that do not change a result. */
const WITHOUT_EFFECT = new Set([
  'jobs',
  'progress',
  'output',
  'outDir',
  'resume',
  'strict',
  'width',
  'rows',
  'pager',
  'isWatched',
  'isAscii',
  'nameCaptures',
])

/** What a run has to know of a result that was made before. */
export interface KnownResult {
  readonly matched: boolean
  readonly cutShort: boolean
}

/** A result that has been made, of captures as they were before. */
export interface MadeResult {
  readonly captures: readonly CaptureIdentity[] | undefined
  readonly report: CaptureReport
  readonly matched: boolean
}

/** Where results go. */
export interface ResultStore {
  /** What is known of the result of a name, if it is there and made of these captures with the same options. */
  known(
    name: string,
    captures: readonly CaptureIdentity[] | undefined,
  ): KnownResult | undefined | Promise<KnownResult | undefined>
  /** Where the result of a name is to be written. */
  fileOf(name: string, captures: readonly CaptureIdentity[] | undefined): ResultFile
  /** Takes a note of a result that is whole. */
  note(name: string, made: MadeResult): void
  /** What could not be noted, once all is done; undefined where nothing is missing. */
  readonly problem: string | undefined
}

/** Options as they are noted, with the version, which may judge differently: what is anonymized must not stand beside the results in clear, `--host` for one. */
export function optionsText({ anonymizeKey: key, ...settings }: AnalyzeSettings): string {
  const chosen = Object.entries(settings).filter(([name]) => !WITHOUT_EFFECT.has(name))
  const options = JSON.stringify(
    [SCHEMA_NAME, packageVersion(), chosen],
    (_name, value: unknown) => (typeof value === 'bigint' ? `${value}` : value),
  )
  return key === undefined ? options : createHmac('sha256', key).update(options).digest('hex')
}
