// What to do about each ending, and how to say it in passing. Read by `explain` and by explanations that name what else
// it could be; kept apart from the taxonomy, which says what the packets show.

/** Words for one cause. */
export interface Advice {
  /** The cause in passing, fit to follow "it could also be". */
  readonly briefly: string
  /** What to look at, or change, next. */
  readonly advice: string
}

/** Advice by `verdict.cause`, one for every row of the taxonomy. */
export const ADVICE: Readonly<Record<string, Advice>> = {
  'graceful_fin.normal': {
    briefly: 'a regular close',
    advice:
      'Nothing to do. If a process died all the same, its exit is in its log or in the journal, not in these packets.',
  },
  'graceful_fin.half_close': {
    briefly: 'a half-close',
    advice:
      'Nothing to do, unless a proxy in between does not pass half-closed connections on: many end both directions.',
  },
  'graceful_fin.slow_close': {
    briefly: 'a slow close',
    advice:
      'Find out why the second closer did not close on the end of the stream: a blocked event loop, a pool that only looks at its sockets now and then. See its *_close_wait_s.',
  },
  'graceful_fin.simultaneous': {
    briefly: 'a simultaneous close',
    advice:
      'Nothing to do. If requests fail around it, give the two ends different idle timeouts, the client the shorter one.',
  },
  'graceful_fin.last_ack_missing': {
    briefly: 'a close whose last ACK was lost',
    advice:
      'If the second FIN was repeated, the first closer or the path to it was gone: look there. Otherwise capture a little longer.',
  },
  'graceful_fin.reset_after_close': {
    briefly: 'a RST after a complete close',
    advice: 'Nothing to do: no data was lost.',
  },
  'graceful_fin.late_close': {
    briefly: 'a close that came too late',
    advice:
      'Close sooner at the second closer: it held a dead connection. Everything it would have written was lost already.',
  },

  'rst_after_kill.unread_data': {
    briefly: 'a close or kill with unread data',
    advice:
      'Was the process killed or restarted then? If not, find the close() that comes before everything was read, such as an early answer to an upload; read to the end or shutdown(SHUT_WR) first.',
  },
  'rst_after_kill.unaccepted': {
    briefly: 'a listener closed before it accepted the connection',
    advice:
      'Stop sending new connections before the listener closes (readiness, deregistration, a drain time), and accept what is in the queue before exiting.',
  },
  'rst_after_kill.abort': {
    briefly: 'an abort (SO_LINGER 0, ss -K)',
    advice:
      'Look for SO_LINGER 0, resetAndDestroy() and the like in the program, and for ss -K, conntrack or orphan limits on its host. Health checks and load generators do it as a habit.',
  },
  'rst_after_kill.close_wait_abort': {
    briefly: 'an abort instead of a close',
    advice:
      'Read what is left before closing, or drop the SO_LINGER 0. The side that closed first may never have seen its last answer.',
  },
  'rst_after_kill.abort_after_fin': {
    briefly: 'an abort after its own FIN',
    advice: 'Look for a linger time or TCP_LINGER2, or a timeout for half-closed connections.',
  },
  'rst_after_kill.write_after_close': {
    briefly: 'a write to a connection that the other side had closed',
    advice:
      'Let the writer look at the socket before it uses it again (a pool has to notice the end of the stream), and find out why the closing side closed: a restart, a crash, or an idle timeout shorter than the pool’s.',
  },
  'rst_after_kill.crossed_close': {
    briefly: 'a request that crossed the close',
    advice:
      'Make the idle timeout of the client, proxy or load balancer shorter than the server’s (for Node: keepAliveTimeout above the balancer’s), and let the client repeat idempotent requests.',
  },
  'rst_after_kill.peer_forgot': {
    briefly: 'a peer that no longer knew the connection',
    advice:
      'Check whether the host or container was restarted or replaced, or whether a NAT, balancer or conntrack entry ran out. Keepalive below its timeout keeps the entry.',
  },

  'keepalive_timeout.reset_sent': {
    briefly: 'keepalive giving up',
    advice:
      'The peer or the path was gone before the first unanswered probe: look there. Keepalive did its work; lower its settings if that took too long.',
  },
  'keepalive_timeout.silent': {
    briefly: 'keepalive probes that stopped',
    advice: 'Capture nearer to the prober, or look whether it went down as well.',
  },
  'keepalive_timeout.peer_forgot': {
    briefly: 'a peer that no longer knew the connection',
    advice:
      'Check whether the peer was restarted, or whether a NAT or balancer entry runs out sooner than the keepalive idle time (keepalive_idle_s).',
  },
  'keepalive_timeout.unanswered_at_end': {
    briefly: 'keepalive probes still unanswered',
    advice: 'Check whether the peer is up and reachable. Capture longer to see the end.',
  },

  'lingering_established.active': {
    briefly: 'a connection in use',
    advice: 'Nothing to do. Capture longer to see its end.',
  },
  'lingering_established.idle': {
    briefly: 'an idle connection',
    advice:
      'Count them over time: a pool stays level, a leak grows. Without keepalive a dead peer is never noticed.',
  },
  'lingering_established.keepalive_sustained': {
    briefly: 'an unused connection kept alive',
    advice: 'Count them over time: a pool stays level, a leak grows.',
  },
  'lingering_established.close_wait': {
    briefly: 'a missing close()',
    advice:
      'On the host in CLOSE-WAIT, ss -tnp state close-wait names the process. Find the path on which it does not close after the end of the stream.',
  },
  'lingering_established.fin_unanswered': {
    briefly: 'a FIN still being repeated',
    advice: 'Check whether the peer is up, and whether a firewall or NAT dropped the connection.',
  },
  'lingering_established.data_unanswered': {
    briefly: 'payload still being repeated',
    advice:
      'Check the peer and the path. TCP_USER_TIMEOUT makes the sender notice sooner than tcp_retries2 does (about 15 minutes).',
  },
  'lingering_established.zero_window': {
    briefly: 'a receiver that does not read',
    advice:
      'Find out why the receiving program does not read: blocked, paused, stopped. Its Recv-Q in ss shows the backlog.',
  },
  'lingering_established.superseded': {
    briefly: 'a connection whose ports were used again',
    advice:
      'Look for a restart or a lost state at the end that opened anew; keepalive would free the stale side sooner.',
  },

  'retransmission_timeout.data': {
    briefly: 'a sender that gave up',
    advice:
      'Look for what happened to the peer or the path when the first segment went unanswered.',
  },
  'retransmission_timeout.fin': {
    briefly: 'a closer that gave up',
    advice: 'Look for what happened to the peer or the path before the FIN.',
  },
  'retransmission_timeout.zero_window': {
    briefly: 'a sender that gave up at a closed window',
    advice:
      'Look for what happened to the receiver: it had stopped reading, then its host stopped answering.',
  },

  'handshake_failed.refused': {
    briefly: 'a refused connection',
    advice: 'Is the service up, and does it listen on this address and port? Was it restarting?',
  },
  'handshake_failed.unanswered': {
    briefly: 'a SYN without an answer',
    advice:
      'Look for a firewall or security group that drops, for a host that is down, and for an accept queue that is full (nstat TcpExtListenOverflows).',
  },
  'handshake_failed.icmp_unreachable': {
    briefly: 'an unreachable host',
    advice: 'The sender of the ICMP error is the router or firewall to look at.',
  },
  'handshake_failed.reset_by_client': {
    briefly: 'a client that gave up, or a scan',
    advice:
      'Many ports or hosts from one client: a scan. Otherwise a connect timeout that is too short, or a client that died.',
  },
  'handshake_failed.synack_unanswered': {
    briefly: 'a SYN-ACK without an answer',
    advice:
      'Many from forged addresses: a SYN flood (SYN cookies help). Otherwise look at the path back to the client.',
  },
  'handshake_failed.accept_overflow': {
    briefly: 'a full accept queue',
    advice:
      'Raise the backlog and net.core.somaxconn, and find out why the server accepts too slowly (ss -ltn shows Recv-Q against Send-Q).',
  },

  'reset_other.middlebox': {
    briefly: 'a RST made by something on the path, such as a firewall',
    advice:
      'Compare the TTL of the RST with other traffic to find the hop, and look at the rules and timeouts of the firewalls, NATs and balancers there.',
  },
  'reset_other.injected': {
    briefly: 'forged RSTs',
    advice:
      'Capture at the other end: if it never sent them, a system on the path does, such as an intrusion prevention system or a censor.',
  },
  'reset_other.unexplained': {
    briefly: 'a RST without an apparent reason',
    advice: 'Capture at both ends and compare.',
  },

  'incomplete.midstream': {
    briefly: 'a connection of which too little was seen',
    advice: 'Capture longer, or without a filter.',
  },
  'incomplete.one_direction': {
    briefly: 'an ending that was not captured',
    advice:
      'Capture where both directions pass: at one of the hosts, or on a mirror port that copies both.',
  },
  'incomplete.rst_only': {
    briefly: 'a connection of which only RSTs were seen',
    advice: 'Capture without the filter for RSTs to learn what they ended.',
  },
  'incomplete.fin_only': {
    briefly: 'a connection of which only FINs were seen',
    advice: 'Capture without the filter, or start earlier.',
  },
}
