// One analyzer, pushed to its end, and what it handed over.

import type { Connection } from '../../../src/engine/connection.js'
import {
  type Packet,
  PacketAnalyzer,
  type PacketAnalyzerOptions,
} from '../../../src/library/packet-analyzer.js'

/** Settings of an analyzer without its callback. */
export type Settings = Omit<PacketAnalyzerOptions, 'onConnection'>

/** What is done behind a packet. */
export interface Settle {
  /** How many packets come before it. */
  readonly after: number
  readonly untilNs: bigint
}

/** An analyzer with what it handed over, as it was then. */
export class Analysis {
  readonly analyzer: PacketAnalyzer
  readonly connections: Connection[] = []
  /** Each connection as text, made in the callback. */
  readonly texts: string[] = []
  /** Called inside the callback, behind all else. */
  inside: (analyzer: PacketAnalyzer) => void = () => undefined
  private readonly buffer = new Uint8Array(1 << 16)

  constructor(settings: Settings) {
    this.analyzer = new PacketAnalyzer({
      ...settings,
      onConnection: (connection) => {
        this.connections.push(connection)
        this.texts.push(JSON.stringify(connection))
        this.inside(this.analyzer)
      },
    })
  }

  /** Pushes a packet from a buffer that is used again for the next one. */
  push(packet: Packet): void {
    const { bytes } = packet
    const place = this.buffer.subarray(7, 7 + bytes.length)
    place.set(bytes)
    this.analyzer.push({ ...packet, bytes: place })
  }

  /** Pushes everything and ends. */
  run(packets: readonly Packet[], settles: readonly Settle[] = []): this {
    for (const [i, packet] of packets.entries()) {
      this.push(packet)
      for (const { after, untilNs } of settles) if (after === i) this.analyzer.settle(untilNs)
    }
    this.analyzer.finish()
    return this
  }

  /** Packets that were no TCP segments. */
  get skipped(): number {
    return this.analyzer.skipped.reduce((sum, { packets }) => sum + packets, 0)
  }
}
