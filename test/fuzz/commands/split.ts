// Parts of a capture that are captures themselves.

import { concat } from '../../support/capture-builder.js'
import { unitBytes } from '../edit.js'
import { type Layout, layoutOf } from '../layout.js'
import { recordsOf } from '../observe.js'
import type { Random } from '../random.js'

/** Header of the parts, and the records to be shared out; undefined for a capture with other things between its records. */
function headOf(bytes: Uint8Array, { frames, units }: Layout): Uint8Array | undefined {
  const [first] = frames
  if (first === undefined || frames.length < 2 || !recordsOf(bytes).inOrder) return undefined
  const heads = units.findIndex(({ start }) => start === first.unit.start)
  if (units.length - heads !== frames.length) return undefined
  const head = bytes.subarray(0, first.unit.start)
  // Entries without a time may stand in front of the first frame.
  const { digests, skippedEntries } = recordsOf(head)
  return digests.length + skippedEntries === 0 ? head : undefined
}

/** A capture in two, one behind the other; none for one that cannot be parted. */
export function halvesOf(bytes: Uint8Array, random: Random): Uint8Array[] {
  const layout = layoutOf(bytes)
  const head = headOf(bytes, layout)
  if (head === undefined) return []
  const cut = layout.frames[random.between(1, layout.frames.length - 1)]?.unit.start ?? 0
  return [bytes.subarray(0, cut), concat([head, bytes.subarray(cut)])]
}

/** The records of a pcap in two or three, each to any of them; none where two records have the same time. */
export function dealt(bytes: Uint8Array, random: Random): Uint8Array[] {
  const layout = layoutOf(bytes)
  const head = headOf(bytes, layout)
  if (head === undefined || layout.format !== 'pcap' || !isStrictlyInOrder(bytes, layout)) return []
  const hands: Uint8Array[][] = Array.from({ length: random.between(2, 3) }, () => [])
  for (const { unit } of layout.frames) random.pick(hands).push(unitBytes(bytes, unit))
  return hands.filter((hand) => hand.length > 0).map((hand) => concat([head, ...hand]))
}

function isStrictlyInOrder(bytes: Uint8Array, { frames, littleEndian }: Layout): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const times = frames.map(
    ({ unit: { start } }) =>
      view.getUint32(start, littleEndian) + view.getUint32(start + 4, littleEndian) / 2 ** 32,
  )
  return times.every((time, i) => i === 0 || time > (times[i - 1] ?? 0))
}
