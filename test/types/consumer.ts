// A user's program: compiled against the built declarations, never run. Each @ts-expect-error marks a mistake that the
// types have to catch.

import {
  type AnalyzeOptions,
  COLUMNS,
  CaptureError,
  type CaptureReport,
  type Closer,
  type Confidence,
  type Connection,
  ENDINGS,
  type Ending,
  type EvidenceRow,
  PacketAnalyzer,
  TeardownError,
  type TeardownErrorCode,
  VERDICTS,
  type Verdict,
  analyzeCapture,
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
    // @ts-expect-error -- connections are read-only
    c.stream = 1
    // @ts-expect-error -- absent when it did not happen
    c.fin_to_fin_s.toFixed(3)
  }
  return capture.report
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
  analyzer.finish()
  return found
}

/** Errors carry codes. */
export function codeOf(error: unknown): TeardownErrorCode | undefined {
  if (error instanceof CaptureError) use(error.offset, error.expected, error.found)
  return error instanceof TeardownError ? error.code : undefined
}

use(
  COLUMNS.map(({ key, doc }) => `${key}: ${doc}`),
  VERDICTS.map(({ verdict }) => SEVERITY[verdict]),
  ENDINGS.map(({ verdict, cause, advice }) => `${verdict}.${cause}: ${advice}`),
)

function use(..._values: readonly unknown[]): void {
  // Only the types matter.
}
