// Circumstances of a connection that are no verdict but change how far one can be trusted.

import {
  CONN_EVICTED,
  CONN_NAT_TWIN,
  CONN_OLD_ANSWERED,
  CONN_OPTIONS_CUT,
  CONN_REUSED_PORTS,
  CONN_SIMULTANEOUS_OPEN,
  CONN_SUPERSEDED,
  CONN_TIME_BACK,
  SIDE_MPTCP,
  SIDE_TFO,
} from '../tcp/record/bits.js'
import type { Derived } from './derived.js'
import type { Evidence } from './evidence.js'

/** Names of flags, in alphabetical order. */
export const FLAG_NAMES = [
  'capture_drops',
  'clock_step',
  'duplicates',
  'ends_early',
  'evicted',
  'fast_open',
  'icmp_error',
  'loss',
  'midstream',
  'multipath',
  'nat_twin',
  'old_connection_found',
  'one_direction',
  'options_cut',
  'ports_reused',
  'rst_form_differs',
  'rst_ignored',
  'simultaneous_open',
  'superseded',
  'time_back',
] as const
/** The name of a flag. */
export type FlagName = (typeof FLAG_NAMES)[number]

/** A flag: its stable name, its meaning, and when it is set. */
export interface Flag {
  readonly name: FlagName
  readonly meaning: string
  /** The bit of CONN.flags that is the flag, or how it is told otherwise. */
  readonly when: number | ((e: Evidence, s: Derived) => boolean)
}

/** All flags, in the order of output. */
export const FLAGS: readonly Flag[] = [
  {
    name: 'midstream',
    meaning: 'the capture begins after the handshake',
    when: (_e, s) => s.midstream,
  },
  {
    name: 'one_direction',
    meaning: 'packets of one side were not captured',
    when: (_e, s) => s.oneDirection,
  },
  { name: 'loss', meaning: 'bytes passed that were not captured', when: (_e, s) => s.loss },
  {
    name: 'capture_drops',
    meaning: 'the capture says that packets were lost before they reached it',
    when: (e) => e.captureDrops,
  },
  {
    name: 'options_cut',
    meaning: 'the snaplen cut TCP options off',
    when: CONN_OPTIONS_CUT,
  },
  {
    name: 'ends_early',
    meaning: 'the capture ends within a second of something that needs an answer',
    when: (_e, s) => s.endsEarly,
  },
  {
    name: 'duplicates',
    meaning: 'packets were captured twice',
    when: (e) => e.client.duplicates + e.server.duplicates > 0,
  },
  {
    name: 'nat_twin',
    meaning:
      'the same connection was captured under other addresses too, on the other side of a NAT',
    when: CONN_NAT_TWIN,
  },
  {
    name: 'time_back',
    meaning: "a packet's time lies before that of an earlier one",
    when: CONN_TIME_BACK,
  },
  {
    name: 'clock_step',
    meaning:
      "the capture's clock was set, back by seconds or far ahead: times across that mean nothing",
    when: (e) => e.clockStepped,
  },
  {
    name: 'ports_reused',
    meaning: 'an earlier connection had the same addresses and ports',
    when: CONN_REUSED_PORTS,
  },
  {
    name: 'old_connection_found',
    meaning: 'the server still held an earlier connection on these ports and had to be told',
    when: CONN_OLD_ANSWERED,
  },
  {
    name: 'superseded',
    meaning: 'a later connection took the addresses and ports over',
    when: CONN_SUPERSEDED,
  },
  {
    name: 'evicted',
    meaning: 'judged early because a table bound was reached',
    when: CONN_EVICTED,
  },
  {
    name: 'simultaneous_open',
    meaning: 'both sides sent a SYN',
    when: CONN_SIMULTANEOUS_OPEN,
  },
  {
    name: 'rst_ignored',
    meaning: 'a RST passed and changed nothing',
    when: (_e, s) => s.someResetIgnored,
  },
  {
    name: 'rst_form_differs',
    meaning: "the RST's options or IP ID do not continue those of its sender's other packets",
    when: (_e, s) => s.formIsForeign,
  },
  {
    name: 'icmp_error',
    meaning: 'an ICMP error quotes a packet of it',
    when: (e) => e.icmpCount > 0,
  },
  {
    name: 'fast_open',
    meaning: 'TCP Fast Open was offered',
    when: (e) => e.client.has(SIDE_TFO),
  },
  {
    name: 'multipath',
    meaning: 'a subflow of Multipath TCP: its end need not be the end of the connection',
    when: (e) => e.client.has(SIDE_MPTCP) && e.server.has(SIDE_MPTCP),
  },
]

const LISTS = 1 << 10
/** Lists of names, and the bits of their flags, placed by these: the same list for the same flags, so that few are made. */
const lists: (readonly string[])[] = Array.from({ length: LISTS }, () => [])
const listBits = new Int32Array(LISTS)

/** Bits of CONN.flags that are flags: usually none is set, and nothing more of them needs to be asked. */
const CONN_BITS: number = FLAGS.reduce(
  (bits, { when }) => (typeof when === 'number' ? bits | when : bits),
  0,
)

/** Names of the flags that are set. */
export function flagNames(e: Evidence, s: Derived): readonly string[] {
  const hasConnBit = e.has(CONN_BITS)
  let bits = 0
  for (let i = 0; i < FLAGS.length; i++) {
    const { when } = FLAGS[i] as Flag
    const isSet = typeof when === 'number' ? hasConnBit && e.has(when) : when(e, s)
    if (isSet) bits |= 1 << i
  }
  const at = (bits ^ (bits >>> 10)) & (LISTS - 1)
  if (listBits[at] !== bits) {
    lists[at] = FLAGS.filter((_flag, i) => (bits & (1 << i)) !== 0).map(({ name }) => name)
    listBits[at] = bits
  }
  return lists[at] as readonly string[]
}
