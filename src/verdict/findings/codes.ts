// The names of findings.

/** Every code, in alphabetical order. */
export const FINDING_CODES = [
  'belongs_to',
  'capture_point',
  'challenge_acks',
  'fin_repeated',
  'half_closed',
  'idle',
  'nat_twin',
  'no_payload',
  'old_connection',
  'paws',
  'payload_at_risk',
  'payload_repeated',
  'port_accepts',
  'probes_lost',
  'reset_code',
  'retry_worked',
  'rst_ignored',
  'rst_storm',
  'rst_talked_over',
  'same_ports_before',
  'syn_ack_repeated',
  'syn_repeated',
  'timer',
  'tls_alert',
  'tls_close_notify',
  'unanswered_request',
] as const
/** The code of a finding. */
export type FindingCode = (typeof FINDING_CODES)[number]
