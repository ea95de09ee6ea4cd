// The totals of jobs that are done, from their manifests: what one run over all captures would have said.

import { ConnectionWriter, NOTHING_WRITTEN } from '../../engine/connection-writer.js'
import { EndpointCollector, type Grouping } from '../../output/endpoints/collect.js'
import { endpointDocument } from '../../output/endpoints/document.js'
import type { IncidentRow } from '../../output/incidents/row.js'
import type { ByteSink } from '../../output/row-writer.js'
import { failedPart } from '../analyze/result-file.js'
import { AnalyzeRun } from '../analyze/run.js'
import type { RequestedSettings } from '../analyze/settings.js'
import { lookOf } from '../context.js'
import { groupOrder, MOST_LISTED } from '../endpoints/command.js'
import { Output } from '../output.js'
import type { SubmitFlags } from './command.js'
import type { FiledJob } from './filed-job.js'

/** Writes totals, or counts, to standard output, and returns the exit code. */
export function tellTotals(
  jobs: readonly FiledJob[],
  settings: RequestedSettings,
  { totals, groupBy }: Pick<SubmitFlags, 'totals' | 'groupBy'>,
): number {
  const output = new Output('-')
  const counts = groupBy === undefined ? undefined : new EndpointCollector(groupBy, undefined)
  const exitCode = addUp(jobs, settings, totals, counts === undefined ? output : NOWHERE, counts)
  if (counts !== undefined && groupBy !== undefined)
    output.write(countsText(counts, groupBy, totals, jobs.length))
  output.close()
  return exitCode
}

const NOWHERE: ByteSink = { writeBytes: () => undefined }

function addUp(
  jobs: readonly FiledJob[],
  settings: RequestedSettings,
  format: string,
  sink: ByteSink,
  counts: EndpointCollector | undefined,
): number {
  const { strict, limits } = settings
  const writer = new ConnectionWriter(
    {
      ...settings,
      ...lookOf('-', 'auto'),
      format,
      filter: {},
      summaryOnly: true,
      columns: undefined,
      types: undefined,
      order: undefined,
      limit: undefined,
      nameCaptures: jobs.length > 1,
    },
    sink,
    () => undefined,
  )
  let incidents: readonly IncidentRow[] = []
  const source = { take: () => incidents }
  const run = new AnalyzeRun(writer, source, { strict, warns: true, limits, isSearching: false })
  writer.begin()
  for (const { data, outcome } of jobs) {
    incidents = []
    if (outcome === undefined) run.leaveOut(data.timeline.length)
    else if ('failed' in outcome) {
      run.add(failedPart(data.timeline[0] ?? '-', 'ERR_WORKER', outcome.failed).report)
    } else {
      incidents = outcome.incidents
      writer.absorb({ ...NOTHING_WRITTEN, summary: outcome.counts, matched: outcome.matched })
      counts?.absorb(outcome.groups ?? [])
      run.add(outcome.capture)
    }
  }
  run.finish()
  return run.exitCode
}

/** As `analyze --group-by` has it. */
function countsText(
  counts: EndpointCollector,
  by: Grouping,
  totals: SubmitFlags['totals'],
  captures: number,
): string {
  const look = { ...lookOf('-', 'auto'), by, overNs: undefined, top: MOST_LISTED, hasMark: false }
  return endpointDocument(totals, counts.all(groupOrder(by)), captures, look)
}
