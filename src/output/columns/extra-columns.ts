// Columns that are written only when they are asked for: names that others give to what the columns of every row say.

import { COLUMN_TYPES, type Column, type ColumnKind } from './column.js'
import { asaReason, flowEndReason, panosReason } from './end-reasons.js'

/** All of them, in the order of the reference. */
export const EXTRA_COLUMNS: readonly Column[] = [
  extra(
    'flow_end_reason',
    'integer',
    'IPFIX `flowEndReason`: 1 idle timeout, 3 end detected, 4 the capture ended first, 5 given up for lack of room; absent when too little was captured.',
    flowEndReason,
  ),
  extra(
    'asa_teardown_reason',
    'word',
    "How a Cisco ASA calls it in message 302014; `I` is the client's side, `O` the server's. Absent for what is not over.",
    asaReason,
  ),
  extra(
    'panos_session_end_reason',
    'word',
    'How a Palo Alto Networks firewall calls it in its traffic log. Absent for what is not over.',
    panosReason,
  ),
]

/** The column of `--map`, by whose words are wanted. */
export const MAPS: Readonly<Record<MapName, string>> = {
  asa: 'asa_teardown_reason',
  panos: 'panos_session_end_reason',
  ipfix: 'flow_end_reason',
}
/** Whose words `--map` can add. */
export const MAP_NAMES = ['asa', 'panos', 'ipfix'] as const
/** One of them. */
export type MapName = (typeof MAP_NAMES)[number]

function extra(key: string, kind: ColumnKind, doc: string, raw: Column['raw']): Column {
  return { key, kind, type: COLUMN_TYPES[kind], always: false, doc, raw }
}
