// conn_state and history as Zeek's scripts and TCP analyzer have them, for connections its timers do not split.

import { expect, test } from 'vitest'
import { runScenario } from '../../../support/scenario.js'

const OPEN = `
0.000 > S 0:0(0)
0.001 < S. 0:0(0) ack 1
0.002 > . 1:1(0) ack 1
0.010 > P. 1:101(100) ack 1
0.011 < . 1:1(0) ack 101
0.020 < P. 1:201(200) ack 101
0.021 > . 101:101(0) ack 201
`

test.each([
  ['S0', 'S', 'a SYN without answer, also sent again', '0.0 > S 0:0(0)\n1.0 > S 0:0(0)'],
  ['REJ', 'Sr', 'a refused SYN', '0.0 > S 0:0(0)\n0.1 < R. 0:0(0) ack 1 win 0'],
  ['RSTOS0', 'SR', 'a SYN and a RST of the originator', '0.0 > S 0:0(0)\n0.1 > R 1:1(0)'],
  ['OTH', 'R', 'a lone RST', '0.0 > R 1:1(0)'],
  ['S1', 'ShADad', 'open', OPEN],
  [
    'S2',
    'ShADadF',
    'closed by the originator only',
    `${OPEN}1.0 > F. 101:101(0) ack 201\n1.1 < . 201:201(0) ack 102`,
  ],
  [
    'S3',
    'ShADadf',
    'closed by the responder only',
    `${OPEN}1.0 < F. 201:201(0) ack 101\n1.1 > . 101:101(0) ack 202`,
  ],
  [
    'SF',
    'ShADadFf',
    'closed by both',
    `${OPEN}1.0 > F. 101:101(0) ack 201\n1.1 < F. 201:201(0) ack 102`,
  ],
  ['RSTR', 'ShADadr', 'reset by the responder', `${OPEN}1.0 < R. 201:201(0) ack 101`],
  ['RSTO', 'ShADadR', 'reset by the originator', `${OPEN}1.0 > R. 101:101(0) ack 201`],
  [
    'RSTR',
    'ShADadrR',
    'reset by both: the responder counts, whoever was first',
    `${OPEN}1.0 > P. 101:201(100) ack 201\n1.1 < R 201:201(0)\n1.2 < P. 201:301(100) ack 101\n1.3 > R 101:101(0)`,
  ],
  [
    'SF',
    'ShADadfrF',
    'FIN, RST, then the FIN of the other side: normal after all',
    `${OPEN}1.0 < F. 201:201(0) ack 101\n1.1 < R 202:202(0)\n1.2 > F. 101:101(0) ack 202`,
  ],
  [
    'SF',
    'ShADadFfR',
    'a RST after both FINs changes nothing',
    `${OPEN}1.0 > F. 101:101(0) ack 201\n1.1 < F. 201:201(0) ack 102\n1.2 > R 102:102(0)`,
  ],
  [
    'S1',
    'ShADadT',
    'the first retransmission',
    `${OPEN}1.0 > P. 101:201(100) ack 201\n1.3 > P. 101:201(100) ack 201`,
  ],
  ['S1', 'ShADadW', 'a zero window', `${OPEN}1.0 > . 101:101(0) ack 201 win 0`],
  [
    'RSTRH',
    '^hr',
    'an answer and a RST of a responder to a SYN that was not captured',
    '0.0 < S. 0:0(0) ack 1\n0.1 < R. 1:1(0) ack 1',
  ],
  [
    'SHR',
    '^hf',
    'an answer and a FIN of a responder to a SYN that was not captured',
    '0.0 < S. 0:0(0) ack 1\n0.1 < F. 1:1(0) ack 1',
  ],
  [
    'OTH',
    'Dd',
    'the middle of a connection',
    '0.0 > P. 1:101(100) ack 1\n0.1 < P. 1:101(100) ack 101',
  ],
  [
    'RSTO',
    'ShADTaR',
    'keepalive probes of an byte, on a side without other payload',
    `0.0 > S 0:0(0)\n0.001 < S. 0:0(0) ack 1\n0.002 > . 1:1(0) ack 1
    10 > . 0:1(1) ack 1\n10.001 < . 1:1(0) ack 1\n20 > . 0:1(1) ack 1\n30 > R. 1:1(0) ack 1`,
  ],
  [
    'SF',
    'ShADaFf',
    'payload behind that of an accepted fast open',
    `0.0 > S 0:5(5)\n0.1 < S. 0:0(0) ack 6\n0.2 > . 6:6(0) ack 1\n0.3 > P. 6:9(3) ack 1
    0.4 < . 1:1(0) ack 9\n0.5 > F. 9:9(0) ack 1\n0.6 < F. 1:1(0) ack 10\n0.7 > . 10:10(0) ack 2`,
  ],
  [
    'RSTO',
    'SaRhA',
    'several answers with the numbers of an earlier connection',
    `0.0 > S 0:0(0)\n0.1 < . 500:500(0) ack 301\n0.3 < . 500:500(0) ack 301\n0.4 > R 301:301(0)
    1.0 > S 0:0(0)\n1.001 < S. 0:0(0) ack 1\n1.002 > . 1:1(0) ack 1`,
  ],
])('%s %s: %s', (state, history, _what, text) => {
  const [connection] = runScenario(text)
  expect([connection?.conn_state, connection?.history]).toEqual([state, history])
})

test('a letter stands for the 1st, 10th and 100th retransmission', () => {
  const again = Array.from({ length: 99 }, (_, i) => `${2 + i} > P. 101:201(100) ack 201`).join(
    '\n',
  )
  const [connection] = runScenario(`${OPEN}1.0 > P. 101:201(100) ack 201\n${again}`)
  expect(connection?.history).toBe('ShADadTT')
})

test('the history is bounded', () => {
  const resets = Array.from(
    { length: 100 },
    (_, i) => `${1 + i} < R ${201 + i}:${201 + i}(0)`,
  ).join('\n')
  const [connection] = runScenario(`${OPEN}${resets}`)
  expect(connection?.history).toHaveLength(32)
})
