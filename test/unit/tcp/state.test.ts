// Every cell of the state table, so that a missing edge is a decision and not an accident.

import { describe, expect, test } from 'vitest'
import * as S from '../../../src/tcp/state.js'

const {
  SENT_SYN,
  SENT_SYN_ACK,
  SENT_ACK,
  SENT_FIN,
  SENT_RST,
  SYN_ACKED,
  RCVD_FIN,
  FIN_ACKED,
  RCVD_RST,
} = S

/** Names of the events, by their numbers. */
const EVENT_NAMES = [
  'SENT_SYN',
  'SENT_SYN_ACK',
  'SENT_ACK',
  'SENT_FIN',
  'SENT_RST',
  'SYN_ACKED',
  'RCVD_FIN',
  'FIN_ACKED',
  'RCVD_RST',
]

/** What RFC 9293 has an endpoint do, state by state; a dash leaves it where it is. Columns in the order of EVENT_NAMES. */
const EXPECTED = `
               SENT_SYN  SENT_SYN_ACK  SENT_ACK     SENT_FIN    SENT_RST  SYN_ACKED    RCVD_FIN    FIN_ACKED   RCVD_RST
(none)         SYN-SENT  SYN-RECEIVED  ESTABLISHED  FIN-WAIT-1  CLOSED    ESTABLISHED  CLOSE-WAIT  -           CLOSED
CLOSED         SYN-SENT  SYN-RECEIVED  -            -           -         -            -           -           -
LISTEN         SYN-SENT  SYN-RECEIVED  ESTABLISHED  FIN-WAIT-1  CLOSED    ESTABLISHED  CLOSE-WAIT  -           -
SYN-SENT       -         SYN-RECEIVED  ESTABLISHED  FIN-WAIT-1  CLOSED    -            CLOSE-WAIT  -           CLOSED
SYN-RECEIVED   -         -             -            FIN-WAIT-1  CLOSED    ESTABLISHED  CLOSE-WAIT  -           CLOSED
ESTABLISHED    -         -             -            FIN-WAIT-1  CLOSED    -            CLOSE-WAIT  -           CLOSED
FIN-WAIT-1     -         -             -            -           CLOSED    -            CLOSING     FIN-WAIT-2  CLOSED
FIN-WAIT-2     -         -             -            -           CLOSED    -            TIME-WAIT   -           CLOSED
CLOSE-WAIT     -         -             -            LAST-ACK    CLOSED    -            -           -           CLOSED
CLOSING        -         -             -            -           CLOSED    -            -           TIME-WAIT   CLOSED
LAST-ACK       -         -             -            -           CLOSED    -            -           CLOSED      CLOSED
TIME-WAIT      -         -             -            -           CLOSED    -            -           -           CLOSED
`

const [head = '', ...rows] = EXPECTED.trim().split('\n')

test('the expected table covers all states and events', () => {
  expect(head.trim().split(/\s+/)).toEqual(EVENT_NAMES)
  expect(rows.map((row) => row.split(/\s+/)[0])).toEqual(['(none)', ...S.STATE_NAMES.slice(1)])
})

describe.each(
  rows.map((row, state) => [S.STATE_NAMES[state] || 'nothing known', row, state] as const),
)('in %s', (_name, row, state) => {
  const cells = row.split(/\s+/).slice(1)
  test.each(EVENT_NAMES.map((name, event) => [name, event] as const))('%s', (_event, event) => {
    const expected = cells[event] === '-' ? S.STATE_NAMES[state] : cells[event]
    expect(S.STATE_NAMES[S.nextState(state, event)]).toBe(expected)
  })
})

/** Runs an endpoint through events and names the states it passes. */
function path(from: number, ...events: number[]): string[] {
  let state = from
  return events.map((event) => {
    state = S.nextState(state, event)
    return S.STATE_NAMES[state] ?? ''
  })
}

describe('RFC 9293 §3.6', () => {
  test('case 1, active close', () => {
    expect(path(S.UNKNOWN, SENT_SYN, SENT_ACK, SENT_FIN, FIN_ACKED, RCVD_FIN)).toEqual([
      'SYN-SENT',
      'ESTABLISHED',
      'FIN-WAIT-1',
      'FIN-WAIT-2',
      'TIME-WAIT',
    ])
  })

  test('case 2, passive close', () => {
    expect(path(S.LISTEN, SENT_SYN_ACK, SYN_ACKED, RCVD_FIN, SENT_FIN, FIN_ACKED)).toEqual([
      'SYN-RECEIVED',
      'ESTABLISHED',
      'CLOSE-WAIT',
      'LAST-ACK',
      'CLOSED',
    ])
  })

  test('case 3, crossed FINs', () => {
    expect(path(S.ESTABLISHED, SENT_FIN, RCVD_FIN, FIN_ACKED)).toEqual([
      'FIN-WAIT-1',
      'CLOSING',
      'TIME-WAIT',
    ])
  })

  test('a reset ends any state but LISTEN at its receiver', () => {
    expect(path(S.CLOSE_WAIT, RCVD_RST)).toEqual(['CLOSED'])
    expect(path(S.LISTEN, RCVD_RST)).toEqual(['LISTEN'])
    expect(path(S.LISTEN, SENT_RST)).toEqual(['CLOSED'])
  })
})
