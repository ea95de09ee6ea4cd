// Endings by FIN from both sides.

/** The rows of `graceful_fin`, in the order of reports. */
export const GRACEFUL_FIN = [
  {
    verdict: 'graceful_fin',
    cause: 'normal',
    meaning: 'Both sides sent FIN and both FINs were acknowledged.',
    usually: 'A regular close. A process that was killed with nothing unread looks the same.',
    advice:
      'Nothing to do. If a process died all the same, its exit is in its log or in the journal, not in these packets.',
    brief: 'a regular close',
    source: 'RFC 9293 §3.6',
    kernelReasons: [],
    severity: 0,
  },
  {
    verdict: 'graceful_fin',
    cause: 'half_close',
    meaning: 'The second closer still sent payload after the first FIN, and it was acknowledged.',
    usually:
      'shutdown(SHUT_WR) by a program that reads on, as in "send the request, then end of input".',
    advice:
      'Nothing to do, unless a proxy in between does not pass half-closed connections on: many end both directions.',
    brief: 'a half-close',
    source: 'RFC 9293 §3.6, half-close',
    kernelReasons: [],
    severity: 0,
  },
  {
    verdict: 'graceful_fin',
    cause: 'slow_close',
    meaning:
      'The second FIN came a second or more after the first was acknowledged, with no payload between.',
    usually:
      'The second closer sat in CLOSE-WAIT: it reads the end of the stream late or closes late.',
    advice:
      'Find out why the second closer did not close on the end of the stream: a blocked event loop, a pool that only looks at its sockets now and then. See its *_close_wait_s.',
    brief: 'a slow close',
    source: 'RFC 9293 §3.6, CLOSE-WAIT',
    kernelReasons: [],
    severity: 1,
  },
  {
    verdict: 'graceful_fin',
    cause: 'simultaneous',
    meaning: 'Both sides sent FIN before either had seen the other one.',
    usually: 'Both ends decided to close at the same time, often on the same timer.',
    advice:
      'Nothing to do. If requests fail around it, give the two ends different idle timeouts, the client the shorter one.',
    brief: 'a simultaneous close',
    source: 'RFC 9293 §3.6, case 3',
    kernelReasons: [],
    severity: 0,
  },
  {
    verdict: 'graceful_fin',
    cause: 'last_ack_missing',
    meaning: 'Both FINs passed, the last one was never acknowledged.',
    usually: 'The capture ended first, or the last ACK was lost.',
    advice:
      'If the second FIN was repeated, the first closer or the path to it was gone: look there. Otherwise capture a little longer.',
    brief: 'a close whose last ACK was lost',
    source: 'RFC 9293 §3.6, LAST-ACK',
    kernelReasons: [],
    severity: 0,
  },
  {
    verdict: 'graceful_fin',
    cause: 'reset_after_close',
    meaning: 'A RST came after both FINs, or in place of the last ACK; no data was lost.',
    usually: 'A stack or browser that skips TIME-WAIT. Harmless.',
    advice: 'Nothing to do: no data was lost.',
    brief: 'a RST after a complete close',
    source: 'RFC 9293 §3.10.7.4',
    kernelReasons: ['NO_SOCKET', 'TCP_TIMEWAIT_SOCKET', 'TCP_STATE'],
    severity: 0,
  },
  {
    verdict: 'graceful_fin',
    cause: 'late_close',
    meaning:
      "The first FIN was acknowledged, and the peer's own much later FIN met a RST: the first closer had already forgotten the connection.",
    usually: 'The orphaned FIN-WAIT-2 expired (tcp_fin_timeout, 60 s) before the peer closed.',
    advice:
      'Close sooner at the second closer: it held a dead connection. Everything it would have written was lost already.',
    brief: 'a close that came too late',
    source: 'tcp_fin_timeout, tcp_time_wait()',
    kernelReasons: ['NO_SOCKET'],
    severity: 1,
  },
  {
    verdict: 'graceful_fin',
    cause: 'unanswered_request',
    meaning:
      'One side closed although the last request had got no answer, in a conversation where requests are answered.',
    usually:
      'The server died or was stopped in the middle of a request (kill -9 looks like this once it has read the request), or the client gave up waiting.',
    advice:
      'Look at what the server did then: a restart, a crash, a deploy, a worker that was killed. Where the client closed, compare its timeout with how long the server takes.',
    brief: 'a close in the middle of a request',
    source: 'exit_files(), tcp_close()',
    kernelReasons: [],
    severity: 3,
  },
  {
    verdict: 'graceful_fin',
    cause: 'no_payload',
    meaning: 'Opened and closed without a byte of payload from either side.',
    usually:
      'A port check, a connection turned away at accept (tcpwrappers, a limit on clients), or one opened ahead and never used.',
    advice:
      'See who closed: a server that closes unused connections at once turns clients away or is out of workers; one that does so after a while has a timeout for the first request.',
    brief: 'a connection that was never used',
    source: 'RFC 9293 §3.6',
    kernelReasons: [],
    severity: 1,
  },
  {
    verdict: 'graceful_fin',
    cause: 'close_notify',
    meaning:
      'After the first FIN the other side sent nothing but a goodbye, such as TLS’s, which met a RST.',
    usually:
      'Each side of a TLS connection says goodbye before it closes; the second goodbye finds the socket gone. Every browser does it, and other protocols take their leave alike.',
    advice: 'Nothing to do: no application data was lost.',
    brief: 'a goodbye to a socket that was closed already',
    source: 'RFC 8446 §6.1, TCP_ABORT_ON_DATA',
    kernelReasons: ['TCP_TIMEWAIT_SOCKET', 'TCP_ABORT_ON_DATA', 'NO_SOCKET'],
    severity: 0,
  },
] as const
