// The comparison of two times for people.

import { count, duration, grouped, printable, wrap } from '../../base/text.js'
import type { Style } from '../../output/style.js'
import { type Change, eventsOf, shareOf } from './change.js'
import { type BeforeAfter, hasChanged } from './comparison.js'
import { headline } from './headline.js'
import { percentText } from './percent.js'
import type { Period } from './period.js'
import { incidentLines, timeLines } from './text-of-numbers.js'

/** How the text is laid out. */
export interface BeforeAfterLook {
  /** Rows of each list that are not beyond chance, and groups. */
  readonly top: number
  readonly width: number
  readonly style: Style
}

/** Columns of a share and of what changed. */
const SHARE_WIDTH = 8
const CHANGE_WIDTH = 7
/** The least columns of a count: below a million connections the longest names leave a row of 80 columns. */
const COUNT_WIDTH = 6
const INDENT = '    '

/** The form for people. */
export function beforeAfterText(comparison: BeforeAfter, look: BeforeAfterLook): string {
  const { before, after, endings, closers, findings, incidents } = comparison
  const { width, style } = look
  const lines = [
    ...periodLines('before', before, width, style),
    ...periodLines('after', after, width, style),
    '',
    style.heading(wrapped(headline(comparison), width)),
  ]
  if (before.outcomes.all === 0 || after.outcomes.all === 0) return `${lines.join('\n')}\n`
  function rates(change: Change): string {
    return ratesText(change, before, after)
  }
  const room = roomOf(comparison)
  lines.push(
    ...changeLines('ending', endings, room, rates, look),
    ...changeLines('closed first', closers, room, rates, look),
    ...changeLines('finding', findings, room, rates, look),
    ...incidentLines(incidents, { ...room, share: SHARE_WIDTH }, style),
    ...timeLines(before, after, style),
    ...groupLines(comparison, look),
    '',
    style.faint(wrap(NOTE, width, '')),
  )
  return `${lines.join('\n')}\n`
}

const NOTE =
  '* beyond chance: Fisher’s exact test, at 5 % for all rows together (Holm). What ends at one server in one second counts about once. Incidents and times are not tested.'

type Rates = (change: Change) => string

/** Columns of a name and of a count. */
interface Room {
  readonly name: number
  readonly count: number
}

/** What all lists need. */
function roomOf({ before, after, endings, closers, findings, incidents }: BeforeAfter): Room {
  const most = Math.max(before.outcomes.all, after.outcomes.all)
  return {
    name: Math.max(
      'closed first'.length,
      ...[...endings, ...closers, ...findings].map(({ name }) => name.length),
      ...incidents.map(({ kind }) => kind.length),
    ),
    count: Math.max(COUNT_WIDTH, grouped(most).length) + 1,
  }
}

function periodLines(title: string, period: Period, width: number, style: Style): string[] {
  const { captures, outcomes, durationS } = period
  const [first = ''] = captures
  const more = captures.length > 1 ? ` and ${count(captures.length - 1, 'more capture')}` : ''
  const time = durationS > 0 ? ` in ${duration(durationS * 1e9)}` : ''
  return [
    style.heading(`${title.padEnd(7)} ${printable(first)}${more}`),
    wrap(
      `${count(outcomes.all, 'connection')}${time}${perMinute(outcomes.all, period)}`,
      width,
      '        ',
    ),
  ]
}

/** Breaks no line between a number and its percent sign. */
function wrapped(text: string, width: number): string {
  return wrap(text.replaceAll(' %', '\u00a0%'), width, '').replaceAll('\u00a0', ' ')
}

function perMinute(n: number, { durationS }: Period): string {
  return durationS > 0 ? `, ${rateText((60 * n) / durationS)} a minute` : ''
}

function rateText(rate: number): string {
  if (rate === 0) return '0'
  return rate >= 100 ? grouped(Math.round(rate)) : rate.toPrecision(2)
}

