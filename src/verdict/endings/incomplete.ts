// Connections of which too little was captured.

/** The rows of `incomplete`, in the order of reports. */
export const INCOMPLETE = [
  {
    verdict: 'incomplete',
    cause: 'midstream',
    meaning: 'Too few packets, and not the beginning.',
    usually: 'The capture is too short, or filtered.',
    advice: 'Capture longer, or without a filter.',
    brief: 'a connection of which too little was seen',
    source: 'capture',
    kernelReasons: [],
    severity: 0,
  },
  {
    verdict: 'incomplete',
    cause: 'one_direction',
    meaning: 'The ending cannot be judged: packets of one direction are missing.',
    usually: 'Asymmetric routing, or a capture filter or mirror port that sees one direction.',
    advice:
      'Capture where both directions pass: at one of the hosts, or on a mirror port that copies both.',
    brief: 'an ending that was not captured',
    source: 'capture',
    kernelReasons: [],
    severity: 0,
  },
  {
    verdict: 'incomplete',
    cause: 'rst_only',
    meaning: 'Nothing but RST was captured.',
    usually: 'A filter for RSTs, backscatter of forged SYNs, or a scan.',
    advice: 'Capture without the filter for RSTs to learn what they ended.',
    brief: 'a connection of which only RSTs were seen',
    source: 'capture',
    kernelReasons: [],
    severity: 0,
  },
  {
    verdict: 'incomplete',
    cause: 'fin_only',
    meaning: 'Nothing but FIN was captured.',
    usually: 'A filter, or the tail of a connection that began before the capture.',
    advice: 'Capture without the filter, or start earlier.',
    brief: 'a connection of which only FINs were seen',
    source: 'capture',
    kernelReasons: [],
    severity: 0,
  },
] as const
