// Captures for the tests of the engine, and ways to analyze them.

import {
  type AnalyzeOptions,
  type CaptureReport,
  type CaptureSource,
  type Connection,
  analyzeCapture,
} from '../../../src/index.js'
import { type BuiltRecord, buildPcap } from '../../support/capture-builder.js'
import { scenarioFrames } from '../../support/scenario.js'

/** Open, request, answer, close by the client. */
export const CLOSED = `
0.000 > S 0:0(0)
0.001 < S. 0:0(0) ack 1
0.002 > . 1:1(0) ack 1
0.010 > P. 1:101(100) ack 1
0.020 < P. 1:201(200) ack 101
1.000 > F. 101:101(0) ack 201
1.001 < F. 201:201(0) ack 102
1.002 > . 102:102(0) ack 202`

/** Opened, and reset after two seconds. */
export const RESET = `
2.000 > S 0:0(0)
2.001 < S. 0:0(0) ack 1
2.002 > . 1:1(0) ack 1
4.000 < R. 1:1(0) ack 1`

/** Opened, and still open. */
export const OPEN = `
5.000 > S 0:0(0)
5.001 < S. 0:0(0) ack 1
5.002 > . 1:1(0) ack 1
6.000 > P. 1:101(100) ack 1
6.001 < . 1:1(0) ack 101`

/** Records of several connections one after another, each with its own client port. */
export function recordsOf(...texts: readonly string[]): BuiltRecord[] {
  const records = texts.flatMap((text, i) => scenarioFrames(text, { clientPort: 40_000 + i }))
  return records.sort((a, b) => Number(a.timeNs - b.timeNs))
}

/** A ns pcap of the three connections above, in the order of their streams. */
export function threeConnections(): Uint8Array {
  return buildPcap(recordsOf(CLOSED, RESET, OPEN), { format: 'pcap-ns' })
}

/** Bytes as a stream of chunks of one size. */
export async function* chunked(
  bytes: Uint8Array,
  size: number = bytes.length,
): AsyncGenerator<Uint8Array, void, undefined> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

/** All that is said about a capture. */
export interface Analyzed {
  readonly connections: Connection[]
  readonly report: CaptureReport
  /** What the iteration ended with, behind the last connection. */
  readonly thrown: unknown
}

/** Takes all connections of a capture in the pull form. */
export async function pull(
  source: CaptureSource | Uint8Array,
  options: AnalyzeOptions = {},
): Promise<Analyzed> {
  const capture = analyzeCapture(source instanceof Uint8Array ? chunked(source) : source, options)
  const connections: Connection[] = []
  let thrown: unknown
  try {
    for await (const connection of capture) connections.push(connection)
  } catch (error) {
    thrown = error
  }
  return { connections, report: await capture.report, thrown }
}

/** `verdict.cause` of each connection. */
export function endings(connections: readonly Connection[]): string[] {
  return connections.map(({ verdict, cause }) => `${verdict}.${cause}`)
}
