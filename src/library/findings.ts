// What all connections of a capture tell together: totals of those that are wanted, incidents of all.

import type { ConnectionHandler, EndedConnection } from '../engine/ended-connection.js'
import { type FilterOptions, connectionFilter } from '../engine/filter.js'
import { IncidentDetector } from '../engine/incident-detector.js'
import { DigestWriter } from '../incidents/digest.js'
import { type ReadCounts, type Summary, SummaryCollector } from '../output/collect/summary.js'
import type { Anonymizer } from '../output/columns/address.js'
import type { IncidentRow } from '../output/incidents/row.js'

/** What a capture tells as a whole. */
export interface CaptureTotals {
  readonly totals: Summary
  readonly incidents: readonly IncidentRow[]
}

/** Takes every connection of one capture and hands on those that are wanted. */
export class CaptureFindings implements ConnectionHandler {
  private readonly summary = new SummaryCollector()
  private readonly detector: IncidentDetector
  private readonly digests: DigestWriter
  private readonly isWanted: (c: EndedConnection) => boolean
  private readonly onWanted: (c: EndedConnection) => void

  constructor(
    filters: FilterOptions,
    anonymizer: Anonymizer | undefined,
    onWanted: (c: EndedConnection) => void,
  ) {
    this.isWanted = connectionFilter(filters)
    this.detector = new IncidentDetector(anonymizer)
    this.digests = new DigestWriter(this.detector.add)
    this.onWanted = onWanted
  }

  onConnection(c: EndedConnection): void {
    this.digests.add(c)
    this.summary.connections++
    if (!this.isWanted(c)) return
    this.summary.add(c)
    this.onWanted(c)
  }

  /** What the capture tells; it is over. */
  end(capture: string, read: ReadCounts): CaptureTotals {
    this.digests.flush()
    return { totals: this.summary.summary(read), incidents: this.detector.take(capture) }
  }
}
