// The connections of one ending: where, when, and the worst of them.

import { count, grouped, printable, wrap } from '../../base/text.js'
import type { Row } from '../../verdict/endings.js'
import type { Example } from '../collect/examples.js'
import type { EndingGroup } from '../collect/groups.js'
import type { TallyEntry, TallySum } from '../collect/tally.js'
import type { FormatOptions } from '../formats/format.js'
import { sparkline } from '../spark.js'
import { paintVerdict } from '../verdict-style.js'
import { shareText } from './head.js'
import type { Incidents } from './incidents.js'
import type { Timeline } from './timeline.js'

const INDENT = '    '
/** Endpoints that are named, each with this share at least. */
const MOST_ENDPOINTS = 3
const FEWEST_SHARE = 0.05
/** Columns of a bar. */
const BAR_LEAST = 8
const BAR_MOST = 40
/** Longer lines are hard to read. */
const PROSE_WIDTH = 110
/** What stands between a verdict, its cause and how many there are. */
const GAPS = 5
/** Blanks on both sides of a bar. */
const BETWEEN = 4

/** What a group is shown with. */
export interface GroupContext {
  readonly row: Row
  readonly group: EndingGroup
  /** Connections with this ending, and all that were selected. */
  readonly total: number
  readonly selected: number
  readonly timeline: Timeline
  readonly incidents: Incidents
  /** The incident that all examples are part of. */
  readonly incidentId: number | undefined
  readonly options: FormatOptions
}

/** The text of a group. */
export function groupText(shown: Omit<GroupContext, 'incidentId'>): string {
  const context = { ...shown, incidentId: commonIncident(shown) }
  const { row, group, total, selected, options } = context
  const { style, width, all } = options
  const name = style.heading(paintVerdict(row.verdict, `${row.verdict} / ${row.cause}`, style))
  const share = shareText(total, selected)
  const { incidentId: id } = context
  const part = id === undefined ? '' : `, see incident ${id}`
  const about = `${count(total, 'connection')}, ${share}${part}`
  const isShort = row.verdict.length + row.cause.length + about.length + GAPS <= width
  const lines = [
    `\n${name}${isShort ? '  ' : '\n  '}${style.faint(about)}\n`,
    `${style.faint(wrap(`${row.meaning} ${row.usually}`, width, '  '))}\n`,
    endpointsText(context),
    ...(all ? group.examples.map((each) => oneText(each, context)) : blocksText(context)),
  ]
  const more = total - group.examples.length
  if (more > 0) lines.push(style.faint(`${INDENT}… and ${moreText(context, more)}\n`))
  return lines.join('')
}

/** The incident that all examples are part of, where one capture is shown. */
function commonIncident({
  row,
  group,
  incidents,
  options,
}: Omit<GroupContext, 'incidentId'>): number | undefined {
  if (options.nameCaptures) return undefined
  const isRefused = row.cause === 'refused'
  const ids = group.examples.map(
    ({ capture, stream, server }) =>
      incidents.idOf(capture, stream) ??
      (isRefused ? incidents.idOfRefusing(capture, server) : undefined),
  )
  return ids.every((id) => id === ids[0]) ? ids[0] : undefined
}

function moreText({ row, group, options }: GroupContext, more: number): string {
  const { all, top } = options
  // Of endings that are as they should be only the notable connections are listed: the others are neither like them nor without room.
  const isPicked = row.severity === 0 && !all
  const isFull = all || (!isPicked && group.examples.length < top)
  const how = isFull ? 'the list is full: -f ndjson lists them' : '--all lists them'
  return `${grouped(more)} more${isPicked ? '' : ' like these'} (${how})`
}

/** The servers with the most connections, or the clients where those stand out more, and the servers are many. */
function endpointsText(context: GroupContext): string {
  const { row, group, total, options } = context
  if (total < 2) return ''
  const [servers, clients] = [group.servers.sorted(), group.clients.sorted()]
  const [server] = servers
  const [client] = clients
  if (server === undefined && client === undefined) return ''
  const [ofServer, ofClient] = [server?.count ?? 0, client?.count ?? 0]
  // One side alone is counted where only that is to be looked at.
  const isOneSided = ofServer === 0 || row.cause === 'close_wait'
  const isOfClient = ofClient > ofServer && (isOneSided || servers.length > MOST_ENDPOINTS)
  const sum = isOfClient ? group.clients : group.servers
  const sorted = isOfClient ? clients : servers
  const named = sorted
    .slice(0, MOST_ENDPOINTS)
    .filter((entry) => entry.count >= FEWEST_SHARE * total)
  const room = Math.max(0, ...named.map(({ name }) => name.length))
  const lines = named.map((entry) =>
    endpointText(entry, isOfClient ? 'client' : 'server', room, context),
  )
  const rest = restText(sorted.slice(named.length), sum, isOfClient, named.length > 0)
  if (rest !== '') lines.push(options.style.faint(`  ${rest}\n`))
  return lines.join('')
}