/** A list of changes: all that are beyond chance, and the first of the others. */
function changeLines(
  title: string,
  changes: readonly Change[],
  room: Room,
  rates: Rates,
  { top, width, style }: BeforeAfterLook,
): string[] {
  if (changes.length === 0) return []
  const columns = room.count + SHARE_WIDTH
  const head = `  ${title.padEnd(room.name)}${'before'.padStart(columns)}${'after'.padStart(columns)}${'points'.padStart(CHANGE_WIDTH)}`
  const lines = ['', style.heading(head)]
  const others = changes.filter(({ isBeyondChance }) => !isBeyondChance)
  for (const change of changes) {
    const { isBeyondChance, isHeldBackByBursts } = change
    if (!isBeyondChance && others.indexOf(change) >= top) continue
    const row = rowText(change, room)
    lines.push(isBeyondChance ? `* ${row}` : style.faint(`  ${row}`))
    if (isBeyondChance) lines.push(wrap(`${pText(change)}${rates(change)}`, width, INDENT))
    if (isHeldBackByBursts) lines.push(style.faint(wrap(burstText(change), width, INDENT)))
  }
  if (others.length > top)
    lines.push(style.faint(`  … and ${grouped(others.length - top)} more (--top ${others.length})`))
  return lines
}

function rowText({ name, before, after, points }: Change, room: Room): string {
  const cells = [before, after].map(
    (tally) =>
      grouped(tally.some).padStart(room.count) + percentText(shareOf(tally)).padStart(SHARE_WIDTH),
  )
  return `${name.padEnd(room.name)}${cells.join('')}${pointsText(points).padStart(CHANGE_WIDTH)}`
}

function pointsText(points: number): string {
  const text = Math.abs(points).toFixed(1)
  if (points === 0) return '0'
  const sign = points < 0 ? '-' : '+'
  return text === '0.0' ? `${sign}<0.1` : `${sign}${text}`
}

function pText({ adjustedP = 1 }: Change): string {
  return adjustedP < 0.001 ? 'p < 0.001' : `p ${adjustedP.toFixed(3)}`
}

/** Shares say nothing of how many there were: a service may have been asked more often. */
function ratesText({ before, after }: Change, ofBefore: Period, ofAfter: Period): string {
  if (!(ofBefore.durationS > 0 && ofAfter.durationS > 0)) return ''
  const [was, is] = [(60 * before.some) / ofBefore.durationS, (60 * after.some) / ofAfter.durationS]
  return `; ${rateText(was)} a minute before, ${rateText(is)} after`
}

function burstText(change: Change): string {
  const { before, after } = change
  return `in bursts: ${count(before.some + after.some, 'connection')} that count as about ${grouped(eventsOf(change))}`
}

/** The endings of each endpoint or port, as far as they changed. */
function groupLines(comparison: BeforeAfter, { top, style, width }: BeforeAfterLook): string[] {
  const { groups } = comparison
  const { by } = comparison.before
  const beyond = groups.filter(hasChanged).length
  const shown = groups.slice(0, Math.max(top, beyond))
  const room = roomOf(comparison)
  const lines = shown.flatMap(({ name, before, after, endings }) => {
    const changed = endings.filter(({ isBeyondChance }) => isBeyondChance)
    const numbers = `${grouped(before)} before, ${grouped(after)} after`
    if (changed.length === 0) {
      const isOne = before === 0 || after === 0
      return [style.faint(`  ${name}  ${numbers}${isOne ? '' : ': no change beyond chance'}`)]
    }
    return [
      `  ${name}  ${numbers}`,
      ...changed.flatMap((change) => [
        `* ${rowText(change, room)}`,
        wrap(pText(change), width, INDENT),
      ]),
    ]
  })
  if (groups.length > shown.length)
    lines.push(
      style.faint(`  … and ${grouped(groups.length - shown.length)} more (--top ${groups.length})`),
    )
  const left = comparison.before.ungrouped + comparison.after.ungrouped
  if (left > 0) lines.push(style.faint(`  … and ${count(left, 'connection')} of still others`))
  return lines.length === 0 ? [] : ['', style.heading(`  by ${by}`), ...lines]
}
