// A connection as library users get it: a plain object with one field per column, made from the list of columns.

import { type ColumnSource, type EvidenceRow, type FindingItem } from '../output/columns/column.js'
import { COLUMNS, connectionObject } from '../output/columns/columns.js'
import type { Closer, Confidence } from '../verdict/answer.js'
import type { ConnState } from '../tcp/views/zeek-names.js'
import type { TcpState } from '../tcp/state.js'
import type { Ending, KernelReason, Row, Verdict } from '../verdict/endings.js'
import type { FlagName } from '../verdict/flags.js'
import type { Sees } from '../verdict/sees.js'

/** A verdict with the causes that it can have. */
type EndedHow = {
  readonly [V in Verdict]: {
    /** How the connection ended. */
    readonly verdict: V
    /** Why, within the verdict. */
    readonly cause: Extract<Row, { readonly verdict: V }>['cause']
  }
}[Verdict]

/** One ended connection: the columns of the output (`tcp-teardown/2`); absent ones did not happen. */
export type Connection = ConnectionColumns & EndedHow

/** The columns but for the verdict and its cause, which go together. */
interface ConnectionColumns {
  readonly type: 'connection'
  /** The capture, as given on the command line or found below a given folder. */
  readonly capture: string
  /** Number of the connection in its capture, equal to Wireshark's `tcp.stream`. */
  readonly stream: number
  /** Address of the client: the side that sent the first SYN. */
  readonly client_ip: string
  /** Port of the client. */
  readonly client_port: number
  /** Address of the server. */
  readonly server_ip: string
  /** Port of the server. */
  readonly server_port: number
  /** Present and true when no SYN told who the client is. */
  readonly client_guessed?: boolean
  /** What the packets were wrapped in, outermost first, such as `vlan 5/vxlan 42`. */
  readonly encapsulation?: string
  /** Who ended it: `client`, `server`, `both`, `middlebox`, `none` (it did not end) or `unknown`. */
  readonly closer: Closer
  /** `certain` (only this fits the packets), `likely` or `possible`. */
  readonly confidence: Confidence
  /** One or two sentences with the numbers in them. */
  readonly explanation: string
  /** Other `verdict.cause` the packets cannot exclude. */
  readonly alternatives?: readonly Ending[]
  /** What else matters, in order of time: `code`, `packet`, `time`, `side`, `count`, `seconds`, `bytes`, `says`. */
  readonly findings?: readonly FindingItem[]
  /** What a program on a Linux socket at the client got first, as far as packets show: `eof`, an error, `nothing`, `closed_itself`. */
  readonly client_sees?: Sees
  /** The same at the server. */
  readonly server_sees?: Sees
  /** The packets the verdict rests on: `packet`, `time`, `shows`. */
  readonly evidence?: readonly EvidenceRow[]
  /** Linux `sk_rst_reason` names under which the RST that decided can have been sent. */
  readonly kernel_reasons?: readonly KernelReason[]
  /** The client's state at the end (RFC 9293 §3.3.2), as far as packets prove it. */
  readonly client_state?: TcpState
  /** The server's state at the end. */
  readonly server_state?: TcpState
  /** Zeek's `conn_state`, by its rules; it knows no timers here. */
  readonly conn_state: ConnState
  /** Zeek's `history`, without content gaps and checksums. */
  readonly history: string
  /** Wireshark's `tcp.completeness` bits: SYN 1, SYN-ACK 2, ACK 4, DATA 8, FIN 16, RST 32. */
  readonly completeness: number
  /** Time of the first packet. */
  readonly start_time: string
  /** Time of the last packet. */
  readonly end_time: string
  /** When it ended: time of the first FIN or RST, else of the last packet. */
  readonly ended_at: string
  /** From the first packet to the last. */
  readonly duration_s: number
  /** Segments of the client, copies and retransmissions included. */
  readonly client_packets: number
  /** Segments of the server. */
  readonly server_packets: number
  /** Payload of the client as seen, retransmissions included. */
  readonly client_bytes: number
  /** Payload of the server as seen. */
  readonly server_bytes: number
  /** Segments the client sent again: neither probes, nor reordered, nor captured twice. */
  readonly client_retransmissions: number
  /** Segments the server sent again. */
  readonly server_retransmissions: number
  /** From the first packet to the client's ACK of the SYN-ACK. */
  readonly handshake_rtt_s?: number
  /** From the last payload of either side, or the opening, to the first FIN or RST. */
  readonly idle_before_teardown_s?: number
  /** From the first FIN or RST to the last FIN, its acknowledgment, or the RST. */
  readonly teardown_s?: number
  /** From the time given with `--killed-at` to the first FIN or RST, for connections that were open then and ended after it. */
  readonly kill_to_teardown_s?: number
  /** From the first FIN to the other side’s. */
  readonly fin_to_fin_s?: number
  /** From the first FIN to the acknowledgment of the second. */
  readonly fin_to_last_ack_s?: number
  /** How long the client held CLOSE-WAIT: from its ACK of the server's FIN to its own FIN, a RST, or the end of the capture. */
  readonly client_close_wait_s?: number
  /** How long the server held CLOSE-WAIT. */
  readonly server_close_wait_s?: number
  /** How long the client waited in FIN-WAIT-2: from the ACK of its FIN to the server's FIN, a RST, or the end of the capture. */
  readonly client_fin_wait_2_s?: number
  /** How long the server waited in FIN-WAIT-2. */
  readonly server_fin_wait_2_s?: number
  /** From the last payload of either side to the RST that ended the connection. */
  readonly last_data_to_rst_s?: number
  /** From the FIN before it to the RST that ended the connection. */
  readonly fin_to_rst_s?: number
  /** From the packet a RST without socket answers to that RST. */
  readonly trigger_to_rst_s?: number
  /** For connections that did not end: from the last packet to the end of the capture. */
  readonly open_at_end_s?: number
  /** Idle time before a keepalive probe, as inferred. */
  readonly keepalive_idle_s?: number
  /** Time between unanswered keepalive probes, as inferred. */
  readonly keepalive_interval_s?: number
  /** Keepalive probes of the side that probes more. */
  readonly keepalive_probes?: number
  /** Keepalive probes without an answer at the end. */
  readonly keepalive_unanswered?: number
  /** From the last keepalive probe to the RST of the prober. */
  readonly last_probe_to_rst_s?: number
  /** From the first sending to the last retransmission of what was never acknowledged. */
  readonly retransmission_span_s?: number
  /** Circumstances that change how far the verdict can be trusted. */
  readonly flags?: readonly FlagName[]
  /** Display filter for this connection and no other: addresses, ports and the range of its packets. */
  readonly wireshark_filter: string
}

/** Copies a connection out of the packed records. */
export function connectionOf(from: ColumnSource): Connection {
  // The columns are the definition; a test holds the interface and the list together.
  return connectionObject(from, COLUMNS) as unknown as Connection
}
