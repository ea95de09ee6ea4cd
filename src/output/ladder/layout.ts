// How a ladder uses the columns of the terminal: in full, in short words, or in one column.

import { ARROW_EXTRA, labelOf } from './arrow.js'
import type { LadderPacket } from './packet.js'
import { secondsText } from './text.js'

/** `wide` has room for everything, `compact` writes shorter, `narrow` has no room for states at the sides. */
export type LadderForm = 'wide' | 'compact' | 'narrow'

/** Widths of the parts of a ladder's lines. */
export interface LadderLayout {
  readonly form: LadderForm
  readonly frame: number
  readonly time: number
  /** Width of the time of day; 0 where there is no room for it in each line. */
  readonly clock: number
  /** Columns left of the client's state. */
  readonly indent: number
  readonly state: number
  readonly arrow: number
}

/** Widest arrow: a longer line leads the eye no better. */
const ARROW_MAX = 60
/** Narrowest arrow that a time of day may leave. */
const ARROW_COMFORT = 40
/** Least widths of packet numbers and times, for their headings. */
const FRAME_MIN = 6
const FRAME_MIN_COMPACT = 4
const TIME_MIN = 8
/** Longest state names, see {@link stateName}. */
const STATE_WIDTH = 'SYN-RECEIVED'.length
const STATE_WIDTH_COMPACT = 'FIN-WAIT-1'.length

/** The fullest form that fits into `width`; `clockOf` gives the time of day that a packet has beside its relative one. */
export function layoutOf(
  packets: readonly LadderPacket[],
  sinceStart: (ns: number) => number,
  clockOf: (ns: number) => string,
  width: number,
): LadderLayout {
  const time = longest(packets, ({ ns }) => secondsText(sinceStart(ns)), TIME_MIN)
  for (const form of ['wide', 'compact'] as const) {
    const isCompact = form === 'compact'
    const least = isCompact ? FRAME_MIN_COMPACT : FRAME_MIN
    const frame = longest(packets, (packet) => String(packet.frame), least)
    const state = isCompact ? STATE_WIDTH_COMPACT : STATE_WIDTH
    const indent = frame + time + 6
    const room = width - indent - 2 * (state + 2)
    const label = longest(packets, (packet) => labelOf(packet, isCompact), 0) + ARROW_EXTRA
    if (label > room) continue
    const clock = longest(packets, ({ ns }) => clockOf(ns), 0)
    // In each line only where all else has room beside it.
    const spare = room - Math.max(label, ARROW_COMFORT)
    const beside = form === 'wide' && clock + 2 <= spare ? clock : 0
    const taken = beside === 0 ? 0 : beside + 2
    const arrow = Math.min(room - taken, ARROW_MAX)
    return { form, frame, time, clock: beside, indent: indent + taken, state, arrow }
  }
  const frame = longest(packets, (packet) => String(packet.frame), FRAME_MIN_COMPACT)
  const indent = frame + time + 6
  const arrow = Math.max(0, width - indent)
  return { form: 'narrow', frame, time, clock: 0, indent, state: 0, arrow }
}

/** The state, in the spelling of `ss` where that is shorter and room is short. */
export function stateName(name: string, form: LadderForm): string {
  if (form !== 'compact') return name
  if (name === 'ESTABLISHED') return 'ESTAB'
  return name === 'SYN-RECEIVED' ? 'SYN-RECV' : name
}

function longest(
  packets: readonly LadderPacket[],
  text: (packet: LadderPacket) => string,
  least: number,
): number {
  return packets.reduce((most, packet) => Math.max(most, text(packet).length), least)
}
