// The order of the table.

import type { PageHead } from '../../output/page/page-data.js'
import type { Connections, WordColumn } from './connections.js'

/** What the table can be sorted by; `trouble` is how much endings matter, then time. */
export const ORDERS = [
  'trouble',
  'ended',
  'ending',
  'client',
  'server',
  'closer',
  'confidence',
  'lasted',
  'bytes',
  'client_sees',
  'server_sees',
  'stream',
] as const

/** One of {@link ORDERS}. */
export type OrderName = (typeof ORDERS)[number]

/** An order of rows. */
export interface Order {
  readonly by: OrderName
  readonly isDescending: boolean
}

/** As a page opens: what matters most first. */
export const FIRST_ORDER: Order = { by: 'trouble', isDescending: true }

/** Places of all connections in order. Those that are equal stay in the order of time. */
export function orderOf(c: Connections, head: PageHead, { by, isDescending }: Order): Uint32Array {
  const keys = KEYS[by](c, head)
  const sign = isDescending ? -1 : 1
  const { endedMs, stream, capture } = c
  return Uint32Array.from({ length: c.size }, (_, at) => at).sort((a, b) => {
    const [x, y] = [keys[a] as number, keys[b] as number]
    // What has no value is last in any order.
    if (x !== y && !(Number.isNaN(x) && Number.isNaN(y))) {
      if (Number.isNaN(x)) return 1
      if (Number.isNaN(y)) return -1
      return sign * (x - y)
    }
    const earlier = (endedMs[a] as number) - (endedMs[b] as number)
    if (earlier !== 0 && !Number.isNaN(earlier)) return earlier
    const before = (capture[a] as number) - (capture[b] as number)
    return before === 0 ? (stream[a] as number) - (stream[b] as number) : before
  })
}

const PORTS = 65_536
/** Digits of the largest number in an address or port. */
const DIGITS = 5

/** What is compared for each order. */
const KEYS: Readonly<Record<OrderName, (c: Connections, head: PageHead) => ArrayLike<number>>> = {
  trouble: (c, head) => Array.from(c.ending, (at) => head.endings[at]?.severity ?? 0),
  ended: (c) => c.endedMs,
  ending: (c) => c.ending,
  client: (c) =>
    wordKeys(c.clientIp).map((rank, at) => rank * PORTS + (c.clientPort[at] as number)),
  server: (c) => wordKeys(c.server),
  closer: (c) => wordKeys(c.closer),
  confidence: (c) => wordKeys(c.confidence),
  lasted: (c) => c.durationS,
  bytes: (c) => Float64Array.from(c.clientBytes, (n, at) => n + (c.serverBytes[at] as number)),
  client_sees: (c) => wordKeys(c.clientSees),
  server_sees: (c) => wordKeys(c.serverSees),
  stream: (c) => c.stream,
}

function wordKeys({ words, at }: WordColumn): Float64Array {
  const ranks = ranked(words)
  return Float64Array.from(at, (place) => ranks[place] ?? NaN)
}

/** Of the same words once: there may be as many clients as connections. */
const RANKS = new WeakMap<readonly string[], Float64Array>()

/** The place of each text in their order; numbers in them by their size. */
function ranked(texts: readonly string[]): Float64Array {
  const known = RANKS.get(texts)
  if (known !== undefined) return known
  // A tenth of the time that texts take which are compared as people sort them.
  const keys = texts.map(
    (text) => `${isIpv6(text) ? 6 : 4}${text.replaceAll(/\d+/g, (n) => n.padStart(DIGITS, '0'))}`,
  )
  const sorted = [...keys.keys()].sort((a, b) =>
    (keys[a] as string) < (keys[b] as string) ? -1 : 1,
  )
  const ranks = new Float64Array(texts.length)
  for (const [rank, at] of sorted.entries()) ranks[at] = rank
  RANKS.set(texts, ranks)
  return ranks
}

/** Whether a text is an address of IPv6, with or without a port: these come behind all others. */
function isIpv6(text: string): boolean {
  return text.indexOf(':') !== text.lastIndexOf(':')
}
