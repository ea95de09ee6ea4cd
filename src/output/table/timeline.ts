// The time that a table is about, and how times within it are written.

import { clockTime, msOfIso } from '../../base/clock-time.js'
import type { CaptureRow } from '../formats/format.js'

/** From the first packet of all captures to the last. */
export class Timeline {
  fromMs: number = Infinity
  toMs: number = -Infinity
  /** The clock of a capture was set while it ran: from the first time to the last is no span. */
  isClockSet = false
  private readonly isLocal: boolean

  constructor(isLocal: boolean) {
    this.isLocal = isLocal
  }

  /** Adds a capture; times that no calendar has are left out. */
  add({ start_time: start, end_time: end, clock_steps: steps }: CaptureRow): void {
    if (steps !== undefined) this.isClockSet = true
    const [from, to] = [start, end].map((time) => (time === undefined ? NaN : msOfIso(time)))
    if (from === undefined || to === undefined || Number.isNaN(from) || Number.isNaN(to)) return
    this.fromMs = Math.min(this.fromMs, from)
    this.toMs = Math.max(this.toMs, to)
  }

  get isKnown(): boolean {
    return this.fromMs <= this.toMs
  }

  /** "2026-11-25 20:01:18 – 20:01:25 UTC". */
  text(): string {
    const to = this.dateTime(this.toMs)
    return `${this.dateTime(this.fromMs)} – ${this.isOneDay ? to.slice(11) : to} ${this.zone}`
  }

  /** The zone of its times. */
  get zone(): string {
    return clockTime(this.toMs, this.isLocal)?.zone ?? ''
  }

  /** The time of an ISO 8601 text: to the millisecond, with its date where there are several. */
  shown(iso: string): string {
    const time = clockTime(msOfIso(iso), this.isLocal)
    if (time === undefined) return iso
    return this.isOneDay ? time.clock : `${time.date} ${time.clock}`
  }

  /** A time of day to the second, with its date where there are several. */
  second(ms: number): string {
    const text = this.dateTime(ms)
    return this.isOneDay ? text.slice(11) : text
  }

  /** From one time to another to the second, with a date once where it is the same. */
  span(fromMs: number, toMs: number): string {
    const [from, to] = [this.second(fromMs), this.second(toMs)]
    if (from === to) return from
    const [date, clock] = to.split(' ')
    const isSameDay = clock !== undefined && from.startsWith(`${date} `)
    return `${from} – ${isSameDay ? clock : to}`
  }

  private get isOneDay(): boolean {
    return this.dateTime(this.fromMs).slice(0, 10) === this.dateTime(this.toMs).slice(0, 10)
  }

  private dateTime(ms: number): string {
    const time = clockTime(ms, this.isLocal)
    return time === undefined ? '' : `${time.date} ${time.clock.slice(0, 8)}`
  }
}
