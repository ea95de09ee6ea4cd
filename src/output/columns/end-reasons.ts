// How a firewall, or an exporter of flows, would have called an ending: one table from endings to ways of ending, and one from these
// to everybody's words.
//
// The words: Cisco ASA, syslog message 302014 ("Teardown TCP connection … reason"); Palo Alto Networks PAN-OS, field
// session_end_reason of traffic logs; IPFIX, information element 136 flowEndReason (RFC 5102 §5.11.3, IANA).

import { CONN_EVICTED } from '../../tcp/record/bits.js'
import type { Ending } from '../../verdict/endings.js'
import type { ColumnSource } from './column.js'

/** How an ending looks to what stands between the hosts and keeps a table of connections. */
type Way =
  /** Both sides closed. */
  | 'fins'
  /** A reset; whose, decides the word. */
  | 'reset'
  /** Closed, but what should have come last never came. */
  | 'fin_timeout'
  /** Never open. */
  | 'syn_timeout'
  /** Open, and nothing passed any more. */
  | 'silence'
  /** Not over when the capture was. */
  | 'open'
  /** The same addresses and ports were used again. */
  | 'reused'
  | 'unknown'

/** The way of every ending. */
export const WAYS: Readonly<Record<Ending, Way>> = {
  'graceful_fin.normal': 'fins',
  'graceful_fin.half_close': 'fins',
  'graceful_fin.slow_close': 'fins',
  'graceful_fin.simultaneous': 'fins',
  'graceful_fin.last_ack_missing': 'fin_timeout',
  'graceful_fin.reset_after_close': 'fins',
  'graceful_fin.late_close': 'fins',
  'graceful_fin.unanswered_request': 'fins',
  'graceful_fin.no_payload': 'fins',
  'graceful_fin.close_notify': 'reset',
  'rst_after_kill.unread_data': 'reset',
  'rst_after_kill.unaccepted': 'reset',
  'rst_after_kill.write_after_close': 'reset',
  'rst_after_kill.crossed_close': 'reset',
  'rst_after_kill.peer_forgot': 'reset',
  'rst_abort.abort': 'reset',
  'rst_abort.close_wait_abort': 'reset',
  'rst_abort.abort_after_fin': 'reset',
  'rst_abort.health_check': 'reset',
  'keepalive_timeout.reset_sent': 'reset',
  'keepalive_timeout.silent': 'silence',
  'keepalive_timeout.peer_forgot': 'reset',
  'keepalive_timeout.unanswered_at_end': 'open',
  'lingering_established.active': 'open',
  'lingering_established.idle': 'open',
  'lingering_established.keepalive_sustained': 'open',
  'lingering_established.close_wait': 'open',
  'lingering_established.fin_unanswered': 'open',
  'lingering_established.data_unanswered': 'open',
  'lingering_established.zero_window': 'open',
  'lingering_established.superseded': 'reused',
  'retransmission_timeout.data': 'silence',
  'retransmission_timeout.fin': 'fin_timeout',
  'retransmission_timeout.zero_window': 'silence',
  'handshake_failed.refused': 'reset',
  'handshake_failed.unanswered': 'syn_timeout',
  'handshake_failed.icmp_unreachable': 'syn_timeout',
  'handshake_failed.reset_by_client': 'reset',
  'handshake_failed.synack_unanswered': 'syn_timeout',
  'handshake_failed.accept_overflow': 'silence',
  'handshake_failed.old_connection': 'syn_timeout',
  'reset_other.middlebox': 'reset',
  'reset_other.injected': 'reset',
  'reset_other.stray': 'reset',
  'reset_other.unexplained': 'reset',
  'incomplete.midstream': 'unknown',
  'incomplete.one_direction': 'unknown',
  'incomplete.rst_only': 'reset',
  'incomplete.fin_only': 'unknown',
}

/** A word, or a word for each side whose reset it was. */
type Word = string | { readonly client: string; readonly server: string }

/** Everybody's words for a way; absent where there is none, as for what is not over. */
interface Words {
  readonly asa?: Word
  readonly panos?: Word
  readonly flow?: number
}

/** `flowEndReason`. 2, the active timeout, is of exporters that report what goes on. */
const IDLE_TIMEOUT = 1
const END_DETECTED = 3
const FORCED_END = 4
const LACK_OF_RESOURCES = 5

/** Everybody's words for every way. */
export const WORDS: Readonly<Record<Way, Words>> = {
  fins: { asa: 'TCP FINs', panos: 'tcp-fin', flow: END_DETECTED },
  // Inside and outside are the firewall's: here the client is taken to be inside.
  reset: {
    asa: { client: 'TCP Reset-I', server: 'TCP Reset-O' },
    panos: { client: 'tcp-rst-from-client', server: 'tcp-rst-from-server' },
    flow: END_DETECTED,
  },
  fin_timeout: { asa: 'FIN Timeout', panos: 'tcp-fin', flow: END_DETECTED },
  syn_timeout: { asa: 'SYN Timeout', panos: 'aged-out', flow: IDLE_TIMEOUT },
  silence: { asa: 'Conn-timeout', panos: 'aged-out', flow: IDLE_TIMEOUT },
  open: { flow: FORCED_END },
  reused: { panos: 'tcp-reuse', flow: FORCED_END },
  unknown: { asa: 'Unknown', panos: 'unknown' },
}

/** All words of one list. */
function wordsOf(list: 'asa' | 'panos'): string[] {
  const words = Object.values(WORDS).flatMap(({ [list]: word }) =>
    word === undefined ? [] : typeof word === 'string' ? [word] : [word.client, word.server],
  )
  return [...new Set<string>(words)]
}

/** All that `asaReason` may say. */
export const ASA_REASONS: readonly string[] = wordsOf('asa')
/** All that `panosReason` may say. */
export const PANOS_REASONS: readonly string[] = wordsOf('panos')
/** All that `flowEndReason` may say. */
export const FLOW_END_REASONS: readonly number[] = [
  IDLE_TIMEOUT,
  END_DETECTED,
  FORCED_END,
  LACK_OF_RESOURCES,
]

/** A Cisco ASA's reason for the teardown; undefined for what is not over. */
export function asaReason(c: ColumnSource): string | undefined {
  return sided(WORDS[wayOf(c)].asa, c)
}

/** A PAN-OS firewall's reason for the end of the session; undefined for what is not over. */
export function panosReason(c: ColumnSource): string | undefined {
  return sided(WORDS[wayOf(c)].panos, c)
}

/** IPFIX `flowEndReason`; undefined where too little was captured. */
export function flowEndReason(c: ColumnSource): number | undefined {
  return c.e.has(CONN_EVICTED) ? LACK_OF_RESOURCES : WORDS[wayOf(c)].flow
}

/** A reset that was the last to come decides, also where its sender had never been heard. */
function wayOf({ j }: ColumnSource): Way {
  const way = WAYS[j.ending]
  return way === 'silence' && j.derived.resetDecides ? 'reset' : way
}

function sided(word: Word | undefined, { e, j }: ColumnSource): string | undefined {
  if (word === undefined || typeof word === 'string') return word
  const resetter = j.derived.resetter ?? (e.client.rst.at.seen ? e.client : e.server)
  return resetter === e.client ? word.client : word.server
}
