// The time that a table is about, and how times within it are written.

/** From the first packet of all captures to the last. */
export class Timeline {
  fromMs: number = Infinity
  toMs: number = -Infinity

  /** Adds a capture; times that no calendar has are left out. */
  add(start: string | undefined, end: string | undefined): void {
    const [from, to] = [start, end].map((time) => (time === undefined ? NaN : Date.parse(time)))
    if (from === undefined || to === undefined || Number.isNaN(from) || Number.isNaN(to)) return
    this.fromMs = Math.min(this.fromMs, from)
    this.toMs = Math.max(this.toMs, to)
  }

  get isKnown(): boolean {
    return this.fromMs <= this.toMs
  }

  /** "2026-11-25 20:01:18 – 20:01:25 UTC". */
  text(): string {
    const [from, to] = [this.fromMs, this.toMs].map((ms) => dateTime(ms))
    if (from === undefined || to === undefined) return ''
    return `${from} – ${this.isOneDay ? to.slice(11) : to} UTC`
  }

  /** The time of an ISO 8601 text: to the millisecond, with its date where there are several. */
  shown(iso: string): string {
    const [date = '', time = ''] = iso.split('T')
    const clock = time.slice(0, 12)
    return this.isOneDay || time === '' ? clock || iso : `${date} ${clock}`
  }

  /** A time of day to the second, with its date where there are several. */
  second(ms: number): string {
    const text = dateTime(ms)
    return this.isOneDay ? text.slice(11) : text
  }

  private get isOneDay(): boolean {
    return dateTime(this.fromMs).slice(0, 10) === dateTime(this.toMs).slice(0, 10)
  }
}

function dateTime(ms: number): string {
  const date = new Date(ms)
  return Number.isNaN(date.getTime()) ? '' : date.toISOString().slice(0, 19).replace('T', ' ')
}
