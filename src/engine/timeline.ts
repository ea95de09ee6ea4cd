// What has been read of a capture: how many records, how many bytes, from when to when. Kept in cells, which the compiled path
// counts in as well.

import {
  READ_CELLS,
  READ_END_NS,
  READ_LAST_NS,
  READ_RECORDS,
  READ_SEGMENTS,
  READ_START_NS,
  READ_WIRE_BYTES,
} from '../tcp/compiled/exchange.js'

/** Records of one clock are not that far out of order: packets wait for a second in a buffer at most. */
const STEP_BACK_NS = 5e9
/** Nothing at all for so long, in a capture that goes on, is a clock that was set. */
const STEP_AHEAD_NS = 30 * 86_400e9
/** From here on the time before the step says nothing about how long nothing has happened. */
const LONG_BACK_NS = 3600e9

/** The records of one capture, or of several that are read as one. */
export class Timeline {
  /** How often the clock was set between two records. */
  clockSteps = 0
  /** The last record before which it was. */
  clockStepFrame = 0
  private readonly cells: Float64Array

  constructor(cells: Float64Array = new Float64Array(READ_CELLS)) {
    this.cells = cells
  }

  /** Records so far, entries without a frame included: Wireshark's frame.number of the last one. */
  get frame(): number {
    return this.cells[READ_RECORDS] as number
  }

  /** Bytes on the wire, as the capture says. */
  get wireBytes(): number {
    return this.cells[READ_WIRE_BYTES] as number
  }

  /** Earliest record time, relative ns. */
  get startNs(): number {
    return this.cells[READ_START_NS] as number
  }

  /** Latest record time, relative ns. */
  get endNs(): number {
    return this.cells[READ_END_NS] as number
  }

  /** Time of the last record. */
  get lastNs(): number {
    return this.cells[READ_LAST_NS] as number
  }

  /** TCP segments so far. */
  get segments(): number {
    return this.cells[READ_SEGMENTS] as number
  }

  /** Counts a record. */
  add(origlen: number, timeNs: number): void {
    const { cells, frame } = this
    const elapsedNs = timeNs - this.lastNs
    cells[READ_LAST_NS] = timeNs
    if (frame === 0) cells[READ_START_NS] = cells[READ_END_NS] = timeNs
    else if (elapsedNs < -STEP_BACK_NS || elapsedNs > STEP_AHEAD_NS) this.onClockStep(timeNs)
    else if (timeNs > this.endNs) cells[READ_END_NS] = timeNs
    else if (timeNs < this.startNs) cells[READ_START_NS] = timeNs
    cells[READ_RECORDS] = frame + 1
    cells[READ_WIRE_BYTES] = this.wireBytes + origlen
  }

  /** Counts the last record as a segment. */
  addSegment(): void {
    this.cells[READ_SEGMENTS] = this.segments + 1
  }

  /** Counts an entry without a frame. */
  skip(): void {
    this.cells[READ_RECORDS] = this.frame + 1
  }

  /** The clock was set. After a long way back it is the new one that tells how long nothing has happened. */
  private onClockStep(timeNs: number): void {
    const { cells } = this
    this.clockSteps++
    this.clockStepFrame = this.frame + 1
    cells[READ_START_NS] = Math.min(this.startNs, timeNs)
    if (timeNs > this.endNs || timeNs < this.endNs - LONG_BACK_NS) cells[READ_END_NS] = timeNs
  }
}
