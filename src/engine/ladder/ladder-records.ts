// Takes the records of a capture at its second reading: the same tracker over the same packets, and a look at the records of
// some connections after each of their packets.

import type { RecordHandler } from '../../capture/record.js'
import type { Ladder } from '../../output/ladder/packet.js'
import { Tracker } from '../../tcp/tracker.js'
import { ICMP_ERROR, SEGMENT } from '../../wire/decode-status.js'
import { Decoder } from '../../wire/decode.js'
import type { Segment } from '../../wire/segment.js'
import { LadderObserver } from './observer.js'
import type { LadderTarget } from './target.js'
import { LadderWindow } from './window.js'

/** What the second reading has to know of the first. */
export interface LadderSettings {
  /** Packets of the first reading; a capture that grows is read no further. */
  readonly packets: number
  /** Addresses are replaced: numbers that may be one are left out. */
  readonly isAnonymous: boolean
  /** Packets kept at either end of a connection. */
  readonly edge?: number
}

interface Followed {
  readonly target: LadderTarget
  readonly observer: LadderObserver
  readonly window: LadderWindow
}

/** Collects the packets of some connections. */
export class LadderRecords implements RecordHandler {
  private readonly settings: LadderSettings
  private readonly decoder = new Decoder()
  private readonly tracker = new Tracker({ onEnd: () => false })
  private readonly followed: readonly Followed[]
  /** The same by stream, as texts: keys that packets cannot choose. */
  private readonly byStream: ReadonlyMap<string, Followed>
  private readonly ports: ReadonlySet<string>
  /** Packets read so far. */
  frames = 0

  constructor(targets: readonly LadderTarget[], settings: LadderSettings) {
    this.settings = settings
    const { table } = this.tracker
    this.followed = targets.map((target) => ({
      target,
      observer: new LadderObserver(table, target.clientSide, settings.isAnonymous),
      window: new LadderWindow(settings.edge),
    }))
    this.byStream = new Map(this.followed.map((each) => [`${each.target.stream}`, each]))
    this.ports = new Set(targets.map(({ ports: [a, b] }) => portsText(a, b)))
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
    if (frame > this.settings.packets) return
    const status = decoder.decode(view, start, end, origlen, linktype, timeNs)
    if (status === SEGMENT) {
      const seg = decoder.segment
      tracker.onSegment(seg, decoder.segmentView, frame, timeNs)
      this.look(seg, (record, { observer, target }) =>
        observer.segment(record, tracker.table.side, seg, frame, timeNs, target.shows.get(frame)),
      )
    } else if (status === ICMP_ERROR) {
      const { quoted, icmpType, icmpCode } = decoder
      // The tracker is told of the kind for the evidence only, which was judged in the first reading.
      tracker.onIcmpError(quoted, 0, frame, timeNs)
      const text = `ICMP type ${icmpType} code ${icmpCode}`
      this.look(quoted, (record, { observer, target }) =>
        observer.icmp(record, text, frame, timeNs, target.shows.get(frame)),
      )
    }
  }

  onSkippedRecord(): void {
    this.frames++
  }

  /** The ladders, in the order of the targets. */
  ladders(): Ladder[] {
    return this.followed.map(({ window }) => window.ladder())
  }

  /** Adds the packet of a segment to its connection, if that is one of those wanted. */
  private look(
    seg: Segment,
    packetOf: (record: number, followed: Followed) => ReturnType<LadderObserver['segment']>,
  ): void {
    if (!this.ports.has(portsText(seg.srcPort, seg.dstPort))) return
    const { table } = this.tracker
    const record = table.find(seg)
    if (record < 0) return
    const followed = this.byStream.get(`${table.streamOf(record)}`)
    if (followed !== undefined) followed.window.add(packetOf(record, followed))
  }
}

function portsText(a: number, b: number): string {
  return a < b ? `${a} ${b}` : `${b} ${a}`
}
