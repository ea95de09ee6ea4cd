// What all parts of the page need.

import { type JSX, createContext } from 'preact'
import { useContext } from 'preact/hooks'
import { clockTime, msOfIso } from '../../base/clock-time.js'
import type { PageHead } from '../../output/page/page-data.js'
import type { Filters } from '../model/filters.js'
import { rowsOnlyText } from '../model/words.js'

/** Shared by all parts. */
export interface Shared {
  readonly head: PageHead
  readonly filters: Filters
  readonly setFilters: (filters: Filters) => void
  /** Times as clocks here show them, not in UTC. */
  readonly isLocal: boolean
  /** The captures took several days: a time of day says too little. */
  readonly hasDates: boolean
  /** Changes when colours do: what is drawn must be drawn again. */
  readonly look: string
}

/** The context of {@link useShared}. */
export const SharedContext = createContext<Shared | undefined>(undefined)

/** What all parts of the page need. */
export function useShared(): Shared {
  const shared = useContext(SharedContext)
  if (shared === undefined) throw new Error('used outside of the page')
  return shared
}

/** A time of day, with its date where `hasDate`. */
export function timeText(ms: number, isLocal: boolean, hasDate = false): string {
  const time = clockTime(ms, isLocal)
  if (time === undefined) return 'unknown'
  return hasDate ? `${time.date} ${time.clock}` : time.clock
}

/** Whether captures reach from one day into another. */
export function isSeveralDays({ captures }: PageHead, isLocal: boolean): boolean {
  const times = captures.flatMap((each) => [each.start_time, each.end_time])
  const dates = times.map((iso) => clockTime(msOfIso(iso ?? ''), isLocal)?.date)
  return new Set(dates.filter((date) => date !== undefined)).size > 1
}

/** The zone of a time. */
export function zoneText(ms: number, isLocal: boolean): string {
  return clockTime(ms, isLocal)?.zone ?? ''
}

/** The zone of a span of time; clocks may have been changed in it. */
export function zonesText(fromMs: number, toMs: number, isLocal: boolean): string {
  const [from, to] = [zoneText(fromMs, isLocal), zoneText(toMs, isLocal)]
  return from === to ? from : 'local time'
}

/** A time of the output, with its date and zone. */
export function isoText(iso: string | undefined, isLocal: boolean): string {
  if (iso === undefined) return 'unknown'
  const ms = msOfIso(iso)
  return Number.isNaN(ms) ? iso : `${timeText(ms, isLocal, true)} ${zoneText(ms, isLocal)}`
}

/** A share of all. */
export function shareText(n: number, all: number): string {
  return all === 0 ? '' : `${((100 * n) / all).toFixed(1)} %`
}

/** Behind a heading whose numbers know of the connections with a row only. */
export function RowsOnly(): JSX.Element | null {
  const text = rowsOnlyText(useShared().head)
  return text === '' ? null : <span class="of">{text}</span>
}
