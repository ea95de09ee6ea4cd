// Connections that were never fully established.

/** The rows of `handshake_failed`, in the order of reports. */
export const HANDSHAKE_FAILED = [
  {
    verdict: 'handshake_failed',
    cause: 'refused',
    meaning: 'The SYN was answered by a RST.',
    usually: 'Nothing listens on the port, or a firewall rejects.',
    advice: 'Is the service up, and does it listen on this address and port? Was it restarting?',
    brief: 'a refused connection',
    source: 'RFC 9293 §3.10.7.1',
    kernelReasons: ['NO_SOCKET'],
    severity: 3,
  },
  {
    verdict: 'handshake_failed',
    cause: 'unanswered',
    meaning: 'The SYN was never answered.',
    usually: 'A firewall drops it, the host is down, or the accept queue is full.',
    advice:
      'Look for a firewall or security group that drops, for a host that is down, and for an accept queue that is full (nstat TcpExtListenOverflows).',
    brief: 'a SYN without an answer',
    source: 'RFC 9293 §3.8.3, tcp_syn_retries',
    kernelReasons: [],
    severity: 3,
  },
  {
    verdict: 'handshake_failed',
    cause: 'icmp_unreachable',
    meaning: 'The SYN was answered by an ICMP error that quotes it.',
    usually: 'A router or firewall says that host, net or port cannot be reached.',
    advice: 'The sender of the ICMP error is the router or firewall to look at.',
    brief: 'an unreachable host',
    source: 'RFC 1122 §4.2.3.9',
    kernelReasons: [],
    severity: 3,
  },
  {
    verdict: 'handshake_failed',
    cause: 'reset_by_client',
    meaning: 'The client answered the SYN-ACK with a RST.',
    usually: 'A port scan, or a client that gave up before the answer came.',
    advice:
      'Many ports or hosts from one client: a scan. Otherwise a connect timeout that is too short, or a client that died.',
    brief: 'a client that gave up, or a scan',
    source: 'RFC 9293 §3.5.1',
    kernelReasons: ['NO_SOCKET'],
    severity: 1,
  },
  {
    verdict: 'handshake_failed',
    cause: 'synack_unanswered',
    meaning: 'The SYN-ACK was never acknowledged.',
    usually: 'The client vanished, its address was forged, or the path back is broken.',
    advice:
      'Many from forged addresses: a SYN flood (SYN cookies help). Otherwise look at the path back to the client.',
    brief: 'a SYN-ACK without an answer',
    source: 'tcp_synack_retries',
    kernelReasons: [],
    severity: 2,
  },
  {
    verdict: 'handshake_failed',
    cause: 'accept_overflow',
    meaning: 'The handshake completed for the client only.',
    usually: 'The accept queue of the listener is full: the server accepts too slowly.',
    advice:
      'Raise the backlog and net.core.somaxconn, and find out why the server accepts too slowly (ss -ltn shows Recv-Q against Send-Q).',
    brief: 'a full accept queue',
    source: 'tcp_check_req(), tcp_abort_on_overflow',
    kernelReasons: [],
    severity: 3,
  },
  {
    verdict: 'handshake_failed',
    cause: 'old_connection',
    meaning:
      'The SYN met an older connection on the same ports: it was answered by an ACK of that one, and the new one never opened.',
    usually:
      'The client uses a port again while the server (or a device on the path) still holds the old connection, and the RST that should clear it does not arrive.',
    advice:
      'Find out why the old connection was not closed at the server, and what drops the client’s RST: a firewall that takes it for invalid, or a NAT that gives out a port too soon.',
    brief: 'an old connection on the same ports',
    source: 'RFC 9293 §3.5.1, RFC 5961 §4',
    kernelReasons: [],
    severity: 2,
  },
] as const
