// The one list of output columns. JSON, NDJSON, CSV, the table in docs/reference.md and `--columns` are made from it.

import { zeekConnState, zeekHistory } from '../../tcp/views/zeek-names.js'
import { rowOf } from '../../verdict/endings.js'
import type { Evidence } from '../../verdict/evidence.js'
import { flagNames } from '../../verdict/flags.js'
import { between } from '../../verdict/packet-ref.js'
import * as T from '../../verdict/timings.js'
import { credibleSpan } from '../anonymize/claims.js'
import {
  COLUMN_TYPES,
  type Column,
  type ColumnKind,
  type ColumnSource,
  readColumn,
} from './column.js'
import { completeness } from './completeness.js'
import { EXTRA_COLUMNS } from './extra-columns.js'
import { wiresharkFilter } from './wireshark-filter.js'

/** The columns of every row, in the order of output. */
export const COLUMNS: readonly Column[] = [
  word('type', 'Always `connection`.', () => 'connection'),
  column(
    'capture',
    'word',
    'The capture, as given on the command line or found below a given folder.',
    (c) => c.captureName,
    true,
  ),
  whole(
    'stream',
    "Number of the connection in its capture, equal to Wireshark's `tcp.stream`.",
    (c) => c.e.stream,
  ),
  address(
    'client_ip',
    'Address of the client: the side that sent the first SYN.',
    (c) => c.e.clientSide,
  ),
  whole('client_port', 'Port of the client.', (c) => c.e.portOf(c.e.clientSide)),
  address('server_ip', 'Address of the server.', (c) => 1 - c.e.clientSide),
  whole('server_port', 'Port of the server.', (c) => c.e.portOf(1 - c.e.clientSide)),
  column(
    'client_guessed',
    'boolean',
    'Present and true when no SYN told who the client is.',
    (c) => c.e.clientGuessed || undefined,
  ),
  column(
    'encapsulation',
    'word',
    'What the packets were wrapped in, outermost first, such as `vlan 5/vxlan 42`.',
    (c) => c.encapsulation,
  ),
  word('verdict', 'How the connection ended.', (c) => c.j.verdict),
  word('cause', 'Why, within the verdict.', (c) => c.j.cause),
  word(
    'closer',
    'Who ended it: `client`, `server`, `both`, `middlebox`, `none` (it did not end) or `unknown`.',
    (c) => c.j.closer,
  ),
  word(
    'confidence',
    '`certain` (only this fits the packets), `likely` or `possible`.',
    (c) => c.j.confidence,
  ),
  column(
    'explanation',
    'prose',
    'One or two sentences with the numbers in them.',
    (c) => c.j.explanation(),
    true,
  ),
  column('alternatives', 'words', 'Other `verdict.cause` the packets cannot exclude.', (c) =>
    listed(c.j.alternatives()),
  ),
  column(
    'findings',
    'findings',
    'What else matters, in order of time: `code`, `packet`, `time`, `side`, `count`, `seconds`, `bytes`, `says`.',
    (c) => listed(c.j.findings()),
  ),
  column(
    'client_sees',
    'word',
    'What a program on a Linux socket at the client got first, as far as packets show: `eof`, an error, `nothing`, `closed_itself`.',
    (c) => c.j.clientSees(),
  ),
  column('server_sees', 'word', 'The same at the server.', (c) => c.j.serverSees()),
  column(
    'evidence',
    'evidence',
    'The packets the verdict rests on: `packet`, `time`, `shows`.',
    (c) => listed(c.j.evidence()),
  ),
  column(
    'kernel_reasons',
    'words',
    'Linux `sk_rst_reason` names under which the RST that decided can have been sent.',
    (c) => listed(rowOf(c.j.ending).kernelReasons),
  ),
  column(
    'client_state',
    'word',
    "The client's state at the end (RFC 9293 §3.3.2), as far as packets prove it.",
    (c) => c.e.client.stateName,
  ),
  column('server_state', 'word', "The server's state at the end.", (c) => c.e.server.stateName),
  word('conn_state', "Zeek's `conn_state`, by its rules; it knows no timers here.", (c) =>
    zeekConnState(c.e),
  ),
  word('history', "Zeek's `history`, without content gaps and checksums.", (c) => zeekHistory(c.e)),
  whole(
    'completeness',
    "Wireshark's `tcp.completeness` bits: SYN 1, SYN-ACK 2, ACK 4, DATA 8, FIN 16, RST 32.",
    (c) => completeness(c.e),
  ),
  time('start_time', 'Time of the first packet.', (c) => c.e.start.ns),
  time('end_time', 'Time of the last packet.', (c) => c.e.end.ns),
  time(
    'ended_at',
    'When it ended: time of the first FIN or RST, else of the last packet.',
    (c) => T.firstTeardown(c.j.derived)?.ns ?? c.e.end.ns,
  ),
  column(
    'duration_s',
    'seconds',
    'From the first packet to the last.',
    (c) => shownSpan(c, c.e.end.ns - c.e.start.ns),
    true,
  ),
  whole(
    'client_packets',
    'Segments of the client, copies and retransmissions included.',
    (c) => c.e.client.packets,
  ),
  whole('server_packets', 'Segments of the server.', (c) => c.e.server.packets),
  whole(
    'client_bytes',
    'Payload of the client as seen, retransmissions included.',
    (c) => c.e.client.bytes,
  ),
  whole('server_bytes', 'Payload of the server as seen.', (c) => c.e.server.bytes),
  whole(
    'client_retransmissions',
    'Segments the client sent again: neither probes, nor reordered, nor captured twice.',
    (c) => c.e.client.retransmissions,
  ),
  whole(
    'server_retransmissions',
    'Segments the server sent again.',
    (c) => c.e.server.retransmissions,
  ),
  seconds('handshake_rtt_s', "From the first packet to the client's ACK of the SYN-ACK.", (c) =>
    between(c.e.start, c.e.handshake),
  ),
  seconds(
    'idle_before_teardown_s',
    'From the last payload of either side, or the opening, to the first FIN or RST.',
    (c) => T.idleBeforeTeardownNs(c.e, c.j.derived),
  ),
  seconds(
    'teardown_s',
    'From the first FIN or RST to the last FIN, its acknowledgment, or the RST.',
    (c) => T.teardownNs(c.e, c.j.derived),
  ),
  seconds(
    'kill_to_teardown_s',
    'From the time given with `--killed-at` to the first FIN or RST, for connections that were open then and ended after it.',
    (c) => T.killToTeardownNs(c.e, c.j.derived, c.killedNs),
  ),
  seconds('fin_to_fin_s', 'From the first FIN to the other side’s.', (c) =>
    T.finToFinNs(c.j.derived),
  ),
  seconds('fin_to_last_ack_s', 'From the first FIN to the acknowledgment of the second.', (c) =>
    T.finToLastAckNs(c.j.derived),
  ),
  seconds(
    'client_close_wait_s',
    "How long the client held CLOSE-WAIT: from its ACK of the server's FIN to its own FIN, a RST, or the end of the capture.",
    (c) => T.closeWaitNs(c.e.client, c.e.server, c.e),
  ),
  seconds('server_close_wait_s', 'How long the server held CLOSE-WAIT.', (c) =>
    T.closeWaitNs(c.e.server, c.e.client, c.e),
  ),
  seconds(
    'client_fin_wait_2_s',
    "How long the client waited in FIN-WAIT-2: from the ACK of its FIN to the server's FIN, a RST, or the end of the capture.",
    (c) => T.finWait2Ns(c.e.client, c.e.server, c.e),
  ),
  seconds('server_fin_wait_2_s', 'How long the server waited in FIN-WAIT-2.', (c) =>
    T.finWait2Ns(c.e.server, c.e.client, c.e),
  ),
  seconds(
    'last_data_to_rst_s',
    'From the last payload of either side to the RST that ended the connection.',
    (c) => T.lastDataToRstNs(c.j.derived),
  ),
  seconds('fin_to_rst_s', 'From the FIN before it to the RST that ended the connection.', (c) =>
    T.finToRstNs(c.j.derived),
  ),
  seconds('trigger_to_rst_s', 'From the packet a RST without socket answers to that RST.', (c) =>
    T.triggerToRstNs(c.j.derived),
  ),
  seconds(
    'open_at_end_s',
    'For connections that did not end: from the last packet to the end of the capture.',
    (c) => (c.j.verdict === 'lingering_established' ? c.e.toEndNs(c.e.end) : NaN),
  ),
  seconds(
    'keepalive_idle_s',
    'Idle time before a keepalive probe, as inferred.',
    (c) => prober(c)?.probeIdleNs ?? NaN,
  ),
  seconds(
    'keepalive_interval_s',
    'Time between unanswered keepalive probes, as inferred.',
    (c) => prober(c)?.probeIntervalNs ?? NaN,
  ),
  column(
    'keepalive_probes',
    'integer',
    'Keepalive probes of the side that probes more.',
    (c) => prober(c)?.probes,
  ),
  column(
    'keepalive_unanswered',
    'integer',
    'Keepalive probes without an answer at the end.',
    (c) => prober(c)?.probeRun,
  ),
  seconds(
    'last_probe_to_rst_s',
    'From the last keepalive probe to the RST of the prober.',
    lastProbeToRst,
  ),
  seconds(
    'retransmission_span_s',
    'From the first sending to the last retransmission of what was never acknowledged.',
    (c) => retransmissionSpan(c.e),
  ),
  column('flags', 'words', 'Circumstances that change how far the verdict can be trusted.', (c) =>
    listed(flagNames(c.e, c.j.derived)),
  ),
  column(
    'wireshark_filter',
    'prose',
    'Display filter for this connection and no other: addresses, ports and the range of its packets.',
    wiresharkFilter,
    true,
  ),
]

