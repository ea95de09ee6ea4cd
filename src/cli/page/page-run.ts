// What a page is made from, collected over the captures of a run.

import { analyzeMerged } from '../../engine/analyze-merged.js'
import { type Progress, analyzeSource } from '../../engine/analyze-source.js'
import { anonymizerOf } from '../../engine/capture-analyzer.js'
import type { EndedConnection } from '../../engine/ended-connection.js'
import { type FilterOptions, connectionFilter } from '../../engine/filter.js'
import { IncidentDetector } from '../../engine/incident-detector.js'
import { readLadders } from '../../engine/ladder/reader.js'
import type { AnalysisOptions } from '../../engine/pipeline.js'
import type { CaptureReport } from '../../engine/report.js'
import { DigestWriter } from '../../incidents/digest.js'
import { credibleSpan } from '../../output/anonymize/claims.js'
import { type Summary, SummaryCollector } from '../../output/collect/summary.js'
import { SCHEMA_NAME } from '../../output/formats/format.js'
import type { IncidentRow } from '../../output/incidents/row.js'
import type { Anonymizer } from '../../output/columns/address.js'
import { PageCollector } from '../../output/page/page-collector.js'
import type { PageHead, PageLadder } from '../../output/page/page-data.js'
import type { PageContent } from '../../output/page/page-document.js'
import { pageHead } from '../../output/page/page-head.js'
import { pageLadder } from '../../output/page/page-ladder.js'
import { TeardownError } from '../../base/errors.js'
import { warn } from '../context.js'
import { packageVersion } from '../version.js'
import { type ChosenConnection, LadderChoice } from './ladder-choice.js'

/** Packets of a ladder at either end of a connection. */
const EDGE_PACKETS = 60

/** How captures are read for a page. */
export interface PageSettings {
  readonly analysis: Pick<
    AnalysisOptions,
    'idleS' | 'killedAtNs' | 'maxConnections' | 'maxHalfOpen' | 'maxLayers'
  >
  readonly filter: FilterOptions
  /** The filters in words. */
  readonly filters: string
  readonly anonymizeKey: Uint8Array | undefined
}

/** Ladders, and whose they are. */
interface FoundLadders {
  readonly of: PageHead['ladders'][number][]
  readonly ladders: PageLadder[]
}

/** Reads captures one after another, and keeps what a page shows. */
export class PageRun {
  /** Incidents by kind. */
  readonly kinds: Map<string, number> = new Map()
  private readonly settings: PageSettings
  private readonly rows = new PageCollector()
  private readonly totals = new SummaryCollector()
  private readonly choice = new LadderChoice()
  private readonly reports: CaptureReport[] = []
  private readonly incidents: IncidentRow[][] = []
  private readonly isWanted: (c: EndedConnection) => boolean
  private readonly detector: IncidentDetector
  private readonly digests: DigestWriter
  private readonly anonymizer: Anonymizer | undefined

  constructor(settings: PageSettings) {
    this.settings = settings
    this.isWanted = connectionFilter(settings.filter)
    this.anonymizer = anonymizerOf(settings.anonymizeKey)
    this.detector = new IncidentDetector(this.anonymizer)
    this.digests = new DigestWriter(this.detector.add)
  }

  /** Reads a capture, or several as one. The packets of pipes and of merged captures cannot be read once more. */
  async read(
    timeline: readonly string[],
    live: boolean,
    signal: AbortSignal,
    onProgress: (progress: Progress) => void,
  ): Promise<CaptureReport> {
    const [path = '-', ...others] = timeline
    const { analysis, filter } = this.settings
    const at = this.reports.length
    const hasLadders = !live && others.length === 0
    const handler = { onConnection: (c: EndedConnection) => this.take(c, at, hasLadders) }
    const options = {
      ...analysis,
      signal,
      onProgress,
      contains: filter.contains?.bytes,
      anonymizer: this.anonymizer,
    }
    const found =
      others.length === 0
        ? await analyzeSource(path, handler, options)
        : await analyzeMerged(timeline, handler, options)
    const { error, ...whole } = found
    // That is how the reading of a pipe ends.
    const report = live && error?.code === 'ERR_INTERRUPTED' ? whole : found
    this.digests.flush()
    const incidents = this.detector.take(report.capture)
    for (const { kind } of incidents) this.kinds.set(kind, (this.kinds.get(kind) ?? 0) + 1)
    this.incidents.push(incidents)
    this.reports.push(report)
    return report
  }

  /** Everything the page shows, with the packets of the connections that matter most. */
  async content(signal: AbortSignal): Promise<PageContent> {
    const { rows, details, rest } = this.rows.take()
    const { of, ladders } = await this.ladders(signal)
    const head = pageHead({
      version: packageVersion(),
      captures: this.reports,
      incidents: this.incidents,
      summary: this.summary(),
      filters: this.settings.filters,
      isAnonymous: this.anonymizer !== undefined,
      rows: rows.length,
      rest,
      ladders: of,
    })
    return { head, rows, details, ladders }
  }

  private take(c: EndedConnection, capture: number, hasLadders: boolean): void {
    this.digests.add(c)
    this.totals.connections++
    if (!this.isWanted(c)) return
    this.totals.add(c)
    if (this.rows.add(c, capture) && hasLadders) this.choice.add(c, capture)
  }

  private async ladders(signal: AbortSignal): Promise<FoundLadders> {
    const found: FoundLadders = { of: [], ladders: [] }
    const all = this.choice.chosen()
    for (const [at, report] of this.reports.entries()) {
      const chosen = all.filter(({ capture }) => capture === at)
      if (chosen.length === 0) continue
      const read = await this.readAgain(report, chosen, signal)
      found.of.push(...chosen.slice(0, read.length).map(ofTarget))
      found.ladders.push(...read)
    }
    return found
  }

  /** The ladders of one capture; none where it can no longer be read as before. */
  private async readAgain(
    { capture, packets }: CaptureReport,
    chosen: readonly ChosenConnection[],
    signal: AbortSignal,
  ): Promise<PageLadder[]> {
    const isAnonymous = this.anonymizer !== undefined
    const targets = chosen.map(({ target }) => target)
    try {
      const settings = { packets, isAnonymous, edge: EDGE_PACKETS }
      const ladders = await readLadders(capture, targets, settings, signal)
      return ladders.map((ladder, at) => {
        const startNs = chosen[at]?.startNs ?? 0
        return pageLadder(ladder, (ns) => (isAnonymous ? credibleSpan(ns - startNs) : ns - startNs))
      })
    } catch (error) {
      if (!(error instanceof TeardownError) || error.code !== 'ERR_READ') throw error
      warn(`${error.message}: the page has no packets of it`)
      return []
    }
  }

  private summary(): Summary {
    const { reports, totals } = this
    function sum(of: (report: CaptureReport) => number): number {
      return reports.reduce((all, report) => all + of(report), 0)
    }
    return {
      type: 'summary',
      schema: SCHEMA_NAME,
      captures: reports.length,
      failed_captures: sum(({ error }) => (error === undefined ? 0 : 1)),
      packets: sum(({ packets }) => packets),
      tcp_packets: sum((report) => report.tcp_packets),
      read_bytes: sum((report) => report.read_bytes),
      connections: totals.connections,
      selected_connections: totals.selected,
      verdicts: totals.byVerdict(),
      causes: totals.byCause(),
      closers: totals.byCloser(),
    }
  }
}

function ofTarget({ capture, target }: ChosenConnection): readonly [number, number] {
  return [capture, target.stream]
}
