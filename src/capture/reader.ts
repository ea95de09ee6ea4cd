// What the framer asks of a reader of one format. Readers own no buffer: they see the framer's.

import type { CaptureDamage } from '../base/errors.js'
import type { CaptureClock } from './clock.js'
import type { CaptureInfo } from './info.js'
import type { InterfaceBudget } from './interface-budget.js'
import type { RecordHandler } from './record.js'

/**
 * Longest record this package takes, headers included: beyond it a length field is damage. Wireshark
 * stops at 256 KiB for most link types; TSO frames, D-Bus and USB records may be larger.
 */
export const MAX_RECORD_BYTES: number = 16 * 1024 * 1024

/** What a reader fills in, hands over to, and shares with others. */
export interface ReaderContext {
  readonly info: CaptureInfo
  readonly handler: RecordHandler
  readonly clock: CaptureClock
  readonly interfaceBudget: InterfaceBudget
  /** Time of records in front of the first that has one. */
  readonly untimedNs: number
}

/** Reads the records of one capture format in place. */
export interface Reader {
  /**
   * Delivers every whole record of `view[start, end)` and returns the offset of the first byte it
   * has not used; the next call starts with that byte.
   *
   * @param base Offset of `view[0]` in the capture, for errors.
   * @throws {CaptureError} at damage, when all records before it have been delivered.
   */
  read(view: DataView, start: number, end: number, base: number): number

  /**
   * What is missing if the capture ends here, with `view[start, end)` unused; undefined if it may.
   */
  missing(view: DataView, start: number, end: number, base: number): CaptureDamage | undefined

  /**
   * Time of the record that begins at `start` and is not there in whole; undefined where that cannot be told yet. Relative
   * ns, as handed over with the record.
   */
  pendingNs(view: DataView, start: number, end: number): number | undefined

  /** Gives back what it shares with others; nothing is read afterwards. */
  release(): void
}
