// The taxonomy: every verdict and cause once, with its meaning. Rules, schema, help and README all refer to this table.

/** One cause of a verdict. */
export interface CauseEntry {
  readonly verdict: Verdict
  readonly cause: Cause
  /** What the packets show, in one sentence. */
  readonly meaning: string
  /** What usually lies behind it, and what to look at. */
  readonly usually: string
  /** RFC section or kernel function that makes it so. */
  readonly source: string
  /** Linux `sk_rst_reason` names (include/net/rstreason.h) under which the deciding RST can have been sent. */
  readonly kernelReasons: readonly string[]
}

/** How a connection ended, in one word. */
export type Verdict =
  | 'graceful_fin'
  | 'rst_after_kill'
  | 'keepalive_timeout'
  | 'lingering_established'
  | 'retransmission_timeout'
  | 'handshake_failed'
  | 'reset_other'
  | 'incomplete'

/** Verdicts in the order of reports, with a heading each. */
export const VERDICTS: readonly { readonly verdict: Verdict; readonly title: string }[] = [
  { verdict: 'graceful_fin', title: 'closed by FIN from both sides' },
  { verdict: 'rst_after_kill', title: 'reset by an endpoint that was closed, killed or gone' },
  { verdict: 'keepalive_timeout', title: 'keepalive probes went unanswered' },
  { verdict: 'lingering_established', title: 'not closed within the capture' },
  { verdict: 'retransmission_timeout', title: 'given up after retransmissions' },
  { verdict: 'handshake_failed', title: 'never fully established' },
  { verdict: 'reset_other', title: 'reset by a third party, or unexplained' },
  { verdict: 'incomplete', title: 'too little was captured to judge' },
]

/** Which code path of Linux sends the RST of an ending; the names join with eBPF traces of trace/events/tcp/tcp_send_reset. */
const KERNEL_REASONS: Readonly<Record<string, readonly string[]>> = {
  'graceful_fin.reset_after_close': ['NO_SOCKET', 'TCP_TIMEWAIT_SOCKET', 'TCP_STATE'],
  'graceful_fin.late_close': ['NO_SOCKET'],
  'rst_after_kill.unread_data': ['TCP_ABORT_ON_CLOSE', 'TCP_STATE', 'TCP_ABORT_ON_MEMORY'],
  'rst_after_kill.unaccepted': ['TCP_STATE'],
  'rst_after_kill.abort': ['TCP_STATE', 'TCP_ABORT_ON_CLOSE', 'TCP_ABORT_ON_MEMORY'],
  'rst_after_kill.close_wait_abort': ['TCP_ABORT_ON_CLOSE', 'TCP_STATE'],
  'rst_after_kill.abort_after_fin': ['TCP_ABORT_ON_LINGER', 'TCP_STATE', 'TCP_TIMEWAIT_SOCKET'],
  'rst_after_kill.write_after_close': ['TCP_TIMEWAIT_SOCKET', 'TCP_ABORT_ON_DATA', 'NO_SOCKET'],
  'rst_after_kill.crossed_close': ['TCP_ABORT_ON_DATA', 'TCP_TIMEWAIT_SOCKET', 'NO_SOCKET'],
  // Its FIN may have been lost before the capture point.
  'rst_after_kill.peer_forgot': ['NO_SOCKET', 'TCP_TIMEWAIT_SOCKET'],
  'keepalive_timeout.reset_sent': ['TCP_KEEPALIVE_TIMEOUT'],
  'keepalive_timeout.peer_forgot': ['NO_SOCKET', 'TCP_TIMEWAIT_SOCKET'],
  'handshake_failed.refused': ['NO_SOCKET'],
  'handshake_failed.reset_by_client': ['NO_SOCKET'],
}