function endpointText(
  { name, count: n, times }: TallyEntry,
  role: string,
  room: number,
  { total, timeline, options }: GroupContext,
): string {
  const share = `${Math.round((100 * n) / total)} %`
  const left = `  ${role} ${name.padEnd(room)} ${grouped(n).padStart(8)} ${share.padStart(6)}`
  const span = timeline.span(times.firstMs, times.lastMs)
  const columns = Math.min(BAR_MOST, options.width - left.length - span.length - BETWEEN)
  if (left.length + 2 + span.length > options.width) return `${left}\n`
  if (columns < BAR_LEAST || !timeline.isKnown) return `${left}  ${options.style.faint(span)}\n`
  const bar = sparkline(times.columns(columns, timeline.fromMs, timeline.toMs))
  return `${left}  ${bar}  ${options.style.faint(span)}\n`
}

/** `isMore`: some are named before. */
function restText(
  rest: readonly TallyEntry[],
  { others }: TallySum,
  isOfClient: boolean,
  isMore: boolean,
): string {
  const n = rest.reduce((sum, entry) => sum + entry.count, others)
  if (n === 0) return ''
  const noun = `${isMore ? 'other ' : ''}${isOfClient ? 'client' : 'server'}`
  const which = others > 0 ? `more than ${grouped(rest.length)} ${noun}s` : count(rest.length, noun)
  return `${grouped(n)} with ${which}`
}

/** Examples whose sentences differ in numbers only have the first of these. */
function blocksText(context: GroupContext): string[] {
  const { group } = context
  const blocks = new Map<string, Example[]>()
  for (const each of group.examples) {
    const key = `${each.confidence} ${templateOf(each.explanation)}`
    const block = blocks.get(key)
    if (block === undefined) blocks.set(key, [each])
    else block.push(each)
  }
  return [...blocks.values()].map(([first, ...others]) => {
    if (first === undefined) return ''
    return oneText(first, context) + others.map((each) => rowText(each, context)).join('')
  })
}

/** A connection with its sentence. */
function oneText(example: Example, context: GroupContext): string {
  const { confidence, explanation } = example
  const sentence = `${confidence}: ${explanation}`
  const width = Math.min(PROSE_WIDTH, context.options.width)
  return `${rowText(example, context)}${wrap(sentence, width, `${INDENT}  `)}\n`
}

/** One connection: which it is, when it ended, how long it lasted. */
function rowText(example: Example, context: GroupContext): string {
  const { timeline, incidents, options } = context
  const { style, width, nameCaptures } = options
  const { client, server, encapsulation, stream, capture } = example
  const where = encapsulation === '' ? '' : ` in ${printable(encapsulation)}`
  const when = `${timeline.shown(example.ended)} after ${example.lasted.padEnd(8)}`
  const left = `${INDENT}stream ${String(stream).padEnd(4)} ${when}`
  const id = context.incidentId === undefined ? incidents.idOf(capture, stream) : undefined
  const part = id === undefined ? '' : `  incident ${id}`
  const right = `${client} → ${server}${where}${nameCaptures ? `  ${printable(capture)}` : ''}${part}`
  const isShort = left.length + 2 + right.length <= width
  return `${style.faint(isShort ? left : left.trimEnd())}${isShort ? '  ' : `\n${INDENT}  `}${right}\n`
}

/** Numbers with their units. */
const NUMBERS =
  /less than 1 µs|once|\d[\d,.]*(?: (?:ns|µs|ms|s|min|h|days|B|kB|MB|GB|bytes?|times|packets?|SYNs?)\b)?/g

/** A sentence without its numbers. */
function templateOf(explanation: string): string {
  return explanation.replace(NUMBERS, '#')
}
