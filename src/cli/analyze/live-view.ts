// What somebody sees on a terminal while packets come in: a line for each ending that is worth one, for each incident, and how it
// goes on.

import { anonymizerOf } from '../../engine/capture-analyzer.js'
import { type ConnectionFilter, connectionFilter } from '../../engine/filter.js'
import type { LiveTick } from '../../engine/analyze-source.js'
import type { ConnectionHandler, EndedConnection } from '../../engine/ended-connection.js'
import { isNotableConnection } from '../../output/collect/groups.js'
import { textLines } from '../../output/live/text-lines.js'
import { LiveWriter } from '../../output/live/writer.js'
import { tableStyle } from '../../output/style.js'
import { IncidentWatch } from '../../watch/incident-watch.js'
import { LiveStatus } from '../live-status.js'
import type { Output } from '../output.js'
import type { AnalyzeSettings } from './settings.js'

/** Packets that are older come out of a file: what they tell stands in the table. */
const LIVE_MS = 60_000
const NS_PER_MS = 1e6

/** Shows the endings and incidents of a live source. */
export class LiveView implements ConnectionHandler {
  private readonly output: Output
  private readonly writer: LiveWriter
  private readonly incidents: IncidentWatch
  private readonly status = new LiveStatus('Ctrl-C for the table')

  private readonly isWanted: ConnectionFilter

  constructor(name: string, output: Output, settings: AnalyzeSettings) {
    const { width, colour, filter, anonymizeKey } = settings
    this.output = output
    this.isWanted = connectionFilter(filter)
    this.writer = new LiveWriter(textLines({ width, style: tableStyle(colour) }), output)
    this.incidents = new IncidentWatch(name, anonymizerOf(anonymizeKey))
  }

  onConnection(c: EndedConnection): void {
    // Incidents are of the whole capture.
    this.incidents.add(c)
    const { verdict } = c.j
    // What is still open is told at the end.
    if (verdict === 'lingering_established' || verdict === 'incomplete') return
    if (!isNow(c.baseNs, c.e.endNs) || !isNotableConnection(c) || !this.isWanted(c)) return
    this.status.clear()
    this.writer.connection(c)
    this.pass()
  }

  /** Tells incidents, and shows how far the reading is. */
  onTick({ packets, openConnections, baseNs, nowNs, survey }: LiveTick): void {
    if (isNow(baseNs, nowNs)) {
      const rows = this.incidents.look(nowNs, survey)
      if (rows.length > 0) this.status.clear()
      for (const row of rows) this.writer.incident(row)
      if (rows.length > 0) this.pass()
    }
    this.status.show(packets, openConnections)
  }

  stop(): void {
    this.status.clear()
  }

  private pass(): void {
    this.writer.pass()
    this.output.flush()
  }
}

function isNow(baseNs: bigint, ns: number): boolean {
  return Date.now() - (Number(baseNs) + ns) / NS_PER_MS <= LIVE_MS
}
