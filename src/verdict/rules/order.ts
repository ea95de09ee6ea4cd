// The order of the rules, and the only place where it is written. Rules are tried from the top, section by section, and
// the first that holds gives the ending: a reset that decides, then both FINs, then what was never established, given up
// or left open. A rule relies on those above it not having held.

import type { Derived } from '../derived.js'
import type { Rule } from '../rule.js'
import * as abort from './abort.js'
import * as giveUp from './give-up.js'
import * as graceful from './graceful.js'
import * as handshake from './handshake.js'
import * as incomplete from './incomplete.js'
import * as keepalive from './keepalive.js'
import * as middlebox from './middlebox.js'
import * as open from './open.js'
import * as reset from './reset.js'

/** Rules that are only worth asking when `when` holds, in their order of precedence. */
export interface RuleSection {
  readonly when: (s: Derived) => boolean
  readonly rules: readonly Rule[]
}

/** A reset passed. The first four look at the handshake alone; each of the others asks whether the reset decided. */
const RESETS: readonly Rule[] = [
  incomplete.RST_ONLY,
  middlebox.STRAY,
  handshake.OLD_CONNECTION,
  handshake.BACKSCATTER,
  handshake.REFUSED,
  handshake.HEALTH_CHECK,
  handshake.RESET_BY_CLIENT,
  handshake.ACCEPT_OVERFLOW_RESET,
  handshake.SYNACK_GIVEN_UP,
  keepalive.RESET_SENT,
  keepalive.PROBE_MET_NO_SOCKET,
  // Before all that blame the supposed sender.
  middlebox.AT_HOP,
  middlebox.INJECTED,
  middlebox.MIDDLEBOX,
  abort.CLOSE_WAIT_ABORT,
  reset.CLOSE_NOTIFY,
  reset.WRITE_AFTER_CLOSE,
  reset.CROSSED_CLOSE,
  abort.ABORT_AFTER_FIN,
  reset.RESET_AFTER_RETRANSMISSIONS,
  abort.UNACCEPTED,
  abort.UNREAD_DATA,
  abort.ABORT,
  incomplete.FIN_REFUSED,
  reset.PEER_FORGOT,
  reset.UNEXPLAINED,
]

/** Both FINs passed and no reset decided. */
const FINS: readonly Rule[] = [
  graceful.LATE_CLOSE,
  graceful.RESET_AFTER_CLOSE,
  graceful.NO_PAYLOAD,
  graceful.SIMULTANEOUS,
  graceful.LAST_ACK_MISSING,
  graceful.HALF_CLOSE,
  graceful.UNANSWERED_REQUEST,
  graceful.SLOW_CLOSE,
  graceful.NORMAL,
]

/** Everything else. */
const UNFINISHED: readonly Rule[] = [
  graceful.SELF_CLOSE,
  handshake.OLD_CONNECTION,
  handshake.ICMP_UNREACHABLE,
  handshake.UNANSWERED,
  handshake.ACCEPT_OVERFLOW,
  handshake.SYNACK_UNANSWERED,
  // Before what judges FINs without an acknowledgment.
  incomplete.FIN_ONLY,
  giveUp.PROBES_STOPPED,
  giveUp.PROBES_UNANSWERED,
  giveUp.DATA_GIVEN_UP,
  giveUp.FIN_GIVEN_UP,
  giveUp.ZERO_WINDOW_GIVEN_UP,
  open.REPEATED_UNHEARD,
  incomplete.MIDSTREAM,
  incomplete.ONE_DIRECTION,
  open.SUPERSEDED,
  open.ZERO_WINDOW,
  open.DATA_UNANSWERED_HALF_CLOSED,
  open.CLOSE_WAIT,
  open.FIN_UNANSWERED,
  open.DATA_UNANSWERED,
  open.KEEPALIVE_SUSTAINED,
  open.IDLE,
  open.ACTIVE,
]

/** All sections, in order of precedence. */
export const SECTIONS: readonly RuleSection[] = [
  { when: (s) => s.anyReset, rules: RESETS },
  {
    when: (s) => s.bothFins && s.undelivered === undefined && s.finUnheard === undefined,
    rules: FINS,
  },
  { when: () => true, rules: UNFINISHED },
]

/** Every rule, in order of precedence. */
export const RULES: readonly Rule[] = SECTIONS.flatMap(({ rules }) => rules)

/** Holds for every connection. */
export const LAST_RULE: Rule = open.ACTIVE
