// Which connections of a server endpoint are alike: those are thinned out together.

import { ENDINGS } from '../verdict/endings.js'
import { DIGEST, DIGEST_BY_SERVER, DIGEST_CLOSED } from './digest.js'
import { ALIKE } from './endpoint-counts.js'

/** Positions that are read of every digest, as constants: of an object each costs a load. */
const ENDING = DIGEST.ending
const FLAGS = DIGEST.flags

/** Kinds of connections, fewer than ALIKE. */
export const CLOSED_BY_CLIENT = 0
const CLOSED_BY_SERVER = 1
export const NEVER_OPEN = 2
export const REFUSED = 3
const UNANSWERED_REQUEST = 4
const UNREAD = 5
const AFTER_KILL = 6
const TELLING = 7
export const HELD = 8

/** Whether connections of a kind were ended by their server. */
export const IS_OF_SERVER: Uint8Array = new Uint8Array(ALIKE)
for (const kind of [CLOSED_BY_SERVER, UNANSWERED_REQUEST, UNREAD, AFTER_KILL])
  IS_OF_SERVER[kind] = 1

/** Stands for endings whose kind depends on who closed. */
const BY_CLOSER = 255

/** The kind of each ending. */
const KINDS = Uint8Array.from(ENDINGS, ({ verdict, cause }) => {
  if (verdict === 'handshake_failed')
    return cause === 'refused' || cause === 'icmp_unreachable' ? REFUSED : NEVER_OPEN
  if (cause === 'unanswered_request') return UNANSWERED_REQUEST
  if (cause === 'close_wait') return HELD
  if (verdict === 'rst_after_kill') return cause === 'unread_data' ? UNREAD : AFTER_KILL
  return verdict === 'graceful_fin' ? BY_CLOSER : TELLING
})

/** Connections that are counted alike when they are thinned out. */
export function kindOf(ints: Int32Array, word: number): number {
  const kind = KINDS[ints[word + ENDING] as number] as number
  if (kind !== BY_CLOSER) return kind
  const flags = ints[word + FLAGS] as number
  if ((flags & DIGEST_CLOSED) === 0) return TELLING
  return (flags & DIGEST_BY_SERVER) === 0 ? CLOSED_BY_CLIENT : CLOSED_BY_SERVER
}
