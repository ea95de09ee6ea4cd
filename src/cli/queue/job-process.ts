// A process of a worker: analyzes one timeline after another into files. A capture that brings a process down brings down
// this one, and the worker that keeps the job goes on.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isS3Url } from '../../capture/remote/url.js'
import type { EndedConnection } from '../../engine/ended-connection.js'
import { connectionFilter } from '../../engine/filter.js'
import { EndpointCollector } from '../../output/endpoints/collect.js'
import type { Progress } from '../../engine/analyze-source.js'
import { temporaryError } from '../../engine/temporary-file.js'
import { SCHEMA_NAME } from '../../output/schema-name.js'
import { identitiesOf } from '../analyze/identity.js'
import { type CapturePart, type ResultFile, analyzeToFile } from '../analyze/result-file.js'
import type { AnalyzeSettings } from '../analyze/settings.js'
import { runExitHooks } from '../exit-hooks.js'
import { filterOf } from '../filters.js'
import { partialPath } from '../partial-file.js'
import { packageVersion } from '../version.js'
import { type JobData, placeOf } from './job.js'
import { forgetManifest, writeManifest } from './manifest.js'
import type { FromProcess, ToProcess } from './messages.js'
import { parsedOptions } from './options.js'

const TELL_MS = 2000

const stop = new AbortController()

process.on('message', (message: ToProcess) => {
  if (message.kind === 'stop') return stop.abort()
  run(message.id, message.job).then(
    (outcome) => tell(outcome),
    (error: unknown) => {
      const text = error instanceof Error ? error.message : String(error)
      tell({ kind: 'failed', reason: text, isFinal: false })
    },
  )
})
// The worker is gone, and nobody waits for what comes out.
process.on('disconnect', () => {
  runExitHooks()
  process.exit()
})

function tell(message: FromProcess): void {
  process.send?.(message)
}

async function run(id: string, job: JobData): Promise<FromProcess> {
  const { timeline, captures, outDir, result, options, groupBy } = job
  const changed: FromProcess = {
    kind: 'failed',
    reason: 'changed since it was submitted: submit it again',
    isFinal: true,
  }
  const before = await identitiesOf(timeline, stop.signal)
  if (captures !== undefined && !isSame(before, captures)) return changed
  const requested = parsedOptions(options)
  const filter = filterOf(requested.filterFlags)
  const settings = { ...requested, filter, nameCaptures: false, outDir }
  await forgetManifest(outDir, result)
  const groups = groupBy === undefined ? undefined : new EndpointCollector(groupBy, undefined)
  const part = await analyzed(settings, id, job, groups)
  const { error } = part.report
  if (error?.code === 'ERR_INTERRUPTED') return { kind: 'stopped' }
  if (error?.code === 'ERR_WRITE') return { kind: 'failed', reason: error.message, isFinal: false }
  if (!isSame(await identitiesOf(timeline, stop.signal), before)) return changed
  await writeManifest(outDir, {
    type: 'manifest',
    tcp_teardown: packageVersion(),
    schema: SCHEMA_NAME,
    job: id,
    options,
    captures: before ?? [],
    result,
    result_bytes: part.bytes,
    matched: part.state.matched,
    capture: part.report,
    incidents: part.incidents,
    counts: part.state.summary,
    groups: groups?.take(),
  })
  // What cannot be read now may be read later; what is damaged stays so.
  if (error?.code === 'ERR_READ') return { kind: 'failed', reason: error.message, isFinal: false }
  const { connections, packets, read_bytes: readBytes } = part.report
  const answer = { connections, packets, read_bytes: readBytes }
  return {
    kind: 'done',
    answer: error === undefined ? answer : { ...answer, error: error.message },
  }
}

/** Analyzes a timeline into its place; a file of this machine until it is whole. */
async function analyzed(
  settings: AnalyzeSettings,
  id: string,
  { timeline, outDir, result }: JobData,
  groups: EndpointCollector | undefined,
): Promise<CapturePart & { readonly bytes: number }> {
  const place = placeOf(outDir, result)
  const folder = isS3Url(place) ? temporaryFolder() : undefined
  const file: ResultFile =
    folder === undefined
      ? { path: place, partial: partialPath(place) }
      : {
          path: join(folder, 'result'),
          partial: join(folder, 'partial'),
          object: { url: place, made: id },
        }
  let toldMs = Date.now()
  const isWanted = connectionFilter(settings.filter)
  const reading = {
    live: false,
    watcher: groups && {
      onConnection: (c: EndedConnection): void => {
        if (isWanted(c)) groups.add(c)
      },
    },
    signal: stop.signal,
    onProgress: ({ readBytes, packets }: Progress): void => {
      if (Date.now() - toldMs < TELL_MS) return
      toldMs = Date.now()
      tell({ kind: 'progress', progress: { read_bytes: readBytes, packets } })
    },
  }
  try {
    return await analyzeToFile(settings, timeline, file, undefined, reading, () => undefined)
  } finally {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true })
  }
}

function temporaryFolder(): string {
  try {
    return mkdtempSync(join(tmpdir(), 'tcp-teardown-'))
  } catch (error) {
    throw temporaryError(error)
  }
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}