/** Every column there is: those of every row, then those that have to be asked for. */
export const ALL_COLUMNS: readonly Column[] = [...COLUMNS, ...EXTRA_COLUMNS]

/** The columns of some keys, in their order; those of every row for undefined. */
export function columnsOf(keys: readonly string[] | undefined): readonly Column[] {
  if (keys === undefined) return COLUMNS
  return keys.flatMap((key) => ALL_COLUMNS.filter((each) => each.key === key))
}

/** Keys of the columns of every row. */
export const COLUMN_KEYS: readonly string[] = COLUMNS.map((c) => c.key)
/** Every column key. */
export const ALL_COLUMN_KEYS: readonly string[] = ALL_COLUMNS.map((c) => c.key)

/** A connection as a plain object; absent values are left out. */
export function connectionObject(
  from: ColumnSource,
  columns: readonly Column[],
): Record<string, unknown> {
  const row: Record<string, unknown> = {}
  for (const each of columns) {
    const value = readColumn(each, from)
    if (value !== undefined) row[each.key] = value
  }
  return row
}

function column(
  key: string,
  kind: ColumnKind,
  doc: string,
  raw: Column['raw'],
  always: boolean = false,
): Column {
  return { key, kind, type: COLUMN_TYPES[kind], always, doc, raw }
}

