// A user's program: compiled against the built declarations, never run. Each @ts-expect-error marks a mistake that the
// types have to catch.

import {
  type AnalyzeOptions,
  CaptureError,
  type CaptureReport,
  type Closer,
  type Confidence,
  type Connection,
  ENDINGS,
  type Ending,
  type EvidenceRow,
  type FindingCode,
  type IncidentRow,
  LINE_TYPES,
  PacketAnalyzer,
  TeardownError,
  type TeardownErrorCode,
  VERDICTS,
  type Verdict,
  analyzeCapture,
  analyzeMerged,
  explainConnections,
  mergeTotals,
} from 'tcp-teardown'
import { createReadStream } from 'node:fs'

/** Every verdict needs its row: a new one breaks this table, as it would break users. */
const SEVERITY: Readonly<Record<Verdict, number>> = {
  graceful_fin: 0,
  incomplete: 0,
  lingering_established: 1,
  reset_other: 1,
  handshake_failed: 1,
  rst_after_kill: 2,
  rst_abort: 2,
  keepalive_timeout: 2,
  retransmission_timeout: 2,
}

/** Endings are names too: a pair that does not exist is none. */
export const WATCHED: readonly Ending[] = [
  'rst_after_kill.unread_data',
  // @ts-expect-error -- misspelt
  'rst_after_kill.unread_date',
  // @ts-expect-error -- a cause of another verdict
  'graceful_fin.unread_data',
]

/** Pull: a path and a stream, with options. */
export async function pull(signal: AbortSignal): Promise<CaptureReport> {
  const options: AnalyzeOptions = { name: 'eth0', live: true, idleS: 30, signal }
  const capture = analyzeCapture(createReadStream('a.pcap'), options)
  for await (const c of capture) {
    const stream: number = c.stream
    const closer: Closer = c.closer
    const confidence: Confidence = c.confidence
    const evidence: readonly EvidenceRow[] = c.evidence ?? []
    const rtt: number | undefined = c.handshake_rtt_s
    use(stream, closer, confidence, evidence[0]?.packet, rtt, SEVERITY[c.verdict])
    const ending: Ending | undefined = c.alternatives?.[0]
    use(ending, c.cause === 'unread_data')
    // @ts-expect-error -- no cause of any verdict
    use(c.cause === 'unread_date')
    // A verdict narrows its causes.
    if (c.verdict === 'rst_after_kill') {
      use(c.cause === 'unread_data')
      // @ts-expect-error -- a cause of another verdict
      use(c.cause === 'no_payload')
    }
    const codes: readonly FindingCode[] = (c.findings ?? []).map(({ code }) => code)
    use(codes, c.flags?.includes('midstream'), c.client_state === 'TIME-WAIT')
    // @ts-expect-error -- misspelt
    use(c.flags?.includes('mid_stream'))
    // @ts-expect-error -- no state of RFC 9293
    use(c.client_state === 'TIME_WAIT')
    // @ts-expect-error -- connections are read-only
    c.stream = 1
    // @ts-expect-error -- absent when it did not happen
    c.fin_to_fin_s.toFixed(3)
  }
  return capture.report
}

/** What several connections tell, of one capture or of several as one. */
export async function whole(): Promise<readonly IncidentRow[]> {
  const ring = analyzeMerged(['a.pcap0', 'a.pcap1'], { filters: { port: [80, '8000-8099'] } })
  // @ts-expect-error -- no such filter
  use(analyzeCapture('a.pcap', { filters: { verdicts: 'rst_abort' } }))
  // @ts-expect-error -- several captures are no live source
  use(analyzeMerged(['a.pcap'], { live: true }))
  const { connections, report } = await explainConnections('a.pcap', { filters: { stream: 3 } })
  use(report.error?.offset_bytes, connections[0]?.packets[0]?.flags)
  use(mergeTotals([await ring.totals, await ring.totals]).verdicts)
  return ring.incidents
}

/** Push: packets from elsewhere. */
export function push(frames: readonly Uint8Array[]): Connection[] {
  const found: Connection[] = []
  const analyzer = new PacketAnalyzer({ onConnection: (c) => found.push(c), maxHalfOpen: 1000 })
  for (const bytes of frames) analyzer.push({ bytes, timeNs: 0n, linktype: 113, origlen: 1500 })
  // @ts-expect-error -- times are bigint: a number cannot hold ns since 1970
  analyzer.push({ bytes: new Uint8Array(60), timeNs: 1.7e18 })
  // @ts-expect-error -- somebody has to take the connections
  use(new PacketAnalyzer({}))
  use(analyzer.finish().totals.connections)
  return found
}

/** Errors carry codes. */
export function codeOf(error: unknown): TeardownErrorCode | undefined {
  if (error instanceof CaptureError) use(error.offset, error.expected, error.found)
  return error instanceof TeardownError ? error.code : undefined
}

use(
  LINE_TYPES.flatMap(({ fields }) => fields.map(({ key, meaning }) => `${key}: ${meaning}`)),
  VERDICTS.map(({ verdict }) => SEVERITY[verdict]),
  ENDINGS.map(({ verdict, cause, advice }) => `${verdict}.${cause}: ${advice}`),
)

function use(..._values: readonly unknown[]): void {
  // Only the types matter.
}
