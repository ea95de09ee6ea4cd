// Endings by a RST of a third party, or without an explanation.

/** The rows of `reset_other`, in the order of reports. */
export const RESET_OTHER = [
  {
    verdict: 'reset_other',
    cause: 'middlebox',
    meaning: 'The RST does not come from the host whose address it carries.',
    usually: 'A firewall, proxy or NAT ended the connection.',
    advice:
      'Compare the TTL of the RST with other traffic to find the hop, and look at the rules and timeouts of the firewalls, NATs and balancers there.',
    brief: 'a RST made by something on the path, such as a firewall',
    source: 'RFC 3360',
    kernelReasons: [],
    severity: 3,
  },
  {
    verdict: 'reset_other',
    cause: 'injected',
    meaning: 'The RSTs show the sequence patterns of forged ones.',
    usually: 'A system on the path ends connections on purpose.',
    advice:
      'Capture at the other end: if it never sent them, a system on the path does, such as an intrusion prevention system or a censor.',
    brief: 'forged RSTs',
    source: 'Weaver, Sommer, Paxson, NDSS 2009',
    kernelReasons: [],
    severity: 3,
  },
  {
    verdict: 'reset_other',
    cause: 'stray',
    meaning: 'A segment that belongs to no connection, and the RST it drew.',
    usually:
      'A port scan (FIN, NULL, Xmas, ACK), or what is left over of a connection that ended long ago.',
    advice: 'Look at who sends them, and to how many ports. Nothing was open, so nothing was lost.',
    brief: 'a segment that belongs to no connection',
    source: 'RFC 9293 §3.10.7.1',
    kernelReasons: ['NO_SOCKET'],
    severity: 0,
  },
  {
    verdict: 'reset_other',
    cause: 'unexplained',
    meaning: 'A RST that no rule explains.',
    usually: 'Look at the packets around it.',
    advice: 'Capture at both ends and compare.',
    brief: 'a RST without an apparent reason',
    source: 'RFC 9293 §3.5.3',
    kernelReasons: [],
    severity: 2,
  },
] as const
