// What happened between two captures of one connection: packets that one end sent and the other never got, and packets that
// came without having been sent.

import { count } from '../base/text.js'
import type { Pair } from './pairs.js'
import type { Seen, SeenSide } from './vantage.js'

/** Kinds of differences, the worst first. */
export const DIFFERENCES = [
  'rst_never_sent',
  'rst_never_arrived',
  'fin_never_sent',
  'fin_never_arrived',
  'packets_lost',
  'packets_added',
  'verdicts_differ',
] as const

/** One difference. */
export interface Difference {
  readonly kind: (typeof DIFFERENCES)[number]
  /** One sentence; captures are called A and B. */
  readonly says: string
}

/** The names of the captures nearer to a side's host, and farther from it. */
interface Ends {
  readonly near: 'A' | 'B'
  readonly far: 'A' | 'B'
  readonly sent: SeenSide
  readonly arrived: SeenSide
}

/** All differences of a pair. */
export function differencesOf(pair: Pair): Difference[] {
  const { a, b } = pair
  const found = [...ofSide(pair, 'client'), ...ofSide(pair, 'server')]
  if (a.ending !== b.ending) {
    found.push({
      kind: 'verdicts_differ',
      says: `A alone tells ${a.ending} (closer ${a.closer}), B ${b.ending} (closer ${b.closer}).`,
    })
  }
  return found.sort((one, other) => DIFFERENCES.indexOf(one.kind) - DIFFERENCES.indexOf(other.kind))
}

/** A capture of one connection ends with the last packet that reached it: one that lacks no more than this is whole. */
const COVERED_NS = 5e9

/** Whether both captures go on until the other one has seen the last of the connection. */
export function coverBoth({ a, b }: Pair): boolean {
  return a.toEndNs + COVERED_NS >= b.spanNs && b.toEndNs + COVERED_NS >= a.spanNs
}

function ofSide(pair: Pair, side: 'client' | 'server'): Difference[] {
  const { a, b, nearClient } = pair
  // What came after the end of one of them says nothing.
  if (nearClient === undefined || !coverBoth(pair)) return []
  const isANear = (nearClient === 'a') === (side === 'client')
  const ends: Ends = isANear
    ? { near: 'A', far: 'B', sent: a[side], arrived: b[side] }
    : { near: 'B', far: 'A', sent: b[side], arrived: a[side] }
  return [...resets(ends, side), ...fins(ends, side), ...packets(ends, side)]
}

function resets({ near, far, sent, arrived }: Ends, side: string): Difference[] {
  if (arrived.resets > 0 && sent.resets === 0) {
    return [
      {
        kind: 'rst_never_sent',
        says: `The RST of the ${side} at ${far} (packet ${arrived.resetPacket}) is not in ${near}, which is nearer to that host: something between the two made it, or ${near} is not whole.`,
      },
    ]
  }
  if (sent.resets > 0 && arrived.resets === 0) {
    return [
      {
        kind: 'rst_never_arrived',
        says: `The ${side} sent a RST (${near} packet ${sent.resetPacket}), and it never arrived at ${far}.`,
      },
    ]
  }
  return []
}

function fins({ near, far, sent, arrived }: Ends, side: string): Difference[] {
  if (arrived.fins > 0 && sent.fins === 0) {
    return [
      {
        kind: 'fin_never_sent',
        says: `The FIN of the ${side} at ${far} (packet ${arrived.finPacket}) is not in ${near}, which is nearer to that host: something between the two made it, or ${near} is not whole.`,
      },
    ]
  }
  if (sent.fins > 0 && arrived.fins === 0) {
    return [
      {
        kind: 'fin_never_arrived',
        says: `The ${side} closed (${near} packet ${sent.finPacket}, ${count(sent.fins, 'FIN')}), and none arrived at ${far}.`,
      },
    ]
  }
  return []
}

function packets({ near, far, sent, arrived }: Ends, side: string): Difference[] {
  // Resets and FINs that are told by themselves are left out.
  const own = sent.packets - foreign(sent, arrived)
  const missing = own - (arrived.packets - foreign(arrived, sent))
  // Segments may be cut anew on the way: where the same payload passed, fewer packets are no loss.
  const isCutAnew = sent.bytes === arrived.bytes && Math.abs(missing) > 1
  if (missing > 0 && !isCutAnew) {
    return [
      {
        kind: 'packets_lost',
        says: `${count(missing, 'packet')} of the ${side} of ${sent.packets} at ${near} did not arrive at ${far}, or ${missing === 1 ? 'is' : 'are'} missing from that capture.`,
      },
    ]
  }
  if (missing < 0 && arrived.sentBytes > sent.sentBytes) {
    return [
      {
        kind: 'packets_added',
        says: `${count(-missing, 'packet')} of the ${side} more arrived at ${far} than passed ${near}: made in between, or missing from that capture.`,
      },
    ]
  }
  return []
}

/** Resets and FINs of one capture that the other has none of. */
function foreign(here: SeenSide, there: SeenSide): number {
  return (there.resets === 0 ? here.resets : 0) + (there.fins === 0 ? here.fins : 0)
}

/** Who really closed first: the capture nearest to a host tells what it sent. */
export function firstCloser(pair: Pair): Seen['closer'] | undefined {
  const { a, b, nearClient } = pair
  if (nearClient === undefined || !coverBoth(pair)) return undefined
  // After a reset that was made in between, what the ends send answers it.
  if (differencesOf(pair).some(({ kind }) => kind.endsWith('_never_sent'))) return undefined
  const [client, server] = nearClient === 'a' ? [a.client, b.server] : [b.client, a.server]
  const byClient = client.fins + client.resets > 0
  const byServer = server.fins + server.resets > 0
  if (byClient !== byServer) return byClient ? 'client' : 'server'
  if (!byClient) return 'none'
  return a.closer === b.closer ? a.closer : undefined
}
