// Times between the events of an ending, each worked out by hand from the scenario above it.

import { describe, expect, test } from 'vitest'
import type { Connection } from '../../../src/index.js'
import { runScenario } from '../../support/scenario.js'

/** The columns in seconds that are there. */
function timesOf(text: string): Record<string, number> {
  const [connection] = runScenario(text)
  const entries = Object.entries(connection as Connection)
  return Object.fromEntries(entries.filter(([key]) => key.endsWith('_s')))
}

test('half-close: the client closes first, the server four seconds later', () => {
  expect(
    timesOf(`
10.000 > S 0:0(0)
10.010 < S. 0:0(0) ack 1
10.030 > . 1:1(0) ack 1
10.100 > P. 1:101(100) ack 1
10.200 < P. 1:201(200) ack 101
10.250 > . 101:101(0) ack 201
13.000 > F. 101:101(0) ack 201
13.020 < . 201:201(0) ack 102
17.000 < F. 201:201(0) ack 102
17.030 > . 102:102(0) ack 202
20.000 end`),
  ).toEqual({
    duration_s: 7.03,
    handshake_rtt_s: 0.03,
    idle_before_teardown_s: 2.8,
    teardown_s: 4.03,
    fin_to_fin_s: 4,
    fin_to_last_ack_s: 4.03,
    server_close_wait_s: 3.98,
    client_fin_wait_2_s: 3.98,
  })
})

test('a close that never comes: CLOSE-WAIT lasts to the end of the capture', () => {
  expect(
    timesOf(`
0.000 > S 0:0(0)
0.001 < S. 0:0(0) ack 1
0.002 > . 1:1(0) ack 1
1.000 < F. 1:1(0) ack 1
1.500 > . 1:1(0) ack 2
9.000 end`),
  ).toEqual({
    duration_s: 1.5,
    handshake_rtt_s: 0.002,
    idle_before_teardown_s: 0.998,
    teardown_s: 0.5,
    client_close_wait_s: 7.5,
    server_fin_wait_2_s: 7.5,
    open_at_end_s: 7.5,
  })
})

test('a reset after silence', () => {
  expect(
    timesOf(`
0.000 > S 0:0(0)
0.001 < S. 0:0(0) ack 1
0.002 > . 1:1(0) ack 1
2.000 > P. 1:101(100) ack 1
2.001 < . 1:1(0) ack 101
5.000 < R. 1:1(0) ack 101`),
  ).toEqual({
    duration_s: 5,
    handshake_rtt_s: 0.002,
    idle_before_teardown_s: 3,
    teardown_s: 0,
    last_data_to_rst_s: 3,
  })
})

test('a write to a closed socket: FIN, payload, RST', () => {
  expect(
    timesOf(`
0.000 > S 0:0(0)
0.001 < S. 0:0(0) ack 1
0.002 > . 1:1(0) ack 1
1.000 < F. 1:1(0) ack 1
1.010 > . 1:1(0) ack 2
3.000 > P. 1:101(100) ack 2
3.004 < R 2:2(0)`),
  ).toMatchObject({
    idle_before_teardown_s: 0.998,
    teardown_s: 2.004,
    fin_to_rst_s: 2.004,
    trigger_to_rst_s: 0.004,
    last_data_to_rst_s: 0.004,
    client_close_wait_s: 1.994,
  })
})

test('keepalive: idle, interval, count, and the reset of the prober', () => {
  const text = `
0.000 > S 0:0(0)
0.001 < S. 0:0(0) ack 1
0.002 > . 1:1(0) ack 1
1.000 > P. 1:101(100) ack 1
1.001 < . 1:1(0) ack 101
11.001 < . 0:0(0) ack 101
11.002 > . 101:101(0) ack 1
21.002 < . 0:0(0) ack 101
23.002 < . 0:0(0) ack 101
25.002 < . 0:0(0) ack 101
27.002 < R. 1:1(0) ack 101`
  expect(timesOf(text)).toMatchObject({
    keepalive_idle_s: 10,
    keepalive_interval_s: 2,
    last_probe_to_rst_s: 2,
  })
  const [c] = runScenario(text)
  expect([c?.cause, c?.keepalive_probes, c?.keepalive_unanswered]).toEqual(['reset_sent', 4, 3])
})

test('retransmissions up to the end', () => {
  expect(
    timesOf(`
0.000 > S 0:0(0)
0.001 < S. 0:0(0) ack 1
0.002 > . 1:1(0) ack 1
1.000 > P. 1:101(100) ack 1
1.200 > P. 1:101(100) ack 1
1.600 > P. 1:101(100) ack 1
2.400 > P. 1:101(100) ack 1
3.000 end`),
  ).toMatchObject({ retransmission_span_s: 1.4, open_at_end_s: 0.6 })
})

describe('no time is negative', () => {
  test('when the clock of the capture runs back', () => {
    const times = timesOf(`
5.000 > S 0:0(0)
4.000 < S. 0:0(0) ack 1
3.000 > . 1:1(0) ack 1
2.000 > F. 1:1(0) ack 1
1.000 < F. 1:1(0) ack 2
0.500 > . 2:2(0) ack 2`)
    expect(Object.keys(times)).toContain('fin_to_fin_s')
    expect(Object.values(times).filter((seconds) => !(seconds >= 0))).toEqual([])
  })
})
