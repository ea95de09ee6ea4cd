// Finds the incidents of captures from the digests of their connections.

import type { Anonymizer } from '../output/columns/address.js'
import type { DigestBatch } from '../incidents/digest.js'
import { History } from '../incidents/history.js'
import { incidentsOf, kindOf } from '../incidents/kinds.js'
import { Scene } from '../incidents/scene.js'
import { type IncidentRow, incidentRow } from '../output/incidents/row.js'
import type { ShownIncident } from '../output/incidents/timeline.js'
import { ShownNames } from '../output/incidents/shown-names.js'

/** Takes the digests of one capture after another. */
export class IncidentDetector {
  private readonly history = new History()
  private readonly anonymizer: Anonymizer | undefined
  private readonly isLocal: boolean
  private baseNs = 0n

  /** `isLocal`: sentences name times as clocks here show them. */
  constructor(anonymizer: Anonymizer | undefined, isLocal = false) {
    this.anonymizer = anonymizer
    this.isLocal = isLocal
  }

  /** Takes digests of the capture at hand. */
  readonly add = (batch: DigestBatch): void => {
    this.baseNs = batch.baseNs
    this.history.add(batch)
  }

  /** The incidents of the capture, which is over. */
  take(capture: string): IncidentRow[] {
    return this.takeAll(capture).map(({ row }) => row)
  }

  /** The same with what they are made of. */
  takeAll(capture: string): ShownIncident[] {
    const names = new ShownNames(this.baseNs, this.anonymizer, this.isLocal)
    const incidents = incidentsOf(new Scene(this.history.endpointHistories(), names))
    this.history.reset()
    return incidents.map((incident, at) => ({
      row: incidentRow(incident, capture, at + 1, names),
      incident,
      kind: kindOf(incident),
      names,
    }))
  }
}
