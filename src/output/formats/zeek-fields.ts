// The fields of Zeek's conn.log, each with the column it is made of, and our columns behind them.

import { type Column, type ColumnKind, type ColumnSource, readColumn } from '../columns/column.js'
import { COLUMNS, columnsOf } from '../columns/columns.js'
import { shownAddress } from '../columns/address.js'
import { epochNs, epochText } from '../bytes/time.js'
import { plainCell } from './column-list.js'
import { connectionUid } from './uid.js'

/** Zeek's names of types. */
export type ZeekType =
  | 'time'
  | 'string'
  | 'addr'
  | 'port'
  | 'enum'
  | 'interval'
  | 'count'
  | 'bool'
  | 'set[string]'
  | 'vector[string]'

/** A value as it is written, before anything is escaped: numbers and times as their digits; undefined is unset. */
export type ZeekValue = string | readonly string[] | undefined

/** A field of the log. */
export interface ZeekField {
  readonly name: string
  readonly type: ZeekType
  readonly value: (from: ColumnSource) => ZeekValue
}

/** The fields of conn.log in Zeek's order; of those without a column nothing is known here. */
export const CONN_LOG: readonly (readonly [name: string, type: ZeekType, from?: string])[] = [
  ['ts', 'time', 'start_time'],
  ['uid', 'string', 'uid'],
  ['id.orig_h', 'addr', 'client_ip'],
  ['id.orig_p', 'port', 'client_port'],
  ['id.resp_h', 'addr', 'server_ip'],
  ['id.resp_p', 'port', 'server_port'],
  ['proto', 'enum', 'proto'],
  ['service', 'string'],
  ['duration', 'interval', 'duration_s'],
  ['orig_bytes', 'count', 'client_bytes'],
  ['resp_bytes', 'count', 'server_bytes'],
  ['conn_state', 'string', 'conn_state'],
  ['local_orig', 'bool'],
  ['local_resp', 'bool'],
  ['missed_bytes', 'count'],
  ['history', 'string', 'history'],
  ['orig_pkts', 'count', 'client_packets'],
  ['orig_ip_bytes', 'count'],
  ['resp_pkts', 'count', 'server_packets'],
  ['resp_ip_bytes', 'count'],
  ['tunnel_parents', 'set[string]'],
]

/** What is no column. */
const MADE: Readonly<Record<string, (from: ColumnSource) => ZeekValue>> = {
  uid: connectionUid,
  proto: () => 'tcp',
}

const TYPES: Readonly<Record<ColumnKind, ZeekType>> = {
  word: 'string',
  prose: 'string',
  address: 'addr',
  integer: 'count',
  seconds: 'interval',
  time: 'time',
  boolean: 'bool',
  words: 'vector[string]',
  evidence: 'vector[string]',
  findings: 'vector[string]',
}

/** Zeek's fields, and behind them the columns of some keys that have no name of Zeek's. */
export function zeekFields(keys: readonly string[]): ZeekField[] {
  const names = new Set<string>(CONN_LOG.map(([name]) => name))
  return [
    ...CONN_LOG.map(([name, type, from]) => ({ name, type, value: valueOf(from) })),
    ...columnsOf(keys)
      .filter(({ key }) => !names.has(key))
      .map((column) => ({
        name: column.key,
        type: TYPES[column.kind],
        value: (from: ColumnSource) => cell(column, from),
      })),
  ]
}

function valueOf(from: string | undefined): ZeekField['value'] {
  if (from === undefined) return () => undefined
  const column = COLUMNS.find(({ key }) => key === from)
  return column === undefined ? (MADE[from] as ZeekField['value']) : (c) => cell(column, c)
}

const MICRO_NS = 1000

function cell(column: Column, from: ColumnSource): ZeekValue {
  const raw = column.raw(from)
  if (raw === undefined || raw === '' || Number.isNaN(raw)) return undefined
  switch (column.kind) {
    case 'time':
      return epochText(epochNs(from.baseNs, raw as number), 6)
    case 'seconds':
      return (Math.round((raw as number) / MICRO_NS) / 1e6).toFixed(6)
    case 'address':
      return shownAddress(from, raw as number)
    case 'boolean':
      return 'T'
    case 'words':
      return raw as readonly string[]
    case 'evidence':
    case 'findings':
      return (readColumn(column, from) as readonly never[]).map((item) => plainCell([item]))
    case 'word':
    case 'prose':
    case 'integer':
      break
  }
  return `${raw as string | number}`
}
