// What the connections of a server endpoint tell of its service: when it took connections and when it refused them, and
// which it ended in the same instant.

import { type Ended, isRequestLost } from './ended.js'

/** Ends of one process follow each other this closely: the kernel closes its sockets one after another. */
const BURST_GAP_NS = 20e6

/** Connections ended by the same side in one instant. */
export interface Burst {
  readonly members: readonly Ended[]
  readonly firstNs: number
  readonly lastNs: number
  /** Members whose request had no answer. */
  readonly lost: readonly Ended[]
  readonly resets: number
}

/** A time in which an endpoint refused connections that it had taken before. */
export interface Outage {
  readonly refused: readonly Ended[]
  readonly firstRefusedNs: number
  readonly lastRefusedNs: number
  /** Last and first time that a connection was taken, before and after; NaN for never after. */
  readonly lastAcceptedNs: number
  readonly firstAcceptedNs: number
}

/** Facts of one endpoint. */
export interface ServiceFacts {
  readonly all: readonly Ended[]
  /** Connections that were open. */
  readonly opened: readonly Ended[]
  readonly bursts: readonly Burst[]
  readonly outages: readonly Outage[]
}

/** Reads the facts of an endpoint. */
export function serviceFacts(all: readonly Ended[]): ServiceFacts {
  const opened = all.filter(({ isOpened }) => isOpened)
  const ends = opened.filter(({ by }) => by === 'server')
  return { all, opened, bursts: burstsOf(ends), outages: outagesOf(all, opened) }
}

/** Ends in bursts, by time. */
export function burstsOf(ends: readonly Ended[]): Burst[] {
  const sorted = [...ends].sort((a, b) => a.closedNs - b.closedNs)
  const bursts: Burst[] = []
  for (let from = 0; from < sorted.length;) {
    let to = from + 1
    while (to < sorted.length && gap(sorted, to) <= BURST_GAP_NS) to++
    bursts.push(burstOf(sorted.slice(from, to)))
    from = to
  }
  return bursts
}

function gap(sorted: readonly Ended[], at: number): number {
  return (sorted[at] as Ended).closedNs - (sorted[at - 1] as Ended).closedNs
}

function burstOf(members: readonly Ended[]): Burst {
  return {
    members,
    firstNs: members[0]?.closedNs ?? NaN,
    lastNs: members.at(-1)?.closedNs ?? NaN,
    lost: members.filter(isRequestLost),
    resets: members.filter(({ byReset }) => byReset).length,
  }
}

/** Connections that were open before a burst and after it. */
export function survivorsOf({ firstNs, lastNs }: Burst, opened: readonly Ended[]): Ended[] {
  return opened.filter((c) => isOpenAt(c, firstNs) && !(c.closedNs <= lastNs + BURST_GAP_NS))
}

/** Whether a connection was open at a time, as far as its packets tell. */
export function isOpenAt({ isOpened, startNs, closedNs, endNs, row }: Ended, ns: number): boolean {
  if (!isOpened || startNs >= ns) return false
  if (closedNs <= ns) return false
  return closedNs > ns || endNs >= ns || row.verdict === 'lingering_established'
}

/** A time at which a connection was taken or refused. */
interface Answer {
  readonly ns: number
  readonly refused: Ended | undefined
}

function outagesOf(all: readonly Ended[], opened: readonly Ended[]): Outage[] {
  const refused = all.filter(({ ending }) => ending === 'handshake_failed.refused')
  if (refused.length === 0) return []
  const answers: Answer[] = [
    ...all
      .filter(({ isAccepted }) => isAccepted)
      .map(({ startNs }) => ({ ns: startNs, refused: undefined })),
    ...refused.map((c) => ({ ns: c.closedNs, refused: c })),
  ].sort((a, b) => a.ns - b.ns)
  const outages: Outage[] = []
  const firstOpen = opened.reduce((least, { startNs }) => Math.min(least, startNs), Infinity)
  let lastAcceptedNs = NaN
  let run: Ended[] = []
  function close(firstAcceptedNs: number): void {
    const [first] = run
    const known = Number.isNaN(lastAcceptedNs) ? firstOpen : lastAcceptedNs
    if (first !== undefined && known < first.closedNs) {
      outages.push({
        refused: run,
        firstRefusedNs: first.closedNs,
        lastRefusedNs: run.at(-1)?.closedNs ?? first.closedNs,
        lastAcceptedNs: known,
        firstAcceptedNs,
      })
    }
    run = []
  }
  for (const answer of answers) {
    if (answer.refused !== undefined) {
      run.push(answer.refused)
      continue
    }
    close(answer.ns)
    lastAcceptedNs = answer.ns
  }
  close(NaN)
  return outages
}
