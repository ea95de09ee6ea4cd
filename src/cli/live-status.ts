// How a live source goes on, in the line at the bottom of the terminal.

import { count, grouped } from '../base/text.js'
import { StatusLine } from './status-line.js'

/** How often the rate is measured. */
const RATE_EVERY_MS = 1000

/** Shows packets, their rate, and what is open. */
export class LiveStatus {
  private readonly line = new StatusLine()
  private readonly hint: string
  private rate = 0
  private atMs = performance.now()
  private packets = 0

  /** `hint`: what Ctrl-C does. */
  constructor(hint: string) {
    this.hint = hint
  }

  /** Packets so far, and connections that are not over. */
  show(packets: number, open: number): void {
    const nowMs = performance.now()
    const elapsedMs = nowMs - this.atMs
    if (elapsedMs >= RATE_EVERY_MS) {
      this.rate = ((packets - this.packets) / elapsedMs) * 1000
      this.atMs = nowMs
      this.packets = packets
    }
    const rate = grouped(Math.round(this.rate))
    this.line.show(`${count(packets, 'packet')}, ${rate}/s, ${grouped(open)} open; ${this.hint}`)
  }

  /** Takes the line away, before anything else is written. */
  clear(): void {
    this.line.clear()
  }
}