function word(key: string, doc: string, raw: (from: ColumnSource) => string): Column {
  return column(key, 'word', doc, raw, true)
}

function address(key: string, doc: string, side: (from: ColumnSource) => number): Column {
  return column(key, 'address', doc, side, true)
}

function whole(key: string, doc: string, raw: (from: ColumnSource) => number): Column {
  return column(key, 'integer', doc, raw, true)
}

function time(key: string, doc: string, ns: (from: ColumnSource) => number): Column {
  return column(key, 'time', doc, ns, true)
}

function seconds(key: string, doc: string, ns: (from: ColumnSource) => number): Column {
  return column(key, 'seconds', doc, (from) => shownSpan(from, ns(from)))
}

function shownSpan({ anonymizer }: ColumnSource, ns: number): number {
  return anonymizer === undefined ? ns : credibleSpan(ns)
}

function listed<T>(list: readonly T[]): readonly T[] | undefined {
  return list.length === 0 ? undefined : list
}

/** The side that sent keepalive probes, the busier one if both did. */
function prober(c: ColumnSource): Evidence['client'] | undefined {
  const { client, server } = c.e
  if (client.probes === 0 && server.probes === 0) return undefined
  return client.probes >= server.probes ? client : server
}

function lastProbeToRst(c: ColumnSource): number {
  const side = c.j.derived.resetter
  if (c.j.cause !== 'reset_sent' || side === undefined) return NaN
  return between(side.probeLast, side.rst.at)
}

function retransmissionSpan(e: Evidence): number {
  const side = e.client.seriesCount > 0 ? e.client : e.server
  if (side.seriesCount === 0 || side.seriesKind === 0) return NaN
  return Math.max(0, side.seriesLast.ns - side.seriesSentNs)
}
