// An ended connection as incidents look at it: when it began and ended, who closed, what became of it.

import { type Closer, CLOSERS } from '../verdict/answer.js'
import { ENDINGS, type Ending, type Row, endingOf } from '../verdict/endings.js'
import {
  DIGEST_BY_RESET,
  DIGEST_BY_SERVER,
  DIGEST_CLIENT_GUESSED,
  DIGEST_CLOSED,
  DIGEST_MID_REQUEST,
  DIGEST_NAT_TWIN,
  DIGEST_OPENED,
  DIGEST_REPEATED,
  type Digest,
} from './digest.js'

/** One connection. Times are ns relative to the zero of its capture. */
export interface Ended {
  readonly stream: number
  readonly row: Row
  /** `verdict.cause`. */
  readonly ending: Ending
  readonly closer: Closer
  /** The side of its first FIN or reset that counts. */
  readonly by: 'client' | 'server' | undefined
  /** That was a reset. */
  readonly byReset: boolean
  readonly isOpened: boolean
  /** Its SYN was answered by a RST, or by an ICMP error. */
  readonly isRefused: boolean
  /** One of its sides repeats itself or probes without an answer at the end. */
  readonly isRepeating: boolean
  /** Its SYN was captured, and its server took it. */
  readonly isAccepted: boolean
  readonly startNs: number
  readonly endNs: number
  /** Time of its first FIN or reset that counts, NaN for none. */
  readonly closedNs: number
  /** How long nothing had been said before that, NaN when unknown. */
  readonly idleNs: number
  /** Times of the last packets of its sides, NaN for a side of which nothing was captured. */
  readonly clientLastNs: number
  readonly serverLastNs: number
  /** When what a side repeats without an answer was sent first, NaN when none does. */
  readonly askedNs: number
  readonly clientBytes: number
  readonly serverBytes: number
  /** Address of the client: its words with spaces between them; of IPv4 one, with a space behind: V8 seeds no hash of a number. */
  readonly clientKey: string
  readonly clientPort: number
  readonly serverPort: number
  /** Its server closed it with a request that had got no answer: who closes by plan answers first. */
  readonly isMidRequest: boolean
  /** How many connections it stands for, as an average: more than one where many alike were thinned out. */
  readonly weight: number
}

const NAMES: readonly Ending[] = ENDINGS.map(endingOf)

/** Reads a digest. */
export function endedOf(d: Digest, clientKey: string, weight: number): Ended {
  const row = ENDINGS[d.ending] as Row
  const ending = NAMES[d.ending] as Ending
  const isRefused = REFUSED.has(ending)
  return {
    stream: d.stream,
    row,
    ending,
    isRefused,
    closer: CLOSERS[d.closer] as Closer,
    by:
      (d.flags & DIGEST_CLOSED) === 0
        ? undefined
        : (d.flags & DIGEST_BY_SERVER) === 0
          ? 'client'
          : 'server',
    byReset: (d.flags & DIGEST_BY_RESET) !== 0,
    isRepeating: (d.flags & DIGEST_REPEATED) !== 0,
    isOpened: (d.flags & DIGEST_OPENED) !== 0,
    isAccepted: (d.flags & (DIGEST_OPENED | DIGEST_CLIENT_GUESSED)) === DIGEST_OPENED,
    startNs: d.startNs,
    endNs: d.endNs,
    // An ICMP error is no packet of the connection.
    closedNs: isRefused && Number.isNaN(d.teardownNs) ? d.endNs : d.teardownNs,
    idleNs: d.idleNs,
    clientLastNs: d.clientLastNs,
    serverLastNs: d.serverLastNs,
    askedNs: d.askedNs,
    clientBytes: d.clientBytes,
    serverBytes: d.serverBytes,
    clientKey,
    clientPort: d.ports >>> 16,
    serverPort: d.ports & 0xffff,
    isMidRequest: isMidRequest(d),
    // Both are there of a connection that was captured on both sides of a NAT.
    weight: (d.flags & DIGEST_NAT_TWIN) === 0 ? weight : weight / 2,
  }
}

/** Endings of connections that a server, or what answers for it, turns away. */
const REFUSED: ReadonlySet<Ending> = new Set<Ending>([
  'handshake_failed.refused',
  'handshake_failed.icmp_unreachable',
])

/** Endings of connections that a server resets with a request unread. */
const UNREAD: ReadonlySet<Ending> = new Set<Ending>([
  'rst_after_kill.unread_data',
  'rst_after_kill.unaccepted',
])

function isMidRequest({ flags, ending }: Digest): boolean {
  if ((flags & DIGEST_BY_SERVER) === 0) return false
  return (flags & DIGEST_MID_REQUEST) !== 0 || UNREAD.has(NAMES[ending] as Ending)
}

/** Endings of connections on which a request met a server that had closed. */
const TOO_LATE: ReadonlySet<Ending> = new Set<Ending>([
  'rst_after_kill.write_after_close',
  'rst_after_kill.crossed_close',
])

/** A reset follows what it answers within this time. */
const ANSWERED_NS = 1e9

/** Whether a request of the client was lost to the close of the server, or met a host that had forgotten the connection. */
export function isRequestLost({ by, ending, idleNs, isMidRequest: isOpen }: Ended): boolean {
  if (by !== 'server') return false
  return isOpen || TOO_LATE.has(ending) || (ending === FORGOTTEN && idleNs < ANSWERED_NS)
}

/** The ending of a connection that its server knows no more. */
export const FORGOTTEN: Ending = 'rst_after_kill.peer_forgot'

/** How many connections some stand for. */
export function countOf(all: readonly Ended[]): number {
  return Math.round(all.reduce((sum, { weight }) => sum + weight, 0))
}
