// What stands beside a result: which job made it, of what, and what came out, so that totals need no second reading. It is
// written behind the result: where it is, the result is whole.

import type { CaptureReport } from '../../engine/report.js'
import type { SummaryState } from '../../output/collect/summary.js'
import type { EndpointsState } from '../../output/endpoints/collect.js'
import type { IncidentRow } from '../../output/incidents/row.js'
import type { CaptureIdentity } from '../analyze/identity.js'
import { placeOf, putText, remove, sizeOf, textOf } from './place.js'

/** One manifest. */
export interface Manifest {
  readonly type: 'manifest'
  /** Version of the program. */
  readonly tcp_teardown: string
  readonly schema: string
  readonly job: string
  /** Options as they were given; not beside results without addresses, which `--host` would name. */
  readonly options?: readonly string[]
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
  /** Zero of the times in the digests beside a part, ns since 1970. */
  readonly base_ns?: string | undefined
  /** Results that are one together, of a timeline that several jobs have shared. */
  readonly parts?: readonly { readonly result: string; readonly result_bytes: number }[]
}

const EXTENSION = '.manifest.json'
/** Beside the result of a share: what the incidents of the timeline are found from. */
const DIGESTS = '.digests'
/** Bytes that names of files beside a result have more than its own, that of a share included. */
export const BEHIND_BYTES: number = EXTENSION.length + '.shard-1000-of-1000'.length

/** Names of what may lie beside a result. */
export function namesBeside(result: string): string[] {
  return [result + EXTENSION, result + DIGESTS]
}

/** Where the digests of a share lie. */
export function digestsOf(outDir: string, result: string): string {
  return placeOf(outDir, result + DIGESTS)
}

/** Whether there is a manifest of whatever job. */
export async function hasManifest(outDir: string, result: string): Promise<boolean> {
  return (await sizeOf(placeOf(outDir, result + EXTENSION))) !== undefined
}

/** The manifest of a result, if both are there and belong together. */
export async function readManifest(
  outDir: string,
  result: string,
  job: string,
): Promise<Manifest | undefined> {
  const manifest = parsed(await textOf(placeOf(outDir, result + EXTENSION)))
  if (manifest?.job !== job) return undefined
  for (const part of manifest.parts ?? [manifest])
    if ((await sizeOf(placeOf(outDir, part.result))) !== part.result_bytes) return undefined
  return manifest
}

/** Writes a manifest, at once. */
export function writeManifest(outDir: string, manifest: Manifest): Promise<void> {
  return putText(placeOf(outDir, manifest.result + EXTENSION), `${JSON.stringify(manifest)}\n`)
}

/**
 * Removes what tells of an older result, before a new one takes its place, and its rows where they lie under other names than
 * those in `now`: of another number of shares.
 */
export async function forgetManifest(
  outDir: string,
  result: string,
  now: readonly string[] = [result],
): Promise<void> {
  const place = placeOf(outDir, result + EXTENSION)
  const before = parsed(await textOf(place))
  await remove(place)
  for (const part of before?.parts ?? (before === undefined ? [] : [before])) {
    if (now.includes(part.result)) continue
    for (const name of [part.result, ...namesBeside(part.result)])
      await remove(placeOf(outDir, name))
  }
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
