// Endings by a RST of an endpoint that was closed, killed or gone.

/** The rows of `rst_after_kill`, in the order of reports. */
export const RST_AFTER_KILL = [
  {
    verdict: 'rst_after_kill',
    cause: 'unread_data',
    meaning: 'A RST by a socket that may still have held unread payload of the peer.',
    usually:
      'The process was killed, exited or closed the socket without reading everything it had received.',
    advice:
      'Was the process killed or restarted then? If not, find the close() that comes before everything was read, such as an early answer to an upload; read to the end or shutdown(SHUT_WR) first.',
    brief: 'a close or kill with unread data',
    source: 'RFC 9293 §3.6.1, RFC 2525 §2.17, TCP_ABORT_ON_CLOSE',
    kernelReasons: ['TCP_ABORT_ON_CLOSE', 'TCP_STATE', 'TCP_ABORT_ON_MEMORY'],
    severity: 3,
  },
  {
    verdict: 'rst_after_kill',
    cause: 'unaccepted',
    meaning: 'A RST by a server that never took the connection from its accept queue.',
    usually: 'The listener was closed or killed with connections still waiting.',
    advice:
      'Stop sending new connections before the listener closes (readiness, deregistration, a drain time), and accept what is in the queue before exiting.',
    brief: 'a listener closed before it accepted the connection',
    source: 'inet_csk_listen_stop()',
    kernelReasons: ['TCP_STATE'],
    severity: 3,
  },
  {
    verdict: 'rst_after_kill',
    cause: 'write_after_close',
    meaning:
      'One side closed, the other acknowledged that and sent payload all the same: answered by a RST.',
    usually:
      'The process at the closing side is gone; the writer did not look at its socket (write, SIGPIPE, "connection reset by peer").',
    advice:
      'Let the writer look at the socket before it uses it again (a pool has to notice the end of the stream), and find out why the closing side closed: a restart, a crash, or an idle timeout shorter than the pool’s.',
    brief: 'a write to a connection that the other side had closed',
    source: 'RFC 9293 §3.6.1, TCP_ABORT_ON_DATA',
    kernelReasons: ['TCP_TIMEWAIT_SOCKET', 'TCP_ABORT_ON_DATA', 'NO_SOCKET'],
    severity: 3,
  },
  {
    verdict: 'rst_after_kill',
    cause: 'crossed_close',
    meaning: 'One side closed while payload of the other was on its way: answered by a RST.',
    usually:
      'The idle-close race: a server drops an idle connection just as the client sends, seen as 502 behind proxies.',
    advice:
      'Make the idle timeout of the client, proxy or load balancer shorter than the server’s (for Node: keepAliveTimeout above the balancer’s), and let the client repeat idempotent requests.',
    brief: 'a request that crossed the close',
    source: 'RFC 9293 §3.6.1, TCP_ABORT_ON_DATA',
    kernelReasons: ['TCP_ABORT_ON_DATA', 'TCP_TIMEWAIT_SOCKET', 'NO_SOCKET'],
    severity: 2,
  },
  {
    verdict: 'rst_after_kill',
    cause: 'peer_forgot',
    meaning:
      'Payload was answered by a RST from a host that no longer knew the connection and had sent no FIN.',
    usually:
      'The process or host is gone or rebooted, its FIN was lost, or a load balancer dropped its entry.',
    advice:
      'Check whether the host or container was restarted or replaced, or whether a NAT, balancer or conntrack entry ran out. Keepalive below its timeout keeps the entry.',
    brief: 'a peer that no longer knew the connection',
    source: 'RFC 9293 §3.5.1, half-open',
    // Its FIN may have been lost before the capture point.
    kernelReasons: ['NO_SOCKET', 'TCP_TIMEWAIT_SOCKET'],
    severity: 3,
  },
] as const
