// The taxonomy is the contract of DESIGN.md §3: dashboards and alerts are built on these names.

import { describe, expect, test } from 'vitest'
import { CAUSES, VERDICTS } from '../../../src/index.js'

const CONTRACT: Readonly<Record<string, string>> = {
  graceful_fin:
    'normal half_close slow_close simultaneous last_ack_missing reset_after_close late_close',
  rst_after_kill:
    'unread_data unaccepted abort close_wait_abort abort_after_fin write_after_close crossed_close peer_forgot',
  keepalive_timeout: 'reset_sent silent peer_forgot unanswered_at_end',
  lingering_established:
    'active idle keepalive_sustained close_wait fin_unanswered data_unanswered zero_window superseded',
  retransmission_timeout: 'data fin zero_window',
  handshake_failed:
    'refused unanswered icmp_unreachable reset_by_client synack_unanswered accept_overflow',
  reset_other: 'middlebox injected unexplained',
  incomplete: 'midstream one_direction rst_only fin_only',
}

test('verdicts', () => {
  expect(VERDICTS.map((row) => row.verdict)).toEqual(Object.keys(CONTRACT))
})

test.each(Object.entries(CONTRACT))('causes of %s', (verdict, causes) => {
  const found = CAUSES.filter((row) => row.verdict === verdict).map((row) => row.cause)
  expect(found).toEqual(causes.split(' '))
})

describe.each(CAUSES.map((row) => [`${row.verdict}.${row.cause}`, row] as const))(
  '%s',
  (_name, { meaning, usually }) => {
    test('says in sentences what it means', () => {
      for (const text of [meaning, usually]) expect(text).toMatch(/^.{10,}\.$/)
    })
  },
)
