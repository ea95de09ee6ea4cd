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

/** Takes the ends before a run that belong to it. */
export interface RunHandler {
  /** One that is kept, at `row`. */
  keepRow(row: number): void
  /** One that had been left out. */
  addCells(cells: Float64Array, index: number, endpoint: number, group: number): void
}

/** The last ends of each endpoint by its server. */
export class CloseRuns {
  private lastNs = new Float64Array(FIRST_ENDPOINTS).fill(NaN)
  private usualNs = new Float64Array(FIRST_ENDPOINTS).fill(Infinity)
  private runs = new Uint32Array(FIRST_ENDPOINTS)
  /** Of each endpoint as many ends as a run needs, in turns: the row or the digest, and the group. */
  private rows = new Int32Array(FIRST_ENDPOINTS * FEWEST_RUN).fill(NOT_KEPT)
  private groups = new Int32Array(FIRST_ENDPOINTS * FEWEST_RUN).fill(NOT_KEPT)
  private cells = new Float64Array(FIRST_ENDPOINTS * FEWEST_RUN * DIGEST_CELLS)
  private turns = new Uint32Array(FIRST_ENDPOINTS)
  /** First and last end of the last run. */
  private runFirstNs = new Float64Array(FIRST_ENDPOINTS).fill(NaN)
  private runLastNs = new Float64Array(FIRST_ENDPOINTS).fill(NaN)
  private outliving = new Uint8Array(FIRST_ENDPOINTS)
  private behind = new Uint8Array(FIRST_ENDPOINTS)

  /** Whether an end at `ns` belongs to a run; when one begins to be noticed, `handler` gets the ends before it. */
  isInRun(endpoint: number, ns: number, handler: RunHandler): boolean {
    if (endpoint >= this.lastNs.length) this.grow()
    const { lastNs, usualNs, runs } = this
    const gapNs = Math.abs(ns - (lastNs[endpoint] as number))
    lastNs[endpoint] = ns
    // Also of the first one, whose time since the one before is NaN.
    if (!(gapNs <= AT_ONCE_NS && gapNs * USUAL_SHARE < (usualNs[endpoint] as number))) {
      runs[endpoint] = 0
      this.learn(endpoint, gapNs)
      return false
    }
    const run = (runs[endpoint] as number) + 1
    runs[endpoint] = run
    if (run < FEWEST_RUN) return false
    if (run === FEWEST_RUN) {
      this.handOver(endpoint, handler)
      this.runFirstNs[endpoint] = ns - FEWEST_RUN * AT_ONCE_NS
      this.outliving[endpoint] = this.behind[endpoint] = 0
    }
    this.runLastNs[endpoint] = ns
    return true
  }

  /** Whether a connection tells that the service lived on behind its last run: open before and after it, or taken then. */
  tellsOfLife(endpoint: number, startNs: number, closedNs: number): boolean {
    if (endpoint >= this.lastNs.length) return false
    const lastNs = this.runLastNs[endpoint] as number
    if (startNs > lastNs) {
      if (startNs - lastNs > BEHIND_NS || (this.behind[endpoint] as number) >= MOST_BEHIND)
        return false
      this.behind[endpoint] = (this.behind[endpoint] as number) + 1
      return true
    }
    if (!(startNs < (this.runFirstNs[endpoint] as number)) || closedNs <= lastNs + AT_ONCE_NS)
      return false
    if ((this.outliving[endpoint] as number) >= MOST_OUTLIVING) return false
    this.outliving[endpoint] = (this.outliving[endpoint] as number) + 1
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

  private learn(endpoint: number, gapNs: number): void {
    if (Number.isNaN(gapNs)) return
    const usualNs = this.usualNs[endpoint] as number
    this.usualNs[endpoint] = usualNs === Infinity ? gapNs : usualNs + (gapNs - usualNs) * LAST_SHARE
  }

  private handOver(endpoint: number, handler: RunHandler): void {
    const turn = this.turns[endpoint] as number
    for (let back = FEWEST_RUN; back >= 1; back--) {
      const slot = endpoint * FEWEST_RUN + ((turn - back + FEWEST_RUN) % FEWEST_RUN)
      const row = this.rows[slot] as number
      const group = this.groups[slot] as number
      if (row !== NOT_KEPT) handler.keepRow(row)
      else if (group !== NOT_KEPT) handler.addCells(this.cells, slot, endpoint, group)
    }
  }

  private nextSlot(endpoint: number): number {
    const turn = this.turns[endpoint] as number
    this.turns[endpoint] = turn + 1
    return endpoint * FEWEST_RUN + (turn % FEWEST_RUN)
  }

  private grow(): void {
    const places = 2 * this.lastNs.length
    const { lastNs, usualNs, runs, rows, groups, cells, turns } = this
    this.lastNs = new Float64Array(places).fill(NaN)
    this.lastNs.set(lastNs)
    this.usualNs = new Float64Array(places).fill(Infinity)
    this.usualNs.set(usualNs)
    this.runs = new Uint32Array(places)
    this.runs.set(runs)
    this.turns = new Uint32Array(places)
    this.turns.set(turns)
    this.growRuns(places)
    this.rows = new Int32Array(places * FEWEST_RUN).fill(NOT_KEPT)
    this.rows.set(rows)
    this.groups = new Int32Array(places * FEWEST_RUN).fill(NOT_KEPT)
    this.groups.set(groups)
    this.cells = new Float64Array(places * FEWEST_RUN * DIGEST_CELLS)
    this.cells.set(cells)
  }

  private growRuns(places: number): void {
    const { runFirstNs, runLastNs, outliving, behind } = this
    this.runFirstNs = new Float64Array(places).fill(NaN)
    this.runFirstNs.set(runFirstNs)
    this.runLastNs = new Float64Array(places).fill(NaN)
    this.runLastNs.set(runLastNs)
    this.outliving = new Uint8Array(places)
    this.outliving.set(outliving)
    this.behind = new Uint8Array(places)
    this.behind.set(behind)
  }
}
