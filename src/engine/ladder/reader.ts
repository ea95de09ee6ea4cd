// The second reading of a capture: the same tracker over the same packets, and a look at one connection's record after
// each packet of it.

import { CaptureError, TeardownError } from '../../base/errors.js'
import { CaptureClock } from '../../capture/clock.js'
import { Framer } from '../../capture/framer.js'
import type { RecordHandler } from '../../capture/record.js'
import { readCapture } from '../../capture/source.js'
import type { Ladder } from '../../output/ladder/packet.js'
import { Tracker } from '../../tcp/tracker.js'
import { ICMP_ERROR, SEGMENT } from '../../wire/decode-status.js'
import { Decoder } from '../../wire/decode.js'
import type { Segment } from '../../wire/segment.js'
import { LadderObserver } from './observer.js'
import { LadderWindow } from './window.js'

/** The connection whose ladder is wanted, as the first reading found it. */
export interface LadderTarget {
  readonly stream: number
  /** Side of the connection record that is the client. */
  readonly clientSide: number
  /** Port of either side. */
  readonly ports: readonly [number, number]
  /** What evidence packets show, by packet number. */
  readonly shows: ReadonlyMap<number, string>
  /** Packets of the first reading; a capture that grows is read no further. */
  readonly packets: number
  /** Addresses are replaced: numbers that may be one are left out. */
  readonly isAnonymous: boolean
}

/**
 * Reads `path` and collects the packets of one connection. A capture that is damaged is read up to the damage.
 *
 * @throws {TeardownError} ERR_READ if less is there than at the first reading.
 */
export async function readLadder(
  path: string,
  target: LadderTarget,
  signal?: AbortSignal,
): Promise<Ladder> {
  const clock = new CaptureClock()
  const reader = new LadderReader(target)
  try {
    await readCapture(path, new Framer(reader, clock), { signal })
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error
  }
  if (reader.frames < target.packets) {
    const packets = `${reader.frames} packets after ${target.packets}`
    throw new TeardownError('ERR_READ', `cannot read ${path} twice: it has changed (${packets})`)
  }
  return reader.window.ladder()
}

/** Takes the records of a capture. */
class LadderReader implements RecordHandler {
  readonly window = new LadderWindow()
  private readonly target: LadderTarget
  private readonly decoder = new Decoder()
  private readonly tracker = new Tracker({ onEnd: () => false })
  private readonly observer: LadderObserver
  /** Packets read so far. */
  frames = 0

  constructor(target: LadderTarget) {
    this.target = target
    const { clientSide, isAnonymous } = target
    this.observer = new LadderObserver(this.tracker.table, clientSide, isAnonymous)
  }

  onRecord(
    view: DataView,
    start: number,
    end: number,
    origlen: number,
    linktype: number,
    timeNs: number,
  ): void {
    const frame = ++this.frames
    const { decoder, tracker } = this
    if (frame > this.target.packets) return
    const status = decoder.decode(view, start, end, origlen, linktype, timeNs)
    if (status === SEGMENT) {
      const seg = decoder.segment
      tracker.onSegment(seg, decoder.segmentView, frame, timeNs)
      const record = this.recordOf(seg)
      if (record >= 0) {
        const side = tracker.table.side
        const shows = this.target.shows.get(frame)
        this.window.add(this.observer.segment(record, side, seg, frame, timeNs, shows))
      }
    } else if (status === ICMP_ERROR) {
      const { quoted, icmpType, icmpCode } = decoder
      // The tracker is told of the kind for the evidence only, which was judged in the first reading.
      tracker.onIcmpError(quoted, 0, frame, timeNs)
      const record = this.recordOf(quoted)
      if (record >= 0) {
        const shows = this.target.shows.get(frame)
        const text = `ICMP type ${icmpType} code ${icmpCode}`
        this.window.add(this.observer.icmp(record, text, frame, timeNs, shows))
      }
    }
  }

  onSkippedRecord(): void {
    this.frames++
  }

  /** The record of a segment of the wanted connection, else -1. */
  private recordOf(seg: Segment): number {
    const { ports, stream } = this.target
    const [a, b] = ports
    const isNear =
      (seg.srcPort === a && seg.dstPort === b) || (seg.srcPort === b && seg.dstPort === a)
    if (!isNear) return -1
    const { table } = this.tracker
    const record = table.find(seg)
    if (record < 0) return -1
    return table.streamOf(record) === stream ? record : -1
  }
}
