// The job behind those that share a timeline: adds up what they counted, and finds the incidents from the digests of all of
// them, put back into the order of the endings.

import { ChunkInput } from '../../capture/chunk-input.js'
import { anonymizerOf } from '../../engine/capture-analyzer.js'
import { IncidentDetector } from '../../engine/incident-detector.js'
import { SHARE_BLOCK } from '../../engine/pipeline.js'
import { DIGEST_CELLS } from '../../incidents/digest.js'
import { SummaryCollector } from '../../output/collect/summary.js'
import { EndpointCollector } from '../../output/endpoints/collect.js'
import type { IncidentRow } from '../../output/incidents/row.js'
import { answerOf } from './analyze-job.js'
import type { JobData, JobPart } from './job.js'
import {
  type Manifest,
  digestsOf,
  forgetManifest,
  readManifest,
  writeManifest,
} from './manifest.js'
import type { JobOutcome } from './messages.js'
import { parsedOptions } from './options.js'
import { chunksOf, remove, sizeOf } from './place.js'

const DIGEST_BYTES = DIGEST_CELLS * Float64Array.BYTES_PER_ELEMENT

/** Does the job; its parts are done. */
export async function mergeJob(
  id: string,
  job: JobData,
  parts: readonly JobPart[],
): Promise<JobOutcome> {
  const { outDir, result, groupBy } = job
  const names = parts.map((part) => part.result)
  // A worker may have been lost after it had done it.
  const done = await readManifest(outDir, result, id)
  if (done !== undefined) {
    for (const name of names) await remove(digestsOf(outDir, name))
    return answerOf(done)
  }
  const manifests: Manifest[] = []
  for (const part of parts) {
    const manifest = await readManifest(outDir, part.result, part.job)
    if (manifest === undefined || (await sizeOf(digestsOf(outDir, part.result))) === undefined)
      return { kind: 'failed', reason: `${part.result} is gone: submit again`, isFinal: true }
    manifests.push(manifest)
  }
  const [first] = manifests
  if (first === undefined) throw new Error('a timeline without parts')
  const counts = new SummaryCollector()
  const groups = groupBy === undefined ? undefined : new EndpointCollector(groupBy, undefined)
  for (const manifest of manifests) {
    // Every worker has read all of it.
    if (JSON.stringify(manifest.capture) !== JSON.stringify(first.capture)) {
      for (const name of names) await forgetManifest(outDir, name)
      const reason = 'its shares are not of the same capture: submit it again'
      return { kind: 'failed', reason, isFinal: true }
    }
    counts.absorb(manifest.counts)
    groups?.absorb(manifest.groups ?? [])
  }
  const merged: Manifest = {
    ...first,
    job: id,
    result,
    result_bytes: manifests.reduce((sum, { result_bytes: bytes }) => sum + bytes, 0),
    matched: manifests.some(({ matched }) => matched),
    incidents: await incidentsOf(job, manifests),
    counts: counts.take(),
    groups: groups?.take(),
    base_ns: undefined,
    parts: manifests.map(({ result: name, result_bytes: bytes }) => ({
      result: name,
      result_bytes: bytes,
    })),
  }
  await forgetManifest(outDir, result, names)
  await writeManifest(outDir, merged)
  for (const name of names) await remove(digestsOf(outDir, name))
  return answerOf(merged)
}

/** Block after block of digests, each from the part whose turn it is. */
async function incidentsOf(
  { outDir, options }: JobData,
  manifests: readonly Manifest[],
): Promise<IncidentRow[]> {
  const { anonymizeKey, isLocalTime } = parsedOptions(options)
  const detector = new IncidentDetector(anonymizerOf(anonymizeKey), isLocalTime)
  const { capture: captureName } = (manifests[0] as Manifest).capture
  const inputs = manifests.map(({ result }) => new ChunkInput(chunksOf(digestsOf(outDir, result))))
  try {
    for (let block = 0; ; block++) {
      const turn = block % inputs.length
      const input = inputs[turn] as ChunkInput
      await input.fill(SHARE_BLOCK * DIGEST_BYTES)
      const bytes = input.take(Math.min(input.bytes.length, SHARE_BLOCK * DIGEST_BYTES))
      // Blocks come in order: where one is missing, no other follows.
      if (bytes.length === 0) return detector.take(captureName)
      const cells = new Float64Array(Uint8Array.from(bytes).buffer)
      const baseNs = BigInt(manifests[turn]?.base_ns ?? 0)
      detector.add({ captureName, baseNs, count: cells.length / DIGEST_CELLS, cells })
    }
  } finally {
    for (const input of inputs) await input.close()
  }
}
