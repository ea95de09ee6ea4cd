// The job of a timeline, or of a share of its endings: reads the captures and writes the result, then its manifest.

import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { isS3Url } from '../../capture/remote/url.js'
import type { Progress } from '../../engine/analyze-source.js'
import type { EndedConnection } from '../../engine/ended-connection.js'
import { connectionFilter } from '../../engine/filter.js'
import type { ReadingOptions } from '../../engine/capture-analyzer.js'
import { EndpointCollector } from '../../output/endpoints/collect.js'
import { SCHEMA_NAME } from '../../output/schema-name.js'
import { identitiesOf } from '../analyze/identity.js'
import { type CapturePart, type ResultFile, analyzeToFile } from '../analyze/result-file.js'
import type { AnalyzeSettings } from '../analyze/settings.js'
import { filterOf } from '../filters.js'
import { partialPath, removeLeftPartials } from '../partial-file.js'
import { packageVersion } from '../version.js'
import type { JobData, JobProgress } from './job.js'
import {
  type Manifest,
  digestsOf,
  forgetManifest,
  readManifest,
  writeManifest,
} from './manifest.js'
import type { JobOutcome } from './messages.js'
import { parsedOptions } from './options.js'
import { placeOf, putFile, sizeOf, withFolder } from './place.js'

const TELL_MS = 2000
/** Entries of a folder that are looked at for what a process that died has left. */
const MOST_ENTRIES = 10_000

/** Does a job; `onProgress` is told every two seconds how far it is. */
export async function analyzeJob(
  id: string,
  job: JobData,
  signal: AbortSignal,
  onProgress: (progress: JobProgress) => void,
): Promise<JobOutcome> {
  const { timeline, captures, outDir, result, options, groupBy, share } = job
  const changed: JobOutcome = {
    kind: 'failed',
    reason: 'changed since it was submitted: submit it again',
    isFinal: true,
  }
  const before = await identitiesOf(timeline, signal)
  if (captures !== undefined && !isSame(before, captures)) return changed
  const known = captures && share && (await knownShare(id, job))
  if (known !== undefined) return answerOf(known)
  const requested = parsedOptions(options)
  const filter = filterOf(requested.filterFlags)
  const settings: AnalyzeSettings = {
    ...requested,
    filter,
    nameCaptures: false,
    outDir,
    // What a share tells of the whole capture is not true.
    ...(share === undefined ? {} : { types: ['connection'] }),
  }
  if (!isS3Url(outDir)) removeLeftPartials(dirname(placeOf(outDir, result)), MOST_ENTRIES)
  await forgetManifest(outDir, result)
  const groups = groupBy === undefined ? undefined : new EndpointCollector(groupBy, undefined)
  const reading = readingOf(settings, job, groups, signal, onProgress)
  const { part, baseNs } = await analyzed(settings, id, job, reading)
  const { error } = part.report
  if (error?.code === 'ERR_INTERRUPTED') return { kind: 'stopped' }
  if (error?.code === 'ERR_WRITE') return { kind: 'failed', reason: error.message, isFinal: false }
  if (!isSame(await identitiesOf(timeline, signal), before)) return changed
  const manifest: Manifest = {
    type: 'manifest',
    tcp_teardown: packageVersion(),
    schema: SCHEMA_NAME,
    job: id,
    ...(requested.anonymizeKey === undefined ? { options } : {}),
    captures: before ?? [],
    result,
    result_bytes: part.bytes,
    matched: part.state.matched,
    capture: part.report,
    incidents: share === undefined ? part.incidents : [],
    counts: part.state.summary,
    groups: groups?.take(),
    ...(share === undefined ? {} : { base_ns: String(baseNs) }),
  }
  await writeManifest(outDir, manifest)
  // What cannot be read now may be read later; what is damaged stays so.
  if (error?.code === 'ERR_READ') return { kind: 'failed', reason: error.message, isFinal: false }
  return answerOf(manifest)
}

/** What a job answers whose manifest is written. */
export function answerOf({ capture }: Manifest): JobOutcome {
  const { connections, packets, read_bytes: readBytes, error } = capture
  const answer = { connections, packets, read_bytes: readBytes }
  return {
    kind: 'done',
    answer: error === undefined ? answer : { ...answer, error: error.message },
  }
}

/** The manifest of a share that was done before: the others may have to be done again. */
async function knownShare(id: string, { outDir, result }: JobData): Promise<Manifest | undefined> {
  const manifest = await readManifest(outDir, result, id)
  if (manifest === undefined || manifest.capture.error?.code === 'ERR_READ') return undefined
  return (await sizeOf(digestsOf(outDir, result))) === undefined ? undefined : manifest
}

/** How a job reads its timeline; connections are counted into `groups` besides. */
function readingOf(
  settings: AnalyzeSettings,
  { share }: JobData,
  groups: EndpointCollector | undefined,
  signal: AbortSignal,
  onProgress: (progress: JobProgress) => void,
): ReadingOptions {
  const isWanted = connectionFilter(settings.filter)
  let toldMs = Date.now()
  return {
    live: false,
    share,
    signal,
    watcher: groups && {
      onConnection: (c: EndedConnection): void => {
        if (isWanted(c)) groups.add(c)
      },
    },
    onProgress: ({ readBytes, packets }: Progress): void => {
      if (Date.now() - toldMs < TELL_MS) return
      toldMs = Date.now()
      onProgress({ read_bytes: readBytes, packets })
    },
  }
}

/** What came of the reading, and the zero of the times in the digests. */
interface Analyzed {
  readonly part: CapturePart
  readonly baseNs: bigint
}

/** Analyzes a timeline into its place; of a share the digests too. */
async function analyzed(
  settings: AnalyzeSettings,
  id: string,
  { timeline, outDir, result, share }: JobData,
  reading: ReadingOptions,
): Promise<Analyzed> {
  let baseNs = 0n
  async function run(file: number | undefined): Promise<CapturePart> {
    return intoPlace(placeOf(outDir, result), id, (to) =>
      analyzeToFile(settings, timeline, to, undefined, reading, ({ cells, baseNs: zero }) => {
        baseNs = zero
        if (file !== undefined)
          writeSync(file, new Uint8Array(cells.buffer, cells.byteOffset, cells.byteLength))
      }),
    )
  }
  if (share === undefined) return { part: await run(undefined), baseNs }
  const part = await putFile(digestsOf(outDir, result), async (path) => {
    mkdirSync(dirname(path), { recursive: true })
    const file = openSync(path, 'wx')
    try {
      return await run(file)
    } finally {
      closeSync(file)
    }
  })
  return { part, baseNs }
}

/** Has a result written to its place: a file of this machine until it is whole. */
async function intoPlace(
  place: string,
  made: string,
  write: (file: ResultFile) => Promise<CapturePart>,
): Promise<CapturePart> {
  if (!isS3Url(place)) return write({ path: place, partial: partialPath(place) })
  return withFolder((folder) => {
    const [path, partial] = [join(folder, 'result'), join(folder, 'partial')]
    return write({ path, partial, object: { url: place, made } })
  })
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}
