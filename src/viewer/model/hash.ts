// What is shown as the part of an address behind `#`, so that a link shows a colleague the same.

import { type Filters, LIST_FILTERS, NO_FILTERS, withList } from './filters.js'
import { FIRST_ORDER, ORDERS, type Order } from './order.js'

/** One connection of the page. */
export interface ConnectionName {
  /** Place of the capture. */
  readonly capture: number
  readonly stream: number
}

/** What a link tells. */
export interface Shown {
  readonly filters: Filters
  readonly order: Order
  /** The connection that is open. */
  readonly connection: ConnectionName | undefined
}

/** The text behind `#`; empty for what a page opens with. */
export function hashOf({ filters, order, connection }: Shown): string {
  const { lists, fromMs, toMs, search } = filters
  const parts: string[] = []
  function add(key: string, value: string): void {
    parts.push(`${key}=${value}`)
  }
  if (connection !== undefined) add('connection', connectionText(connection))
  for (const kind of LIST_FILTERS) {
    const list = lists[kind] ?? []
    if (list.length > 0) add(kind, list.map(encoded).join(','))
  }
  if (fromMs !== -Infinity) add('since', new Date(fromMs).toISOString())
  if (toMs !== Infinity) add('until', new Date(toMs).toISOString())
  if (search.trim() !== '') add('search', encoded(search.trim()))
  if (order.by !== FIRST_ORDER.by || order.isDescending !== FIRST_ORDER.isDescending)
    add('sort', `${order.isDescending ? '-' : ''}${order.by}`)
  return parts.join('&')
}

/** What a text behind `#` asks for; what makes no sense is passed over. */
export function shownOf(hash: string): Shown {
  const values = new Map<string, string>()
  for (const part of hash.replace(/^#/, '').split('&')) {
    const at = part.indexOf('=')
    if (at > 0) values.set(part.slice(0, at), part.slice(at + 1))
  }
  let filters = NO_FILTERS
  for (const kind of LIST_FILTERS) {
    const list = (values.get(kind) ?? '').split(',').map(decoded).filter(Boolean)
    if (list.length > 0) filters = withList(filters, kind, list)
  }
  const fromMs = Date.parse(decoded(values.get('since') ?? ''))
  const toMs = Date.parse(decoded(values.get('until') ?? ''))
  return {
    filters: {
      ...filters,
      fromMs: Number.isNaN(fromMs) ? -Infinity : fromMs,
      toMs: Number.isNaN(toMs) ? Infinity : toMs,
      search: decoded(values.get('search') ?? ''),
    },
    order: orderNamed(values.get('sort') ?? ''),
    connection: connectionNamed(decoded(values.get('connection') ?? '')),
  }
}

/** A connection as a link names it: its stream, with the number of its capture before it unless that is the first. */
export function connectionText({ capture, stream }: ConnectionName): string {
  return capture === 0 ? `${stream}` : `${capture + 1}:${stream}`
}

function connectionNamed(text: string): ConnectionName | undefined {
  const [, capture = '1', stream] = /^(?:(\d+):)?(\d+)$/.exec(text) ?? []
  return stream === undefined ? undefined : { capture: Number(capture) - 1, stream: Number(stream) }
}

function orderNamed(text: string): Order {
  const isDescending = text.startsWith('-')
  const by = ORDERS.find((name) => name === text.slice(isDescending ? 1 : 0))
  return by === undefined ? FIRST_ORDER : { by, isDescending }
}

/** Commas part values, and colons are easy to read. */
function encoded(text: string): string {
  return encodeURIComponent(text)
    .replaceAll('%3A', ':')
    .replaceAll('%5B', '[')
    .replaceAll('%5D', ']')
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
