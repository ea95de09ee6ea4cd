// Endings by a RST of an existing socket with nothing plausibly unread.

/** The rows of `rst_abort`, in the order of reports. */
export const RST_ABORT = [
  {
    verdict: 'rst_abort',
    cause: 'abort',
    meaning: 'A RST by a socket with nothing plausibly unread.',
    usually:
      'SO_LINGER with timeout 0, a destroyed socket (ss -K), resetAndDestroy() and the like.',
    advice:
      'Look for SO_LINGER 0, resetAndDestroy() and the like in the program, and for ss -K, conntrack or orphan limits on its host. Health checks and load generators do it as a habit.',
    brief: 'an abort (SO_LINGER 0, ss -K)',
    source: 'RFC 9293 §3.10.5, tcp_disconnect()',
    kernelReasons: ['TCP_STATE', 'TCP_ABORT_ON_CLOSE', 'TCP_ABORT_ON_MEMORY'],
    severity: 1,
  },
  {
    verdict: 'rst_abort',
    cause: 'close_wait_abort',
    meaning: "A RST by the side that had acknowledged the peer's FIN.",
    usually: 'The program closed on end of stream with data unread, or aborts instead of closing.',
    advice:
      'Read what is left before closing, or drop the SO_LINGER 0. The side that closed first may never have seen its last answer.',
    brief: 'an abort instead of a close',
    source: 'RFC 9293 §3.6.1',
    kernelReasons: ['TCP_ABORT_ON_CLOSE', 'TCP_STATE'],
    severity: 2,
  },
  {
    verdict: 'rst_abort',
    cause: 'abort_after_fin',
    meaning: 'A RST by the side that had already sent FIN.',
    usually:
      'A close with a short linger time ran out, or the stack aborts half-closed connections.',
    advice: 'Look for a linger time or TCP_LINGER2, or a timeout for half-closed connections.',
    brief: 'an abort after its own FIN',
    source: 'TCP_LINGER2, TCP_ABORT_ON_LINGER',
    kernelReasons: ['TCP_ABORT_ON_LINGER', 'TCP_STATE', 'TCP_TIMEWAIT_SOCKET'],
    severity: 1,
  },
  {
    verdict: 'rst_abort',
    cause: 'health_check',
    meaning: 'The client connected and reset the connection at once, without a byte of payload.',
    usually: "A balancer's or monitor's TCP check, which closes by RST to leave nothing behind.",
    advice: 'Nothing to do. Checks that speak the protocol show more than that a port is open.',
    brief: 'a health check that resets what it has opened',
    source: 'SO_LINGER 0 after connect()',
    kernelReasons: ['TCP_ABORT_ON_CLOSE', 'TCP_STATE'],
    severity: 0,
  },
] as const
