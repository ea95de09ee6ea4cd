// What a page is made from, collected over the captures of a run, however these are read.

import { DigestWriter } from '../../incidents/digest.js'
import { credibleSpan } from '../../output/anonymize/claims.js'
import { GroupCollector } from '../../output/collect/groups.js'
import { type Summary, SummaryCollector } from '../../output/collect/summary.js'
import type { Anonymizer } from '../../output/columns/address.js'
import type { IncidentRow } from '../../output/incidents/row.js'
import type { Ladder } from '../../output/ladder/packet.js'
import { PageCollector } from '../../output/page/page-collector.js'
import type { PageHead, PageLadder } from '../../output/page/page-data.js'
import type { PageContent } from '../../output/page/page-document.js'
import { pageHead } from '../../output/page/page-head.js'
import { pageLadder } from '../../output/page/page-ladder.js'
import type { EndedConnection } from '../ended-connection.js'
import { IncidentDetector } from '../incident-detector.js'
import type { LadderSettings } from '../ladder/ladder-records.js'
import type { LadderTarget } from '../ladder/target.js'
import type { CaptureReport } from '../report.js'
import { LadderChoice } from './ladder-choice.js'

/** Packets of a ladder at either end of a connection. */
export const EDGE_PACKETS = 60

/** What a page says besides what is found. */
export interface PageAbout {
  readonly version: string
  /** The filters in words. */
  readonly filters: string
}

/** Reads the packets of some connections of the capture at a place; none where it cannot be read once more. */
export type ReadAgain = (
  capture: number,
  report: CaptureReport,
  targets: readonly LadderTarget[],
  settings: LadderSettings,
) => Promise<readonly Ladder[]>

/** Takes the connections of captures, one after another. */
export class PageFindings {
  /** Incidents by kind. */
  readonly kinds: Map<string, number> = new Map<string, number>()
  readonly reports: CaptureReport[] = []
  private readonly rows = new PageCollector()
  private readonly totals = new SummaryCollector()
  private readonly groups = new GroupCollector({ all: false, top: 0, few: 0 })
  private readonly choice = new LadderChoice()
  private readonly incidents: IncidentRow[][] = []
  private readonly isWanted: (c: EndedConnection) => boolean
  private readonly anonymizer: Anonymizer | undefined
  private readonly detector: IncidentDetector
  private readonly digests: DigestWriter

  constructor(isWanted: (c: EndedConnection) => boolean = () => true, anonymizer?: Anonymizer) {
    this.isWanted = isWanted
    this.anonymizer = anonymizer
    this.detector = new IncidentDetector(anonymizer)
    this.digests = new DigestWriter(this.detector.add)
  }

  /** Takes a connection of the capture at hand; `hasLadders` if that can be read once more. */
  take(c: EndedConnection, hasLadders: boolean): void {
    this.digests.add(c)
    this.totals.connections++
    if (!this.isWanted(c)) return
    this.totals.add(c)
    this.groups.add(c)
    const at = this.reports.length
    if (this.rows.add(c, at) && hasLadders) this.choice.add(c, at)
  }

  /** Ends the capture at hand. */
  endCapture(report: CaptureReport): void {
    this.digests.flush()
    const incidents = this.detector.take(report.capture)
    for (const { kind } of incidents) this.kinds.set(kind, (this.kinds.get(kind) ?? 0) + 1)
    this.incidents.push(incidents)
    this.reports.push(report)
  }

  /** Everything the page shows, with the packets of the connections that matter most. */
  async content({ version, filters }: PageAbout, readAgain: ReadAgain): Promise<PageContent> {
    const { rows, details, rest } = this.rows.take()
    const of: PageHead['ladders'][number][] = []
    const ladders: PageLadder[] = []
    const all = this.choice.chosen()
    const isAnonymous = this.anonymizer !== undefined
    for (const [at, report] of this.reports.entries()) {
      const chosen = all.filter(({ capture }) => capture === at)
      if (chosen.length === 0) continue
      const targets = chosen.map(({ target }) => target)
      const settings = { packets: report.packets, isAnonymous, edge: EDGE_PACKETS }
      const read = await readAgain(at, report, targets, settings)
      for (const [place, ladder] of read.entries()) {
        const startNs = chosen[place]?.startNs ?? 0
        of.push([at, chosen[place]?.target.stream ?? 0])
        ladders.push(
          pageLadder(ladder, (ns) => (isAnonymous ? credibleSpan(ns - startNs) : ns - startNs)),
        )
      }
    }
    const head = pageHead({
      version,
      captures: this.reports,
      incidents: this.incidents,
      summary: this.summary(),
      groups: this.groups.all(this.totals.selected),
      filters,
      isAnonymous,
      rows: rows.length,
      rest,
      ladders: of,
    })
    return { head, rows, details, ladders }
  }

  private summary(): Summary {
    const { reports, totals } = this
    function sum(of: (report: CaptureReport) => number): number {
      return reports.reduce((all, report) => all + of(report), 0)
    }
    return totals.summary({
      captures: reports.length,
      failed: sum(({ error }) => (error === undefined ? 0 : 1)),
      packets: sum(({ packets }) => packets),
      tcpPackets: sum((report) => report.tcp_packets),
      readBytes: sum((report) => report.read_bytes),
    })
  }
}
