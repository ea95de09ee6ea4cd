// Endings by keepalive probes without an answer.

/** The rows of `keepalive_timeout`, in the order of reports. */
export const KEEPALIVE_TIMEOUT = [
  {
    verdict: 'keepalive_timeout',
    cause: 'reset_sent',
    meaning: 'Keepalive probes went unanswered, then the prober sent a RST.',
    usually: 'The peer host or the path to it is gone.',
    advice:
      'The peer or the path was gone before the first unanswered probe: look there. Keepalive did its work; lower its settings if that took too long.',
    brief: 'keepalive giving up',
    source: 'RFC 9293 §3.8.4, tcp_keepalive_timer()',
    kernelReasons: ['TCP_KEEPALIVE_TIMEOUT'],
    severity: 3,
  },
  {
    verdict: 'keepalive_timeout',
    cause: 'silent',
    meaning: 'Keepalive probes went unanswered and stopped without a RST.',
    usually: 'The prober vanished too, or its RST was not captured.',
    advice: 'Capture nearer to the prober, or look whether it went down as well.',
    brief: 'keepalive probes that stopped',
    source: 'RFC 9293 §3.8.4',
    kernelReasons: [],
    severity: 3,
  },
  {
    verdict: 'keepalive_timeout',
    cause: 'peer_forgot',
    meaning: 'A keepalive probe was answered by a RST.',
    usually: 'The peer was restarted or rebooted, or a middlebox dropped its entry.',
    advice:
      'Check whether the peer was restarted, or whether a NAT or balancer entry runs out sooner than the keepalive idle time (keepalive_idle_s).',
    brief: 'a peer that no longer knew the connection',
    source: 'RFC 9293 §3.5.1',
    kernelReasons: ['NO_SOCKET', 'TCP_TIMEWAIT_SOCKET'],
    severity: 3,
  },
  {
    verdict: 'keepalive_timeout',
    cause: 'unanswered_at_end',
    meaning: 'Keepalive probes go unanswered up to the end of the capture.',
    usually: 'The peer is probably gone; the prober has not given up yet.',
    advice: 'Check whether the peer is up and reachable. Capture longer to see the end.',
    brief: 'keepalive probes still unanswered',
    source: 'RFC 9293 §3.8.4',
    kernelReasons: [],
    severity: 2,
  },
] as const
