// What stands below a ladder: the verdict, what it rests on, what else it could be.

import { count, duration, printable, wrap } from '../../base/text.js'
import { findRow } from '../../verdict/endings.js'
import { FLAGS } from '../../verdict/flags.js'
import { SEES } from '../../verdict/sees.js'
import type { FindingItem } from '../columns/column.js'
import type { Style } from '../style.js'
import { labelled } from './text.js'

/** What is read of a connection; the columns of these names. */
export interface JudgedConnection {
  readonly verdict: string
  readonly cause: string
  readonly closer: string
  readonly confidence: string
  readonly explanation: string
  readonly alternatives?: readonly string[]
  readonly findings?: readonly FindingItem[]
  readonly client_sees?: string
  readonly server_sees?: string
  readonly flags?: readonly string[]
  readonly wireshark_filter: string
}

const LABEL_WIDTH = 'usually behind it'.length + 2

/** The block of lines below the ladder. */
export function verdictText(
  connection: JudgedConnection,
  rule: string,
  width: number,
  style: Style,
): string {
  const {
    verdict,
    cause,
    closer,
    confidence,
    findings = [],
    flags = [],
    alternatives = [],
  } = connection
  const entry = findRow(`${verdict}.${cause}`)
  const colour = colourOf(verdict, style)
  const lines = [
    `${style.heading(colour(`${verdict} / ${cause}`))}  ${confidence}, ${closerText(closer)}`,
    wrap(printable(connection.explanation), width, '  '),
    '',
  ]
  function add(name: string, text: string): void {
    lines.push(labelled(name, text, LABEL_WIDTH, width, style))
  }
  if (entry !== undefined) {
    add('what it means', entry.meaning)
    add('usually behind it', entry.usually)
    add('what to do', entry.advice)
  }
  findings.forEach(({ packet, code, says }, at) =>
    add(at === 0 ? 'findings' : '', `${code}, packet ${packet}: ${says}`),
  )
  const sees = seesText(connection)
  if (sees !== '') add('programs saw', sees)
  alternatives.forEach((name, at) => add(at === 0 ? 'could also be' : '', alternativeText(name)))
  const timings = timingsOf(connection)
  const keyWidth = Math.max(0, ...timings.map(([key]) => key.length))
  timings.forEach(([key, text], at) =>
    add(at === 0 ? 'timings' : '', `${key.padEnd(keyWidth)}  ${text}`),
  )
  flags.forEach((name, at) => add(at === 0 ? 'flags' : '', flagText(name)))
  add('decided by', `rule ${rule}${entry === undefined ? '' : ` (${entry.source})`}`)
  add('in Wireshark', connection.wireshark_filter)
  return `${lines.join('\n')}\n`
}

/** What the programs at both ends saw, in words. */
function seesText({ client_sees: client, server_sees: server }: JudgedConnection): string {
  const parts = [
    ...(client === undefined ? [] : [`client: ${seen(client)}`]),
    ...(server === undefined ? [] : [`server: ${seen(server)}`]),
  ]
  return parts.join('; ')
}

function seen(name: string): string {
  const meaning = SEES.find((row) => row.name === name)?.meaning
  return meaning === undefined ? name : `${name} (${meaning})`
}

function flagText(name: string): string {
  const meaning = FLAGS.find((flag) => flag.name === name)?.meaning
  return meaning === undefined ? name : `${name}: ${meaning}`
}

/** A note on packets that are not in the ladder; empty if all are. */
export function omittedText(omitted: number): string {
  if (omitted === 0) return ''
  return `${count(omitted, 'packet')} in the middle of the connection not kept; ${
    omitted === 1 ? 'it is' : 'they are'
  } in the counts and the verdict`
}

/** `verdict.cause` with what it means. */
function alternativeText(name: string): string {
  const entry = findRow(name)
  return entry === undefined ? name : `${name}: ${entry.meaning} ${entry.usually}`
}

function closerText(closer: string): string {
  if (closer === 'none') return 'not closed'
  if (closer === 'unknown') return 'closer unknown'
  if (closer === 'both') return 'closed by both at once'
  if (closer === 'middlebox') return 'ended by a middlebox'
  return `closed by the ${closer}`
}

/** Every timing the connection has, with seconds as in JSON and for people. */
function timingsOf(connection: object): [key: string, text: string][] {
  return Object.entries(connection)
    .filter(
      (pair): pair is [string, number] => pair[0].endsWith('_s') && typeof pair[1] === 'number',
    )
    .map(([key, seconds]) => [key, `${decimal(seconds)} (${duration(seconds * 1e9)})`])
}

/** Without an exponent, however small. */
function decimal(seconds: number): string {
  return seconds.toFixed(9).replace(/\.?0+$/, '')
}

function colourOf(verdict: string, style: Style): Style['good'] {
  if (verdict === 'graceful_fin') return style.good
  return verdict === 'lingering_established' || verdict === 'incomplete' ? style.warn : style.bad
}
