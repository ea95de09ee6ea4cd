// Analyses of captures in memory, and what of their connections can be compared.

import { CaptureError } from '../../src/base/errors.js'
import { Framer } from '../../src/capture/framer.js'
import { CaptureClock } from '../../src/capture/clock.js'
import { Pipeline } from '../../src/engine/pipeline.js'
import type { CompiledPath } from '../../src/tcp/compiled/compiled-path.js'
import { connectionOf } from '../../src/engine/connection.js'
import { type Connection, PacketAnalyzer } from '../../src/index.js'
import type { BuiltRecord } from '../support/capture-builder.js'

/** Without it the length of a capture decides what counts as idle. */
const IDLE_S = 60

/** Analyzes records. */
export function analyze(records: readonly BuiltRecord[]): Connection[] {
  const connections: Connection[] = []
  const analyzer = new PacketAnalyzer({ onConnection: (c) => connections.push(c), idleS: IDLE_S })
  for (const record of records) analyzer.push(record)
  analyzer.finish()
  return connections.sort((a, b) => a.stream - b.stream)
}

/** Analyzes a capture pushed in chunks that end at these places, up to its damage. */
export function analyzeBytes(
  bytes: Uint8Array,
  cuts: readonly number[] = [],
  compiled?: CompiledPath,
): unknown {
  const connections: Connection[] = []
  const clock = new CaptureClock()
  const handler = {
    onConnection: (from: Parameters<typeof connectionOf>[0]) =>
      connections.push(connectionOf(from)),
  }
  const analysis = new Pipeline('-', clock, handler, { idleS: IDLE_S, compiled })
  const framer = new Framer(analysis, clock, { bufferBytes: 16, room: compiled?.view })
  analysis.origin = framer.info
  let message = ''
  try {
    const places = [
      0,
      ...cuts.filter((cut) => cut < bytes.length).sort((a, b) => a - b),
      bytes.length,
    ]
    for (const [i, from] of places.entries())
      framer.push(bytes.subarray(from, places[i + 1] ?? from))
    framer.finish()
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error
    ;({ message } = error)
  }
  analysis.finish()
  return { connections, info: framer.info, skipped: analysis.decodeCounts(), message }
}

/** A connection as if it were alone in its capture: without its stream number, packets counted from its own first. */
export function alone(connection: Connection, frames: readonly number[]): Connection {
  const { evidence, findings } = connection
  const own = (frame: number | string): number => frames.indexOf(Number(frame)) + 1
  const ownText = (says: string): string =>
    says.replaceAll(/packets? \d+(?:(?:, | and | to )\d+)*/g, (text) =>
      text.replaceAll(/\d+/g, (frame) => String(own(frame))),
    )
  return {
    ...connection,
    stream: 0,
    wireshark_filter: connection.wireshark_filter.replaceAll(
      /(frame\.number[<>]=)(\d+)/g,
      (_text, name: string, frame: string) => `${name}${own(frame)}`,
    ),
    explanation: ownText(connection.explanation),
    ...(findings === undefined
      ? {}
      : {
          findings: findings.map((finding) =>
            Object.assign(finding, { packet: own(finding.packet), says: ownText(finding.says) }),
          ),
        }),
    ...(evidence === undefined
      ? {}
      : {
          evidence: evidence.map(({ packet, time, shows }) => ({
            packet: own(packet),
            time,
            shows,
          })),
        }),
  }
}
