// Folds what says nothing about an ending: packets captured twice, runs of plain data and acknowledgments, rounds of probes,
// repeats, storms, silence.

import { joinCopies } from './copies.js'
import {
  type LadderGap,
  type LadderItem,
  type LadderPacket,
  addToGap,
  emptyGap,
  isPacket,
} from './packet.js'

/** A stretch without any packet of the connection. */
export interface LadderSilence {
  readonly silenceNs: number
  /** Time of the packet after it, relative ns. */
  readonly untilNs: number
}

/** What a line of the ladder shows. */
export type LadderRow = LadderPacket | LadderGap | LadderSilence

/** Silence longer than this gets a line. */
export const SILENCE_NS = 1e9
/** Packets shown at either end of a run. */
const RUN_EDGE = 3
/** Packets a fold has to save, to be worth its line. */
const FOLD_MIN = 4

/** Tells silence from packets. */
export function isSilence(row: LadderRow): row is LadderSilence {
  return 'silenceNs' in row
}

/** The rows of a ladder. With `isWhole` no run is folded. */
export function foldLadder(items: readonly LadderItem[], isWhole: boolean = false): LadderRow[] {
  const rows: LadderItem[] = []
  let run: LadderPacket[] = []
  for (const item of isWhole ? items : joinCopies(items)) {
    if (!isWhole && isPacket(item) && canFold(item)) {
      if (!continues(run.at(-1), item)) {
        rows.push(...foldRun(run))
        run = []
      }
      run.push(item)
      continue
    }
    rows.push(...foldRun(run), item)
    run = []
  }
  rows.push(...foldRun(run))
  return withSilence(rows)
}

/** Puts a row between two that lie far apart. */
function withSilence(items: readonly LadderItem[]): LadderRow[] {
  const rows: LadderRow[] = []
  let lastNs = Infinity
  for (const item of items) {
    const [fromNs, toNs] = isPacket(item) ? [item.ns, item.ns] : [item.fromNs, item.toNs]
    if (fromNs - lastNs > SILENCE_NS) rows.push({ silenceNs: fromNs - lastNs, untilNs: fromNs })
    lastNs = toNs
    rows.push(item)
  }
  return rows
}

function canFold(packet: LadderPacket): boolean {
  return packet.kind !== 'other' && packet.shows === undefined && !packet.isStateChange
}

/** Silence ends a run of data, but lies between all probes, all repeats, and what draws a reset again and again. */
function continues(last: LadderPacket | undefined, next: LadderPacket): boolean {
  if (last === undefined) return true
  if (last.kind !== next.kind) return false
  if (next.kind !== 'plain') return true
  return next.ns - last.ns <= SILENCE_NS
}

/** The ends of a run with one row for its middle, or all of a short run. */
function foldRun(run: readonly LadderPacket[]): LadderItem[] {
  // Probes, and what draws a reset, come in pairs with their answers.
  const isPaired = run[0]?.kind === 'probe' || run[0]?.kind === 'storm'
  const edge = isPaired ? RUN_EDGE + 1 : RUN_EDGE
  if (run.length < 2 * edge + FOLD_MIN) return [...run]
  const gap = emptyGap(false)
  for (const packet of run.slice(edge, -edge)) addToGap(gap, packet)
  return [...run.slice(0, edge), gap, ...run.slice(-edge)]
}
