// Finds the incidents of captures from the digests of their connections.

import type { Anonymizer } from '../output/columns/address.js'
import type { DigestBatch } from './digest.js'
import { History } from './history.js'
import { incidentsOf } from './kinds.js'
import { Names } from './kinds/names.js'
import { type IncidentRow, incidentRow } from './row.js'
import { Scene } from './scene.js'

/** Takes the digests of one capture after another. */
export class IncidentDetector {
  private readonly history = new History()
  private readonly anonymizer: Anonymizer | undefined
  private baseNs = 0n

  constructor(anonymizer: Anonymizer | undefined) {
    this.anonymizer = anonymizer
  }

  /** Takes digests of the capture at hand. */
  readonly add = (batch: DigestBatch): void => {
    this.baseNs = batch.baseNs
    this.history.add(batch)
  }

  /** The incidents of the capture, which is over. */
  take(capture: string): IncidentRow[] {
    const names = new Names(this.baseNs, this.anonymizer)
    const incidents = incidentsOf(new Scene(this.history.endpointHistories(), names))
    this.history.reset()
    return incidents.map((incident, at) => incidentRow(incident, capture, at + 1, names))
  }
}
