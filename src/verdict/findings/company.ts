// Findings about what other connections and the capture point tell.

import { count, duration } from '../../base/text.js'
import {
  CONN_NAT_TWIN,
  CONN_OLD_ANSWERED,
  CONN_REUSED_PORTS,
  PREVIOUS_CLOSED,
  PREVIOUS_HALF_CLOSED,
  PREVIOUS_NOT_OPEN,
  PREVIOUS_RESET,
  SIDE_SYN,
  SIDE_SYN_ACK,
} from '../../tcp/record/bits.js'
import type { Evidence } from '../evidence.js'
import type { FindingRow } from './row.js'

/** The next connection of the client that long after is a try again. */
const RETRY_NS = 10e9
/** One capture point is near an end whose answers take so much less than those of the other. */
const NEAR = 4
/** Answers within this time say nothing about distance. */
const NEAR_NS = 100e3

/** Their rows. */
export const COMPANY: readonly FindingRow[] = [
  {
    code: 'old_connection',
    isRare: true,
    meaning: 'The server still held an earlier connection on these ports and had to be told.',
    weight: 5,
    saidBy: ['old_connection'],
    find: (e, _s, add) => {
      if (!e.has(CONN_OLD_ANSWERED)) return
      add(
        e.server.challenge.seen ? e.server.challenge : e.start,
        'The server still held an earlier connection on these ports and answered the SYN for that one.',
        { side: e.server },
      )
    },
  },
  {
    code: 'port_accepts',
    isRare: true,
    meaning: 'The same server port took other connections in this capture.',
    weight: 7,
    saidBy: ['refused'],
    find: (e, _s, add) => {
      if (e.portAccepts <= 0 || e.handshake.seen) return
      add(
        e.start,
        `The port took ${count(e.portAccepts, 'other connection')} in this capture${when(e)}.`,
        {
          side: e.server,
          count: e.portAccepts,
        },
      )
    },
  },
  {
    code: 'same_ports_before',
    meaning: 'An earlier connection had the same addresses and ports.',
    weight: 6,
    find: (e, _s, add) => {
      if (!e.has(CONN_REUSED_PORTS) || e.previousStream === 0) return
      const spanNs = Math.max(0, e.start.ns - e.previousNs)
      add(
        e.start,
        `Stream ${e.previousStream - 1} had the same addresses and ports until ${duration(spanNs)} before, and ${previousText(e.previousKind)}.`,
        { spanNs },
      )
    },
  },
  {
    code: 'belongs_to',
    isRare: true,
    meaning: 'A lone segment whose numbers are those of another connection.',
    weight: 9,
    saidBy: ['rst_only', 'fin_only'],
    find: (e, _s, add) => {
      if (e.belongsTo === 0) return
      add(
        e.start,
        `Its numbers are those of stream ${e.belongsTo - 1}, under other addresses: the same connection without its address translation.`,
        {
          count: e.belongsTo - 1,
        },
      )
    },
  },
  {
    code: 'nat_twin',
    meaning:
      'The same connection was captured under other addresses too, on the other side of a NAT.',
    weight: 2,
    find: (e, _s, add) => {
      if (e.has(CONN_NAT_TWIN)) {
        add(
          e.start,
          'The same connection is in this capture under other addresses too, on the other side of a NAT.',
        )
      }
    },
  },
  {
    code: 'retry_worked',
    isRare: true,
    meaning:
      'The client opened another connection to the server right after, and that one was taken.',
    weight: 5,
    find: (e, s, add) => {
      if (s.bothFins && !s.resetDecides) return
      if (e.retryStream === 0 || e.retryNs - e.end.ns > RETRY_NS) return
      const spanNs = Math.max(0, e.retryNs - e.end.ns)
      add(
        e.end,
        `The client's next connection (stream ${e.retryStream - 1}) was taken ${duration(spanNs)} later.`,
        {
          side: e.client,
          spanNs,
        },
      )
    },
  },
  {
    code: 'capture_point',
    isRare: true,
    meaning: 'Where the capture was made, by the times of the handshake.',
    weight: 0,
    find: (e, _s, add) => {
      const where = capturePoint(e)
      if (where !== undefined) add(e.handshake, `Captured ${where}, by the times of the handshake.`)
    },
  },
]

function when(e: Evidence): string {
  const before = e.portFirstNs < e.start.ns
  const after = e.portLastNs > e.end.ns
  if (before && after) return ', before and after this one'
  const all = e.portAccepts === 1 ? '' : ' all of them'
  if (before) return `,${all} before this one`
  return after ? `,${all} after this one` : ' at that time'
}

function previousText(kind: number): string {
  switch (kind) {
    case PREVIOUS_CLOSED:
      return 'was closed'
    case PREVIOUS_HALF_CLOSED:
      return 'was closed by one side only'
    case PREVIOUS_RESET:
      return 'was reset'
    case PREVIOUS_NOT_OPEN:
      return 'never opened'
    default:
      return 'was still open'
  }
}

/** Where the capture was made, as far as the handshake tells. */
function capturePoint(e: Evidence): string | undefined {
  const { client, server } = e
  if (!client.has(SIDE_SYN) || !server.has(SIDE_SYN_ACK) || !e.handshake.seen || e.synAckNs === 0)
    return undefined
  if (client.synRepeats > 0 || server.synAckRepeats > 0) return undefined
  const toServer = e.synAckNs - e.start.ns
  const toClient = e.handshake.ns - e.synAckNs
  if (toServer < 0 || toClient < 0 || toServer + toClient < NEAR_NS) return undefined
  if (toClient * NEAR < toServer) return 'near the client'
  if (toServer * NEAR < toClient) return 'near the server'
  return 'between the two'
}
