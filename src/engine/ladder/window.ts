// Keeps the packets of a connection of any length in bounded memory: the first, the last, and those that matter.

import {
  type Ladder,
  type LadderGap,
  type LadderItem,
  type LadderPacket,
  addToGap,
  emptyGap,
} from '../../output/ladder/packet.js'

/** Packets kept at either end. */
export const EDGE_PACKETS = 200
/** Packets kept between them because a state changed; evidence is kept always. */
const MIDDLE_PACKETS = 200

/** Takes packets in order and gives back a {@link Ladder}. */
export class LadderWindow {
  private readonly edge: number
  private readonly head: LadderPacket[] = []
  private readonly middle: LadderItem[] = []
  /** A ring of the last packets; `next` is the oldest once it is full. */
  private readonly tail: LadderPacket[] = []
  private next = 0
  private kept = 0
  private omitted = 0
  private gap: LadderGap | undefined

  constructor(edge: number = EDGE_PACKETS) {
    this.edge = edge
  }

  /** Takes the next packet. */
  add(packet: LadderPacket): void {
    if (this.head.length < this.edge) {
      this.head.push(packet)
      return
    }
    const oldest = this.tail[this.next]
    this.tail[this.next] = packet
    this.next = (this.next + 1) % this.edge
    if (oldest !== undefined) this.retire(oldest)
  }

  /** What was kept, in order. */
  ladder(): Ladder {
    const tail = [...this.tail.slice(this.next), ...this.tail.slice(0, this.next)]
    return { items: [...this.head, ...this.middle, ...tail], omitted: this.omitted }
  }

  private retire(packet: LadderPacket): void {
    if (packet.shows !== undefined || (packet.isStateChange && this.kept++ < MIDDLE_PACKETS)) {
      this.gap = undefined
      this.middle.push(packet)
      return
    }
    if (this.gap === undefined) {
      this.gap = emptyGap(true)
      this.middle.push(this.gap)
    }
    addToGap(this.gap, packet)
    this.omitted++
  }
}
