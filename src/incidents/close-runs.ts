// Services that end several connections in one instant, noticed while digests are added: such ends are never thinned out.

import { DIGEST_CELLS } from './digest.js'

/** Ends follow each other at once when the time between them is that much shorter than usual … */
const USUAL_SHARE = 32
/** … and not longer than this. */
const AT_ONCE_NS = 20e6
/** So many times at once in a row are no chance: of ends at random 3 in 100,000. */
const FEWEST_RUN = 3
/** Weight of the last time between two ends in what is usual. */
const LAST_SHARE = 1 / 16

/** Connections kept of a run because they outlived it, or were taken behind it. */
const MOST_OUTLIVING = 32
const MOST_BEHIND = 8
/** Behind a run is so soon after it. */
const BEHIND_NS = 10e9

const FIRST_ENDPOINTS = 16
const NOT_KEPT = -1
/** Cells of a line of cache. */
const LINE_CELLS = 8

/** Takes the ends before a run that belong to it. */
export interface RunHandler {
  /** One that is kept, at `row`. */
  keepRow(row: number): void
  /** One that had been left out. */
  addCells(cells: Float64Array, index: number, endpoint: number, group: number): void
}

// Numbers of an endpoint, side by side: a line of cache.
/** Its last end, NaN for none. */
const LAST_NS = 0
/** What is usual between two of them, Infinity when unknown. */
const USUAL_NS = 1
/** First and last end of the last run. */
const RUN_FIRST_NS = 2
const RUN_LAST_NS = 3
/** Ends at once in a row. */
const RUN = 4
/** Ends remembered so far. */
const TURN = 5
/** Connections kept because they outlived the run, or were taken behind it. */
const OUTLIVING = 6
const BEHIND = 7
const NUMBERS = 8

/** The last ends of each endpoint by its server. */
export class CloseRuns {
  private numbers = unknown(FIRST_ENDPOINTS)
  /** Of each endpoint as many ends as a run needs, in turns: the row or the digest, and the group. */
  private rows = new Int32Array(FIRST_ENDPOINTS * FEWEST_RUN).fill(NOT_KEPT)
  private groups = new Int32Array(FIRST_ENDPOINTS * FEWEST_RUN).fill(NOT_KEPT)
  private cells = new Float64Array(FIRST_ENDPOINTS * FEWEST_RUN * DIGEST_CELLS)

  /** Reads what the next end at these places will read; -1 is none. The sum says nothing. */
  lookAhead(places: Int32Array, count: number): number {
    const { numbers, rows, groups, cells } = this
    let sum = 0
    for (let i = 0; i < count; i++) {
      const place = places[i] as number
      const at = place * NUMBERS
      if (at >= 0 && at < numbers.length) sum += numbers[at] as number
    }
    for (let i = 0; i < count; i++) {
      const place = places[i] as number
      const at = place * NUMBERS
      if (at < 0 || at >= numbers.length) continue
      const slot = place * FEWEST_RUN + ((numbers[at + TURN] as number) % FEWEST_RUN)
      sum += (rows[slot] as number) + (groups[slot] as number)
      for (let k = 0; k < DIGEST_CELLS; k += LINE_CELLS)
        sum += cells[slot * DIGEST_CELLS + k] as number
    }
    return sum
  }

  /** Whether an end at `ns` belongs to a run; when one begins to be noticed, `handler` gets the ends before it. */
  isInRun(endpoint: number, ns: number, handler: RunHandler): boolean {
    if (endpoint * NUMBERS >= this.numbers.length) this.grow()
    const { numbers } = this
    const at = endpoint * NUMBERS
    const gapNs = Math.abs(ns - (numbers[at + LAST_NS] as number))
    numbers[at + LAST_NS] = ns
    // Also of the first one, whose time since the one before is NaN.
    if (!(gapNs <= AT_ONCE_NS && gapNs * USUAL_SHARE < (numbers[at + USUAL_NS] as number))) {
      numbers[at + RUN] = 0
      this.learn(at, gapNs)
      return false
    }
    const run = (numbers[at + RUN] as number) + 1
    numbers[at + RUN] = run
    if (run < FEWEST_RUN) return false
    if (run === FEWEST_RUN) {
      this.handOver(endpoint, handler)
      numbers[at + RUN_FIRST_NS] = ns - FEWEST_RUN * AT_ONCE_NS
      numbers[at + OUTLIVING] = numbers[at + BEHIND] = 0
    }
    numbers[at + RUN_LAST_NS] = ns
    return true
  }

