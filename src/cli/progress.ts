// The progress bar: on stderr, only on a terminal, by bytes read, over all captures of a run.

import { SingleBar } from 'cli-progress'
import { count, grouped, printable } from '../base/text.js'
import type { Progress } from '../engine/analyze-source.js'

const REDRAWS_PER_SECOND = 10
/** Before that nobody can say how long it takes. */
const LEAST_MS = 1000
const NAME_CHARS = 24

/** What a run reads. */
export interface RunSize {
  readonly captures: number
  /** NaN when some of it is a pipe. */
  readonly bytes: number
}

/** "6 s", "2 min 5 s", "1 h 3 min". */
function clockText(seconds: number): string {
  const [hours, minutes, rest] = [
    Math.floor(seconds / 3600),
    Math.floor(seconds / 60) % 60,
    seconds % 60,
  ]
  if (hours > 0) return `${hours} h ${minutes} min`
  return minutes > 0 ? `${minutes} min ${rest} s` : `${rest} s`
}

/** The end of a name tells more than its beginning. */
function shortName(name: string): string {
  return name.length > NAME_CHARS ? `...${name.slice(3 - NAME_CHARS)}` : name
}

/** Shows how far a run is. */
export class ProgressBar {
  private readonly size: RunSize
  private readonly bar: SingleBar
  private readonly startedMs = Date.now()
  private running = false
  /** Captures that are being read. */
  private readonly current = new Map<string, Progress>()
  private readonly done = { captures: 0, bytes: 0, connections: 0 }

  constructor(size: RunSize) {
    this.size = size
    this.bar = new SingleBar({
      format: '{bar} {percentage} %  {rate} MB/s{left}  {captures}{connections}  {name}',
      stream: process.stderr,
      fps: REDRAWS_PER_SECOND,
      hideCursor: true,
      clearOnComplete: true,
      barsize: 24,
    })
  }

  /** Shows the state of a capture that is being read. */
  update(name: string, progress: Progress): void {
    this.current.set(name, progress)
    const { done } = this
    let { bytes, connections } = done
    for (const each of this.current.values()) {
      bytes += each.readBytes
      connections += each.connections
    }
    const known = Number.isNaN(this.size.bytes) ? progress.totalBytes : this.size.bytes
    const total = Math.max(known ?? bytes, bytes)
    const { captures } = this.size
    const payload = {
      rate: (this.perSecond(bytes) / 1e6).toFixed(0),
      left: this.leftText(bytes, total),
      captures: captures > 1 ? `${grouped(done.captures)} of ${count(captures, 'capture')}, ` : '',
      connections: count(connections, 'connection'),
      name: shortName(printable(name)),
    }
    if (this.running) {
      this.bar.setTotal(total)
      this.bar.update(bytes, payload)
    } else {
      this.bar.start(total, bytes, payload)
      this.running = true
    }
  }

  /** A capture has been read. */
  finish(name: string): void {
    const last = this.current.get(name)
    this.current.delete(name)
    this.done.captures++
    this.done.bytes += last?.readBytes ?? 0
    this.done.connections += last?.connections ?? 0
  }

  /** Removes the bar. */
  stop(): void {
    if (this.running) this.bar.stop()
    this.running = false
  }

  private perSecond(bytes: number): number {
    return bytes / (Math.max(1, Date.now() - this.startedMs) / 1000)
  }

  private leftText(bytes: number, total: number): string {
    const isKnown = total > bytes && Date.now() - this.startedMs >= LEAST_MS
    if (!isKnown) return ''
    const seconds = Math.max(1, Math.round((total - bytes) / this.perSecond(bytes)))
    return `, ${clockText(seconds)} left`
  }
}