const TABLE: readonly CauseEntry[] = [
  entry(
    'graceful_fin',
    'normal',
    'Both sides sent FIN and both FINs were acknowledged.',
    'A regular close. A process that was killed with nothing unread looks the same.',
    'RFC 9293 §3.6',
  ),
  entry(
    'graceful_fin',
    'half_close',
    'The second closer still sent payload after the first FIN, and it was acknowledged.',
    'shutdown(SHUT_WR) by a program that reads on, as in "send the request, then end of input".',
    'RFC 9293 §3.6, half-close',
  ),
  entry(
    'graceful_fin',
    'slow_close',
    'The second FIN came a second or more after the first was acknowledged, with no payload between.',
    'The second closer sat in CLOSE-WAIT: it reads the end of the stream late or closes late.',
    'RFC 9293 §3.6, CLOSE-WAIT',
  ),
  entry(
    'graceful_fin',
    'simultaneous',
    'Both sides sent FIN before either had seen the other one.',
    'Both ends decided to close at the same time, often on the same timer.',
    'RFC 9293 §3.6, case 3',
  ),
  entry(
    'graceful_fin',
    'last_ack_missing',
    'Both FINs passed, the last one was never acknowledged.',
    'The capture ended first, or the last ACK was lost.',
    'RFC 9293 §3.6, LAST-ACK',
  ),
  entry(
    'graceful_fin',
    'reset_after_close',
    'A RST came after both FINs, or in place of the last ACK; no data was lost.',
    'A stack or browser that skips TIME-WAIT. Harmless.',
    'RFC 9293 §3.10.7.4',
  ),
  entry(
    'graceful_fin',
    'late_close',
    "The first FIN was acknowledged, and the peer's own much later FIN met a RST: the first closer had already forgotten the connection.",
    'The orphaned FIN-WAIT-2 expired (tcp_fin_timeout, 60 s) before the peer closed.',
    'tcp_fin_timeout, tcp_time_wait()',
  ),

  entry(
    'rst_after_kill',
    'unread_data',
    'A RST by a socket that may still have held unread payload of the peer.',
    'The process was killed, exited or closed the socket without reading everything it had received.',
    'RFC 9293 §3.6.1, RFC 2525 §2.17, TCP_ABORT_ON_CLOSE',
  ),
  entry(
    'rst_after_kill',
    'unaccepted',
    'A RST by a server that never took the connection from its accept queue.',
    'The listener was closed or killed with connections still waiting.',
    'inet_csk_listen_stop()',
  ),
  entry(
    'rst_after_kill',
    'abort',
    'A RST by a socket with nothing plausibly unread.',
    'SO_LINGER with timeout 0, a destroyed socket (ss -K), resetAndDestroy() and the like.',
    'RFC 9293 §3.10.5, tcp_disconnect()',
  ),
  entry(
    'rst_after_kill',
    'close_wait_abort',
    "A RST by the side that had acknowledged the peer's FIN.",
    'The program closed on end of stream with data unread, or aborts instead of closing.',
    'RFC 9293 §3.6.1',
  ),
  entry(
    'rst_after_kill',
    'abort_after_fin',
    'A RST by the side that had already sent FIN.',
    'A close with a short linger time ran out, or the stack aborts half-closed connections.',
    'TCP_LINGER2, TCP_ABORT_ON_LINGER',
  ),
  entry(
    'rst_after_kill',
    'write_after_close',
    'One side closed, the other acknowledged that and sent payload all the same: answered by a RST.',
    'The process at the closing side is gone; the writer did not look at its socket (write, SIGPIPE, "connection reset by peer").',
    'RFC 9293 §3.6.1, TCP_ABORT_ON_DATA',
  ),
  entry(
    'rst_after_kill',
    'crossed_close',
    'One side closed while payload of the other was on its way: answered by a RST.',
    'The idle-close race: a server drops an idle connection just as the client sends, seen as 502 behind proxies.',
    'RFC 9293 §3.6.1, TCP_ABORT_ON_DATA',
  ),
  entry(
    'rst_after_kill',
    'peer_forgot',
    'Payload was answered by a RST from a host that no longer knew the connection and had sent no FIN.',
    'The process or host is gone or rebooted, its FIN was lost, or a load balancer dropped its entry.',
    'RFC 9293 §3.5.1, half-open',
  ),

  entry(
    'keepalive_timeout',
    'reset_sent',
    'Keepalive probes went unanswered, then the prober sent a RST.',
    'The peer host or the path to it is gone.',
    'RFC 9293 §3.8.4, tcp_keepalive_timer()',
  ),
  entry(
    'keepalive_timeout',
    'silent',
    'Keepalive probes went unanswered and stopped without a RST.',
    'The prober vanished too, or its RST was not captured.',
    'RFC 9293 §3.8.4',
  ),
  entry(
    'keepalive_timeout',
    'peer_forgot',
    'A keepalive probe was answered by a RST.',
    'The peer was restarted or rebooted, or a middlebox dropped its entry.',
    'RFC 9293 §3.5.1',
  ),
  entry(
    'keepalive_timeout',
    'unanswered_at_end',
    'Keepalive probes go unanswered up to the end of the capture.',
    'The peer is probably gone; the prober has not given up yet.',
    'RFC 9293 §3.8.4',
  ),

  entry(
    'lingering_established',
    'active',
    'Open and in use up to the end of the capture.',
    'Nothing wrong by itself.',
    'RFC 9293 §3.3.2',
  ),
  entry(
    'lingering_established',
    'idle',
    'Open and silent up to the end of the capture.',
    'An idle connection of a pool, or a leak: nobody closes it.',
    'RFC 9293 §3.3.2',
  ),
  entry(
    'lingering_established',
    'keepalive_sustained',
    'Only answered keepalive probes up to the end of the capture.',
    'Unused, but both hosts are alive: a pool, or a leak.',
    'RFC 9293 §3.8.4',
  ),
  entry(
    'lingering_established',
    'close_wait',
    'One FIN was acknowledged, and the other side never sends its own.',
    'A missing close() at the side in CLOSE-WAIT.',
    'RFC 9293 §3.6, CLOSE-WAIT',
  ),
  entry(
    'lingering_established',
    'fin_unanswered',
    'A FIN is sent and never acknowledged; it may still be retried.',
    'The peer or the path is gone, or a firewall dropped its entry.',
    'RFC 9293 §3.6, tcp_orphan_retries',
  ),
  entry(
    'lingering_established',
    'data_unanswered',
    'Payload is sent and never acknowledged; it may still be retried.',
    'The peer or the path is gone; Linux retries for about 15 minutes.',
    'RFC 9293 §3.8.3, tcp_retries2',
  ),
  entry(
    'lingering_established',
    'zero_window',
    "The peer's window is 0 and stays so; it answers window probes.",
    'The receiving program does not read.',
    'RFC 9293 §3.8.6.1',
  ),
  entry(
    'lingering_established',
    'superseded',
    'A new connection took the same addresses and ports without a close of this one.',
    'One end rebooted or lost its state and used the port again.',
    'RFC 9293 §3.5.1',
  ),

  entry(
    'retransmission_timeout',
    'data',
    'Retransmissions of payload stop without an answer.',
    'The peer or the path vanished. Linux gives up without a RST.',
    'RFC 9293 §3.8.3, tcp_retries2',
  ),
  entry(
    'retransmission_timeout',
    'fin',
    'Retransmissions of a FIN stop without an answer.',
    'The peer or the path vanished while closing.',
    'tcp_orphan_retries',
  ),
  entry(
    'retransmission_timeout',
    'zero_window',
    'Window probes stop without an answer.',
    'The peer vanished while its window was closed.',
    'RFC 9293 §3.8.6.1, tcp_send_probe0()',
  ),

  entry(
    'handshake_failed',
    'refused',
    'The SYN was answered by a RST.',
    'Nothing listens on the port, or a firewall rejects.',
    'RFC 9293 §3.10.7.1',
  ),
  entry(
    'handshake_failed',
    'unanswered',
    'The SYN was never answered.',
    'A firewall drops it, the host is down, or the accept queue is full.',
    'RFC 9293 §3.8.3, tcp_syn_retries',
  ),
  entry(
    'handshake_failed',
    'icmp_unreachable',
    'The SYN was answered by an ICMP error that quotes it.',
    'A router or firewall says that host, net or port cannot be reached.',
    'RFC 1122 §4.2.3.9',
  ),
  entry(
    'handshake_failed',
    'reset_by_client',
    'The client answered the SYN-ACK with a RST.',
    'A port scan, or a client that gave up before the answer came.',
    'RFC 9293 §3.5.1',
  ),
  entry(
    'handshake_failed',
    'synack_unanswered',
    'The SYN-ACK was never acknowledged.',
    'The client vanished, its address was forged, or the path back is broken.',
    'tcp_synack_retries',
  ),
  entry(
    'handshake_failed',
    'accept_overflow',
    'The handshake completed for the client only.',
    'The accept queue of the listener is full: the server accepts too slowly.',
    'tcp_check_req(), tcp_abort_on_overflow',
  ),

  entry(
    'reset_other',
    'middlebox',
    'The RST does not come from the host whose address it carries.',
    'A firewall, proxy or NAT ended the connection.',
    'RFC 3360',
  ),
  entry(
    'reset_other',
    'injected',
    'The RSTs show the sequence patterns of forged ones.',
    'A system on the path ends connections on purpose.',
    'Weaver, Sommer, Paxson, NDSS 2009',
  ),
  entry(
    'reset_other',
    'unexplained',
    'A RST that no rule explains.',
    'Look at the packets around it.',
    'RFC 9293 §3.5.3',
  ),

  entry(
    'incomplete',
    'midstream',
    'Too few packets, and not the beginning.',
    'The capture is too short, or filtered.',
    'capture',
  ),
  entry(
    'incomplete',
    'one_direction',
    'The ending cannot be judged: packets of one direction are missing.',
    'Asymmetric routing, or a capture filter or mirror port that sees one direction.',
    'capture',
  ),
  entry(
    'incomplete',
    'rst_only',
    'Nothing but RST was captured.',
    'A filter for RSTs, backscatter of forged SYNs, or a scan.',
    'capture',
  ),
  entry(
    'incomplete',
    'fin_only',
    'Nothing but FIN was captured.',
    'A filter, or the tail of a connection that began before the capture.',
    'capture',
  ),
]

/** Why, in one word; unique within its verdict. */
export type Cause = string

/** The whole table, in the order of reports. */
export const CAUSES: readonly CauseEntry[] = TABLE

function entry(
  verdict: Verdict,
  cause: string,
  meaning: string,
  usually: string,
  source: string,
): CauseEntry {
  const kernelReasons = KERNEL_REASONS[`${verdict}.${cause}`] ?? []
  return { verdict, cause, meaning, usually, source, kernelReasons }
}
