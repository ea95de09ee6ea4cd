// Reads captures for a page, and some of their packets once more.

import { TeardownError } from '../../base/errors.js'
import { analyzeMerged } from '../../engine/analyze-merged.js'
import { type Progress, analyzeSource } from '../../engine/analyze-source.js'
import { anonymizerOf } from '../../engine/capture-analyzer.js'
import type { EndedConnection } from '../../engine/ended-connection.js'
import { type FilterOptions, connectionFilter } from '../../engine/filter.js'
import { readLadders } from '../../engine/ladder/reader.js'
import { PageFindings, type ReadAgain } from '../../engine/page/page-findings.js'
import type { AnalysisOptions } from '../../engine/pipeline.js'
import type { CaptureReport } from '../../engine/report.js'
import type { Anonymizer } from '../../output/columns/address.js'
import type { PageContent } from '../../output/page/page-document.js'
import { warn } from '../context.js'
import { packageVersion } from '../version.js'

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

/** Reads captures one after another, and keeps what a page shows. */
export class PageRun {
  private readonly settings: PageSettings
  private readonly anonymizer: Anonymizer | undefined
  private readonly findings: PageFindings

  constructor(settings: PageSettings) {
    this.settings = settings
    this.anonymizer = anonymizerOf(settings.anonymizeKey)
    this.findings = new PageFindings(connectionFilter(settings.filter), this.anonymizer)
  }

  /** Incidents by kind. */
  get kinds(): ReadonlyMap<string, number> {
    return this.findings.kinds
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
    const { anonymizer, findings } = this
    const hasLadders = !live && others.length === 0
    const handler = { onConnection: (c: EndedConnection) => findings.take(c, hasLadders) }
    const contains = filter.contains?.bytes
    const options = { ...analysis, signal, onProgress, contains, anonymizer }
    const found =
      others.length === 0
        ? await analyzeSource(path, handler, options)
        : await analyzeMerged(timeline, handler, options)
    const { error, ...whole } = found
    // That is how the reading of a pipe ends.
    const report = live && error?.code === 'ERR_INTERRUPTED' ? whole : found
    findings.endCapture(report)
    return report
  }

  /** Everything the page shows. */
  content(signal: AbortSignal): Promise<PageContent> {
    const about = { version: packageVersion(), filters: this.settings.filters }
    return this.findings.content(about, readAgainUntil(signal))
  }
}

/** Reads packets once more; a capture that can no longer be read as before has none. */
function readAgainUntil(signal: AbortSignal): ReadAgain {
  return async (_at, { capture }, targets, settings) => {
    try {
      return await readLadders(capture, targets, settings, signal)
    } catch (error) {
      if (!(error instanceof TeardownError) || error.code !== 'ERR_READ') throw error
      warn(`${error.message}: the page has no packets of it`)
      return []
    }
  }
}
