// Connections of a page for the tests of what the viewer does with them.

import { PageCollector } from '../../../src/output/page/page-collector.js'
import type { PageHead, PageIncident } from '../../../src/output/page/page-data.js'
import { pageHead } from '../../../src/output/page/page-head.js'
import { pageParts } from '../../../src/output/page/page-document.js'
import { type Connections, readConnections } from '../../../src/viewer/model/connections.js'
import { SummaryCollector } from '../../../src/output/collect/summary.js'
import { readPage } from '../../support/page.js'
import { CaptureClock } from '../../../src/capture/clock.js'
import type { EndedConnection } from '../../../src/engine/ended-connection.js'
import { Pipeline } from '../../../src/engine/pipeline.js'
import { type Part, framesOf } from '../../support/service.js'

/** A head and connections, read back from a page. */
export interface Loaded {
  readonly head: PageHead
  readonly c: Connections
}

/** Makes a page of captures and reads it. */
export function loaded(
  captures: readonly (readonly Part[])[],
  { incidents = [], rows = Infinity }: { incidents?: readonly PageIncident[]; rows?: number } = {},
): Loaded {
  const collector = new PageCollector({ rows, chars: Infinity })
  const summary = new SummaryCollector()
  for (const [at, parts] of captures.entries())
    analyze(parts, (c) => {
      summary.connections++
      summary.add(c)
      collector.add(c, at)
    })
  const found = collector.take()
  const head = pageHead({
    version: '1',
    captures: captures.map((parts, at) => ({
      capture: `folder/${at}.pcap`,
      linktypes: [1],
      packets: 1,
      tcp_packets: 1,
      connections: parts.length,
      skipped: [],
    })),
    incidents: [],
    summary: {
      type: 'summary',
      schema: 'test',
      captures: captures.length,
      failed_captures: 0,
      packets: 1,
      tcp_packets: 1,
      read_bytes: 1,
      connections: summary.connections,
      selected_connections: summary.selected,
      verdicts: summary.byVerdict(),
      causes: summary.byCause(),
      closers: summary.byCloser(),
    },
    groups: new Map(),
    filters: '',
    isAnonymous: false,
    rows: found.rows.length,
    rest: found.rest,
    ladders: [],
  })
  const content = { head, ladders: [], ...found }
  const html = [...pageParts('<!--page-data-->', content, (text) => text)].join('')
  const page = readPage(html)
  const whole = { ...page.head, incidents }
  return { head: whole, c: readConnections(page.rows, whole) }
}

/** Calls `take` with each connection of one capture. */
export function analyze(parts: readonly Part[], take: (c: EndedConnection) => void): void {
  const clock = new CaptureClock()
  const analysis = new Pipeline('run.pcap', clock, { onConnection: take })
  for (const { bytes, timeNs } of parts.length === 0 ? [] : framesOf(parts, 20)) {
    clock.baseNs ??= timeNs
    const view = new DataView(bytes.buffer)
    analysis.onRecord(view, 0, bytes.length, bytes.length, 1, Number(timeNs - clock.baseNs))
  }
  analysis.finish()
}
