// What stands beside a result: which job made it, of what, and what came out, so that totals need no second reading. It is
// written behind the result: where it is, the result is whole.

import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { TeardownError } from '../../base/errors.js'
import { systemErrorText } from '../../base/system-error.js'
import { isS3Url } from '../../capture/remote/url.js'
import type { CaptureReport } from '../../engine/report.js'
import { statOf } from '../../capture/stat.js'
import type { SummaryState } from '../../output/collect/summary.js'
import type { EndpointsState } from '../../output/endpoints/collect.js'
import type { IncidentRow } from '../../output/incidents/row.js'
import type { CaptureIdentity } from '../analyze/identity.js'
import { partialPath } from '../partial-file.js'
import { placeOf } from './job.js'

/** One manifest. */
export interface Manifest {
  readonly type: 'manifest'
  /** Version of the program. */
  readonly tcp_teardown: string
  readonly schema: string
  readonly job: string
  readonly options: readonly string[]
  readonly captures: readonly CaptureIdentity[]
  readonly result: string
  readonly result_bytes: number
  /** A connection or an incident of `--fail-on` is in it. */
  readonly matched: boolean
  /** The line that the result has of its capture. */
  readonly capture: CaptureReport
  readonly incidents: readonly IncidentRow[]
  readonly counts: SummaryState
  /** Counts of `--group-by`. */
  readonly groups?: EndpointsState | undefined
}

const EXTENSION = '.manifest.json'

/** The manifest of a result, if both are there and belong together. */
export async function readManifest(
  outDir: string,
  result: string,
  job: string,
): Promise<Manifest | undefined> {
  const manifest = parsed(await textOf(placeOf(outDir, result + EXTENSION)))
  if (manifest?.job !== job) return undefined
  const bytes = await sizeOf(placeOf(outDir, result))
  return bytes === manifest.result_bytes ? manifest : undefined
}

/** Writes a manifest, at once. */
export async function writeManifest(outDir: string, manifest: Manifest): Promise<void> {
  const place = placeOf(outDir, manifest.result + EXTENSION)
  const text = `${JSON.stringify(manifest)}\n`
  if (isS3Url(place)) return putText(place, text)
  const partial = partialPath(place)
  try {
    writeFileSync(partial, text, { flag: 'wx' })
    renameSync(partial, place)
  } catch (error) {
    rmSync(partial, { force: true })
    throw new TeardownError('ERR_WRITE', `cannot write ${place}: ${systemErrorText(error)}`, {
      cause: error,
    })
  }
}

/** Removes what tells of an older result, before a new one takes its place. */
export async function forgetManifest(outDir: string, result: string): Promise<void> {
  const place = placeOf(outDir, result + EXTENSION)
  if (!isS3Url(place)) return rmSync(place, { force: true })
  const { deleteS3 } = await import('../../capture/remote/s3.js')
  await deleteS3(place)
}

async function putText(url: string, text: string): Promise<void> {
  const { putS3 } = await import('../../capture/remote/s3.js')
  const folder = mkdtempSync(join(tmpdir(), 'tcp-teardown-'))
  try {
    const path = join(folder, 'manifest')
    writeFileSync(path, text)
    await putS3(url, path)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function textOf(place: string): Promise<string> {
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

async function sizeOf(place: string): Promise<number | undefined> {
  if (!isS3Url(place)) return statOf(place)?.size
  const { s3Version } = await import('../../capture/remote/s3.js')
  return (await s3Version(place))?.size
}

/** What a text says; undefined for what is none of ours. */
function parsed(text: string): Manifest | undefined {
  try {
    const manifest = JSON.parse(text) as Manifest | null
    return manifest?.type === 'manifest' ? manifest : undefined
  } catch {
    return undefined
  }
}
