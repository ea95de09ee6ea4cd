// The comparison of two times in one sentence or two.

import { count } from '../../base/text.js'
import { type Change, shareOf } from './change.js'
import type { BeforeAfter, IncidentCounts } from './comparison.js'
import { percentText } from './percent.js'

/** Changes that the sentence names. */
const MOST_NAMED = 3

/** What changed beyond chance, or that nothing did. */
export function headline(comparison: BeforeAfter): string {
  const { before, after, endings, closers, findings, incidents, groups } = comparison
  if (before.outcomes.all === 0 || after.outcomes.all === 0) {
    const none = [before, after].map(({ outcomes }) => outcomes.all === 0)
    const when = none[0] === none[1] ? 'before and after' : none[0] === true ? 'before' : 'after'
    return `Nothing to compare: no connection ${when}.`
  }
  const happened = incidentsText(incidents)
  const changed = endings.filter(isBeyond).map((change) => says(change, change.name))
  const others = [
    ...closers.filter(isBeyond).map((change) => says(change, `closed first by ${change.name}`)),
    ...findings.filter(isBeyond).map((change) => says(change, `with ${change.name}`)),
    ...groups.flatMap(({ name, endings: own }) =>
      own.filter(isBeyond).map((change) => says(change, `${change.name} at ${name}`)),
    ),
  ]
  const all = changed.length + others.length
  if (all === 0) {
    const calm = 'No share of endings changed beyond chance.'
    return `${happened}${happened === '' ? '' : ' '}${calm}${burstsText(endings)}`
  }
  // Who closed and what was found mostly follow from the endings.
  const named = (changed.length > 0 ? changed : others).slice(0, MOST_NAMED)
  const more = all - named.length
  const rest =
    more > 0
      ? `${count(more, 'more change')} beyond chance.`
      : 'nothing else changed beyond chance.'
  return `After: ${named.join(', ')} (beyond chance); ${rest}${happened === '' ? '' : ` ${happened}`}`
}

function isBeyond({ isBeyondChance }: Change): boolean {
  return isBeyondChance
}

function says({ before, after }: Change, what: string): string {
  return `${percentText(shareOf(after))} ${what} instead of ${percentText(shareOf(before))}`
}

/** The largest change that looks like one, and is a burst. */
function burstsText(endings: readonly Change[]): string {
  const burst = endings.find(({ isHeldBackByBursts }) => isHeldBackByBursts)
  if (burst === undefined) return ''
  const { name, before, after } = burst
  return ` ${name} went from ${percentText(shareOf(before))} to ${percentText(shareOf(after))}, but in bursts: what ends together counts about once.`
}

/** Incidents are too few for a test, and too much to be passed over. */
function incidentsText(incidents: readonly IncidentCounts[]): string {
  const kinds = incidents.filter(({ before }) => before === 0).map(({ kind }) => kind)
  return kinds.length === 0 ? '' : `Incidents only after: ${kinds.join(', ')}.`
}