  /** Whether a connection tells that the service lived on behind its last run: open before and after it, or taken then. */
  tellsOfLife(endpoint: number, startNs: number, closedNs: number): boolean {
    const { numbers } = this
    const at = endpoint * NUMBERS
    if (at >= numbers.length) return false
    const lastNs = numbers[at + RUN_LAST_NS] as number
    if (startNs > lastNs)
      return startNs - lastNs <= BEHIND_NS && this.hasRoom(at + BEHIND, MOST_BEHIND)
    if (!(startNs < (numbers[at + RUN_FIRST_NS] as number)) || closedNs <= lastNs + AT_ONCE_NS)
      return false
    return this.hasRoom(at + OUTLIVING, MOST_OUTLIVING)
  }

  /** Counts one more at a place that holds so many at most. */
  private hasRoom(at: number, most: number): boolean {
    const kept = this.numbers[at] as number
    if (kept >= most) return false
    this.numbers[at] = kept + 1
    return true
  }

  /** Remembers an end that is kept at `row`. */
  rememberRow(endpoint: number, row: number): void {
    this.rows[this.nextSlot(endpoint)] = row
  }

  /** Remembers an end that is left out. */
  rememberCells(endpoint: number, group: number, from: Float64Array, index: number): void {
    const slot = this.nextSlot(endpoint)
    this.rows[slot] = NOT_KEPT
    this.groups[slot] = group
    for (let k = 0; k < DIGEST_CELLS; k++)
      this.cells[slot * DIGEST_CELLS + k] = from[index * DIGEST_CELLS + k] as number
  }

  /** The rows have other places now. */
  forgetRows(): void {
    const { rows, groups } = this
    for (let slot = 0; slot < rows.length; slot++)
      if (rows[slot] !== NOT_KEPT) groups[slot] = rows[slot] = NOT_KEPT
  }

  private learn(at: number, gapNs: number): void {
    if (Number.isNaN(gapNs)) return
    const usualNs = this.numbers[at + USUAL_NS] as number
    this.numbers[at + USUAL_NS] =
      usualNs === Infinity ? gapNs : usualNs + (gapNs - usualNs) * LAST_SHARE
  }

  private handOver(endpoint: number, handler: RunHandler): void {
    const turn = this.numbers[endpoint * NUMBERS + TURN] as number
    for (let back = FEWEST_RUN; back >= 1; back--) {
      const slot = endpoint * FEWEST_RUN + ((turn - back + FEWEST_RUN) % FEWEST_RUN)
      const row = this.rows[slot] as number
      const group = this.groups[slot] as number
      if (row !== NOT_KEPT) handler.keepRow(row)
      else if (group !== NOT_KEPT) handler.addCells(this.cells, slot, endpoint, group)
    }
  }

  private nextSlot(endpoint: number): number {
    const at = endpoint * NUMBERS + TURN
    const turn = this.numbers[at] as number
    this.numbers[at] = turn + 1
    return endpoint * FEWEST_RUN + (turn % FEWEST_RUN)
  }

  private grow(): void {
    const { numbers, rows, groups, cells } = this
    this.numbers = unknown((2 * numbers.length) / NUMBERS)
    this.numbers.set(numbers)
    this.rows = new Int32Array(2 * rows.length).fill(NOT_KEPT)
    this.rows.set(rows)
    this.groups = new Int32Array(2 * groups.length).fill(NOT_KEPT)
    this.groups.set(groups)
    this.cells = new Float64Array(2 * cells.length)
    this.cells.set(cells)
  }
}

/** Numbers of endpoints of which nothing is known. */
function unknown(endpoints: number): Float64Array {
  const numbers = new Float64Array(endpoints * NUMBERS)
  for (let at = 0; at < numbers.length; at += NUMBERS) {
    numbers[at + LAST_NS] = numbers[at + RUN_FIRST_NS] = numbers[at + RUN_LAST_NS] = NaN
    numbers[at + USUAL_NS] = Infinity
  }
  return numbers
}
