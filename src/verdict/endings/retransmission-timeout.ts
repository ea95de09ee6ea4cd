// Connections that one side gave up after retransmissions.

/** The rows of `retransmission_timeout`, in the order of reports. */
export const RETRANSMISSION_TIMEOUT = [
  {
    verdict: 'retransmission_timeout',
    cause: 'data',
    meaning: 'Retransmissions of payload stop without an answer.',
    usually: 'The peer or the path vanished. Linux gives up without a RST.',
    advice:
      'Look for what happened to the peer or the path when the first segment went unanswered.',
    brief: 'a sender that gave up',
    source: 'RFC 9293 §3.8.3, tcp_retries2',
    kernelReasons: [],
    severity: 3,
  },
  {
    verdict: 'retransmission_timeout',
    cause: 'fin',
    meaning: 'Retransmissions of a FIN stop without an answer.',
    usually: 'The peer or the path vanished while closing.',
    advice: 'Look for what happened to the peer or the path before the FIN.',
    brief: 'a closer that gave up',
    source: 'tcp_orphan_retries',
    kernelReasons: [],
    severity: 3,
  },
  {
    verdict: 'retransmission_timeout',
    cause: 'zero_window',
    meaning: 'Window probes stop without an answer.',
    usually: 'The peer vanished while its window was closed.',
    advice:
      'Look for what happened to the receiver: it had stopped reading, then its host stopped answering.',
    brief: 'a sender that gave up at a closed window',
    source: 'RFC 9293 §3.8.6.1, tcp_send_probe0()',
    kernelReasons: [],
    severity: 3,
  },
] as const
