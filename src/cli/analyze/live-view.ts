// What somebody sees on a terminal while packets come in: a line for each ending that is worth one, and how it goes on.

import { count, grouped } from '../../base/text.js'
import type { Progress } from '../../engine/analyze-source.js'
import type { ConnectionHandler, EndedConnection } from '../../engine/ended-connection.js'
import { isNotableConnection } from '../../output/collect/groups.js'
import { textLines } from '../../output/live/text-lines.js'
import { LiveWriter } from '../../output/live/writer.js'
import { tableStyle } from '../../output/style.js'
import type { Look } from '../context.js'
import type { Output } from '../output.js'
import { StatusLine } from '../status-line.js'

/** Packets that are older come out of a file: their endings are told in the table. */
const LIVE_MS = 60_000
const NS_PER_MS = 1e6

/** Shows the endings of a live source. */
export class LiveView implements ConnectionHandler {
  private readonly output: Output
  private readonly writer: LiveWriter
  private readonly status = new StatusLine()
  /** Packets a second since the last look, and when that was. */
  private rate = 0
  private atMs = performance.now()
  private packets = 0

  constructor(output: Output, { width, colour }: Look) {
    this.output = output
    this.writer = new LiveWriter(textLines({ width, style: tableStyle(colour) }), output)
  }

  onConnection(c: EndedConnection): void {
    const { verdict } = c.j
    // What is still open is told at the end.
    if (verdict === 'lingering_established' || verdict === 'incomplete') return
    const endedMs = (Number(c.baseNs) + c.e.endNs) / NS_PER_MS
    if (Date.now() - endedMs > LIVE_MS || !isNotableConnection(c)) return
    this.status.clear()
    this.writer.connection(c)
    this.writer.pass()
    this.output.flush()
  }

  /** Shows how far the reading is. */
  update({ packets, connections }: Progress): void {
    const nowMs = performance.now()
    const seconds = (nowMs - this.atMs) / 1000
    if (seconds >= 1) {
      this.rate = (packets - this.packets) / seconds
      this.atMs = nowMs
      this.packets = packets
    }
    const rate = grouped(Math.round(this.rate))
    this.status.show(
      `${count(packets, 'packet')}, ${rate}/s, ${count(connections, 'connection')}; Ctrl-C for the table`,
    )
  }

  stop(): void {
    this.status.clear()
  }
}
