// The progress bar: on stderr, only on a terminal, by bytes read.

import { SingleBar } from 'cli-progress'
import { count, printable } from '../base/text.js'
import type { Progress } from '../engine/analyze-source.js'

const REDRAWS_PER_SECOND = 10

/** Shows how far a run is. */
export class ProgressBar {
  private readonly bar: SingleBar
  private readonly startedMs = Date.now()
  private running = false
  private doneBytes = 0
  private donePackets = 0

  constructor() {
    this.bar = new SingleBar({
      format: '{bar} {percentage} %  {rate} MB/s  {packets}  {connections}  {name}',
      stream: process.stderr,
      fps: REDRAWS_PER_SECOND,
      hideCursor: true,
      clearOnComplete: true,
      barsize: 24,
    })
  }

  /** Shows the state of the capture that is being read. */
  update(name: string, progress: Progress): void {
    const total = progress.totalBytes ?? progress.readBytes
    const payload = {
      rate: this.rate(progress.readBytes),
      packets: count(this.donePackets + progress.packets, 'packet'),
      connections: count(progress.connections, 'connection'),
      name: printable(name),
    }
    if (this.running) {
      this.bar.setTotal(total)
      this.bar.update(progress.readBytes, payload)
    } else {
      this.bar.start(total, progress.readBytes, payload)
      this.running = true
    }
  }

  /** One capture is done. */
  done(progress: Progress | undefined): void {
    this.doneBytes += progress?.readBytes ?? 0
    this.donePackets += progress?.packets ?? 0
  }

  /** Removes the bar. */
  stop(): void {
    if (this.running) this.bar.stop()
    this.running = false
  }

  private rate(readBytes: number): string {
    const seconds = Math.max(1, Date.now() - this.startedMs) / 1000
    return ((this.doneBytes + readBytes) / 1e6 / seconds).toFixed(0)
  }
}
