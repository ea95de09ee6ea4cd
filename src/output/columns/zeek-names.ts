// The names Zeek gives a connection in its conn.log, derived from its own rules (scripts/base/protocols/conn/main.zeek).

import * as L from '../../tcp/layout.js'
import {
  ZEEK_CLOSED,
  ZEEK_ESTABLISHED,
  ZEEK_INACTIVE,
  ZEEK_PARTIAL,
  ZEEK_RESET,
  ZEEK_SYN_ACK_SENT,
  ZEEK_SYN_SENT,
  zeekHistory,
  zeekState,
} from '../../tcp/views/zeek.js'
import type { ColumnSource } from './column.js'

/** A SYN and a RST of the originator, and nothing in between that shows an answer. */
const SYN_THEN_RST = /^\^?S[^HAFGIQ]*R/

/** Zeek's `history`. */
export function history(c: ColumnSource): string {
  const { ints } = c.table.connections
  const conn = c.e.record * L.CONN_INTS
  const length = ints[conn + L.HISTORY_LENGTH] as number
  if (length > CACHED_LENGTH) return zeekHistory(ints, conn, c.e.clientSide)
  const first = ints[conn + L.HISTORY] as number
  const second = ints[conn + L.HISTORY + 1] as number
  const third = ints[conn + L.HISTORY + 2] as number
  const slot = (Math.imul(first, 31) + Math.imul(second, 17) + third + c.e.clientSide) & (SLOTS - 1)
  const cached = HISTORIES[slot]
  if (
    cached !== undefined &&
    cached.first === first &&
    cached.second === second &&
    cached.third === third &&
    cached.length === length &&
    cached.clientSide === c.e.clientSide
  ) {
    return cached.text
  }
  const text = zeekHistory(ints, conn, c.e.clientSide)
  HISTORIES[slot] = { first, second, third, length, clientSide: c.e.clientSide, text }
  return text
}

/** Histories come in few forms: each is put together once as long as its slot is not needed for another. */
const SLOTS = 256
const CACHED_LENGTH = 12
const HISTORIES: (CachedHistory | undefined)[] = Array.from({ length: SLOTS })

interface CachedHistory {
  readonly first: number
  readonly second: number
  readonly third: number
  readonly length: number
  readonly clientSide: number
  readonly text: string
}

/** Zeek's `conn_state`; the responder's reset is looked at first, whichever came first. */
export function connState(c: ColumnSource): string {
  const word = c.table.connections.ints[c.e.record * L.CONN_INTS + L.ZEEK] as number
  const orig = zeekState(word, c.e.clientSide)
  const resp = zeekState(word, 1 - c.e.clientSide)
  const origIsInactive = orig === ZEEK_INACTIVE || orig === ZEEK_PARTIAL
  const respIsInactive = resp === ZEEK_INACTIVE || resp === ZEEK_PARTIAL
  if (resp === ZEEK_RESET) {
    const noBytes = c.e.client.bytes === 0 && c.e.server.bytes === 0
    const opening = orig === ZEEK_SYN_SENT || orig === ZEEK_SYN_ACK_SENT
    if (opening || (orig === ZEEK_RESET && noBytes)) return 'REJ'
    return origIsInactive ? 'RSTRH' : 'RSTR'
  }
  if (orig === ZEEK_RESET) {
    if (!respIsInactive) return 'RSTO'
    return SYN_THEN_RST.test(history(c)) ? 'RSTOS0' : 'OTH'
  }
  if (orig === ZEEK_CLOSED && resp === ZEEK_CLOSED) return 'SF'
  if (orig === ZEEK_CLOSED) return respIsInactive ? 'SH' : 'S2'
  if (resp === ZEEK_CLOSED) return origIsInactive ? 'SHR' : 'S3'
  if (orig === ZEEK_SYN_SENT && resp === ZEEK_INACTIVE) return 'S0'
  return orig === ZEEK_ESTABLISHED && resp === ZEEK_ESTABLISHED ? 'S1' : 'OTH'
}
