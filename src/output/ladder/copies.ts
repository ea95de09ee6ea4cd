// Packets that a capture has twice, as of "any" or of a bridge and its ports: one row for all records of a packet.

import { CAPTURED_TWICE, type LadderItem, type LadderPacket, isPacket } from './packet.js'

/** Packets looked back at for the one that another is a copy of: an answer may come between the two. */
const LOOK_BACK = 8

/** The items with each packet once, and the numbers of its other records in `copies`. Evidence and changes of state stay. */
export function joinCopies(items: readonly LadderItem[]): LadderItem[] {
  const joined: LadderItem[] = []
  for (const item of items) {
    const at = isPacket(item) && isCopy(item) ? originalOf(joined, item) : -1
    const original = joined[at]
    if (original === undefined || !isPacket(original) || !isPacket(item)) joined.push(item)
    else joined[at] = { ...original, copies: [...(original.copies ?? []), item.frame] }
  }
  return joined
}

function isCopy({ notes, shows, isStateChange }: LadderPacket): boolean {
  return notes.includes(CAPTURED_TWICE) && shows === undefined && !isStateChange
}

/** Place of the packet that `copy` repeats, -1 when it is not among the last. */
function originalOf(items: readonly LadderItem[], copy: LadderPacket): number {
  const first = Math.max(0, items.length - LOOK_BACK)
  for (let at = items.length - 1; at >= first; at--) {
    const item = items[at]
    if (item === undefined || !isPacket(item)) return -1
    if (isSame(item, copy)) return at
  }
  return -1
}

function isSame(a: LadderPacket, b: LadderPacket): boolean {
  return (
    a.from === b.from &&
    a.seq === b.seq &&
    a.ack === b.ack &&
    a.length === b.length &&
    a.flags.join() === b.flags.join()
  )
}
