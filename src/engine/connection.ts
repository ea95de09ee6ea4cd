// A connection as library users get it: a plain object with one field per column, made from the list of columns.

import { type ColumnSource, type EvidenceRow, type FindingItem } from '../output/columns/column.js'
import { COLUMNS, connectionObject } from '../output/columns/columns.js'
import type { Closer, Confidence } from '../verdict/answer.js'
import type { Cause, Ending, Verdict } from '../verdict/endings.js'
import type { Sees } from '../verdict/sees.js'

/** One ended connection. Fields are the output columns (`tcp-teardown/2`); absent ones did not happen. */
export interface Connection {
  readonly type: 'connection'
  readonly capture: string
  readonly stream: number
  readonly client_ip: string
  readonly client_port: number
  readonly server_ip: string
  readonly server_port: number
  readonly client_guessed?: boolean
  readonly encapsulation?: string
  readonly verdict: Verdict
  readonly cause: Cause
  readonly closer: Closer
  readonly confidence: Confidence
  readonly explanation: string
  readonly alternatives?: readonly Ending[]
  readonly findings?: readonly FindingItem[]
  readonly client_sees?: Sees
  readonly server_sees?: Sees
  readonly evidence?: readonly EvidenceRow[]
  readonly kernel_reasons?: readonly string[]
  readonly client_state?: string
  readonly server_state?: string
  readonly conn_state: string
  readonly history: string
  readonly completeness: number
  readonly start_time: string
  readonly end_time: string
  readonly ended_at: string
  readonly duration_s: number
  readonly client_packets: number
  readonly server_packets: number
  readonly client_bytes: number
  readonly server_bytes: number
  readonly client_retransmissions: number
  readonly server_retransmissions: number
  readonly handshake_rtt_s?: number
  readonly idle_before_teardown_s?: number
  readonly teardown_s?: number
  readonly kill_to_teardown_s?: number
  readonly fin_to_fin_s?: number
  readonly fin_to_last_ack_s?: number
  readonly client_close_wait_s?: number
  readonly server_close_wait_s?: number
  readonly client_fin_wait_2_s?: number
  readonly server_fin_wait_2_s?: number
  readonly last_data_to_rst_s?: number
  readonly fin_to_rst_s?: number
  readonly trigger_to_rst_s?: number
  readonly open_at_end_s?: number
  readonly keepalive_idle_s?: number
  readonly keepalive_interval_s?: number
  readonly keepalive_probes?: number
  readonly keepalive_unanswered?: number
  readonly last_probe_to_rst_s?: number
  readonly retransmission_span_s?: number
  readonly flags?: readonly string[]
  readonly wireshark_filter: string
}

/** Copies a connection out of the packed records. */
export function connectionOf(from: ColumnSource): Connection {
  // The columns are the definition; a test holds the interface and the list together.
  return connectionObject(from, COLUMNS) as unknown as Connection
}
