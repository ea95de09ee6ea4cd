// The names Zeek gives a connection in its conn.log, derived from its own rules (scripts/base/protocols/conn/main.zeek).

import { CONN } from '../record/connection.js'
import type { Side, Whole } from '../record/view.js'
import {
  ZEEK_CLOSED,
  ZEEK_ESTABLISHED,
  ZEEK_INACTIVE,
  ZEEK_PARTIAL,
  ZEEK_RESET,
  ZEEK_SYN_ACK_SENT,
  ZEEK_SYN_SENT,
  zeekLetters,
  zeekState,
} from './zeek.js'

/** A connection whose roles are known. */
export interface ZeekSource extends Whole {
  readonly clientSide: number
  readonly client: Side
  readonly server: Side
}

/** A SYN and a RST of the originator, and nothing in between that shows an answer. */
const SYN_THEN_RST = /^\^?S[^HAFGIQ]*R/

/** Zeek's `history`. */
export function zeekHistory({ own, clientSide, historyLength: length }: ZeekSource): string {
  const { ints, word } = own
  if (length > CACHED_LENGTH) return zeekLetters(ints, word, clientSide)
  const first = ints[word + CONN.history] as number
  const second = ints[word + CONN.history + 1] as number
  const third = ints[word + CONN.history + 2] as number
  const slot = (Math.imul(first, 31) + Math.imul(second, 17) + third + clientSide) & (SLOTS - 1)
  const cached = HISTORIES[slot]
  if (
    cached !== undefined &&
    cached.first === first &&
    cached.second === second &&
    cached.third === third &&
    cached.length === length &&
    cached.clientSide === clientSide
  ) {
    return cached.text
  }
  const text = zeekLetters(ints, word, clientSide)
  HISTORIES[slot] = { first, second, third, length, clientSide, text }
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

/** Values of Zeek's `conn_state`. */
export type ConnState =
  | 'S0'
  | 'S1'
  | 'SF'
  | 'REJ'
  | 'S2'
  | 'S3'
  | 'RSTO'
  | 'RSTR'
  | 'RSTOS0'
  | 'RSTRH'
  | 'SH'
  | 'SHR'
  | 'OTH'

/** Zeek's `conn_state`; the responder's reset is looked at first, whichever came first. */
export function zeekConnState(c: ZeekSource): ConnState {
  const orig = endState(c.zeek, c.clientSide)
  const resp = endState(c.zeek, 1 - c.clientSide)
  const origIsInactive = orig === ZEEK_INACTIVE || orig === ZEEK_PARTIAL
  const respIsInactive = resp === ZEEK_INACTIVE || resp === ZEEK_PARTIAL
  if (resp === ZEEK_RESET) {
    const noBytes = c.client.bytes === 0 && c.server.bytes === 0
    const opening = orig === ZEEK_SYN_SENT || orig === ZEEK_SYN_ACK_SENT
    if (opening || (orig === ZEEK_RESET && noBytes)) return 'REJ'
    return origIsInactive ? 'RSTRH' : 'RSTR'
  }
  if (orig === ZEEK_RESET) {
    if (!respIsInactive) return 'RSTO'
    return SYN_THEN_RST.test(zeekHistory(c)) ? 'RSTOS0' : 'OTH'
  }
  if (orig === ZEEK_CLOSED && resp === ZEEK_CLOSED) return 'SF'
  if (orig === ZEEK_CLOSED) return respIsInactive ? 'SH' : 'S2'
  if (resp === ZEEK_CLOSED) return origIsInactive ? 'SHR' : 'S3'
  if (orig === ZEEK_SYN_SENT && resp === ZEEK_INACTIVE) return 'S0'
  return orig === ZEEK_ESTABLISHED && resp === ZEEK_ESTABLISHED ? 'S1' : 'OTH'
}

/** What was before a reset makes no difference any more. */
function endState(word: number, side: number): number {
  return Math.min(zeekState(word, side), ZEEK_RESET)
}
