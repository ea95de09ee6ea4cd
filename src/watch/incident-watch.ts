// When incidents are looked for while a capture goes on: every second, but never for more than a share of the time.

import type { EndedConnection } from '../engine/ended-connection.js'
import { DigestWriter } from '../incidents/digest.js'
import type { Anonymizer } from '../output/columns/address.js'
import type { IncidentRow } from '../output/incidents/row.js'
import { IncidentWindow, type Survey } from './incident-window.js'

/** How often incidents are looked for, and the share of the time that this may take. */
const EVERY_MS = 1000
const SHARE = 20

/** Takes the connections of one timeline and tells its incidents. */
export class IncidentWatch {
  private readonly window: IncidentWindow
  private readonly digests: DigestWriter
  private dueMs = 0

  constructor(name: string, anonymizer: Anonymizer | undefined) {
    this.window = new IncidentWindow(name, anonymizer)
    this.digests = new DigestWriter(this.window.add)
  }

  /** Incidents told so far. */
  get incidents(): number {
    return this.window.incidents
  }

  /** Adds a connection that is over. */
  add(c: EndedConnection): void {
    this.digests.add(c)
  }

  /** Incidents that have become certain, if it is time to look. */
  look(nowNs: number, survey: Survey): IncidentRow[] {
    const beginMs = performance.now()
    if (beginMs < this.dueMs) return []
    this.digests.flush()
    const rows = this.window.take(nowNs, survey, false)
    const endMs = performance.now()
    this.dueMs = endMs + Math.max(EVERY_MS, SHARE * (endMs - beginMs))
    return rows
  }

  /** All that have not been told, when nothing more comes. */
  finish(nowNs: number): IncidentRow[] {
    this.digests.flush()
    return this.window.take(nowNs, () => undefined, true)
  }
}
