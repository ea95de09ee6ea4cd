// What the programs at both ends got from their sockets, as Linux gives it: by what passed, and in what order.

import { describe, expect, test } from 'vitest'
import { SEES } from '../../../src/verdict/sees.js'
import { type ScenarioOptions, runScenario } from '../../support/scenario.js'

const OPEN = `
0.000 > S 0:0(0)
0.010 < S. 0:0(0) ack 1
0.020 > . 1:1(0) ack 1`

const ANSWERED = `${OPEN}
0.100 > P. 1:101(100) ack 1
0.120 < P. 1:201(200) ack 101
0.130 > . 101:101(0) ack 201`

/** What client and server see, undefined where the packets do not tell. */
function seen(text: string, options?: ScenarioOptions): [unknown, unknown] {
  const [c] = runScenario(text, options)
  return [c?.client_sees, c?.server_sees]
}

/** SYNs at these times, and the end of the capture. */
function syns(times: readonly number[], end: number): string {
  return `${times.map((time) => `${time.toFixed(3)} > S 0:0(0)`).join('\n')}\n${end}.000 end`
}

describe('connect()', () => {
  const BACKOFF = [0, 1, 3, 7, 15, 31, 63]
  test.each<[string, string, unknown]>([
    ['a RST in answer', '0.000 > S 0:0(0)\n0.010 < R. 0:0(0) ack 1 win 0 nots', 'ECONNREFUSED'],
    ['no answer yet', syns([0, 1, 3], 4), 'nothing'],
    ['no answer to seven SYNs (tcp_syn_retries), and none more', syns(BACKOFF, 300), 'ETIMEDOUT'],
    ['no answer to seven SYNs; it still waits for the last', syns(BACKOFF, 90), 'nothing'],
    ['given up after two SYNs: a timeout of its own, or closed', syns([0, 1], 300), undefined],
  ])('%s', (_what, text, client) => {
    // No program at the server ever had the connection.
    expect(seen(text)).toEqual([client, undefined])
  })

  // icmp_err_convert and tcp_v4_err of Linux; undefined for errors that have no name here.
  test.each([
    [3, 0, 'ENETUNREACH'],
    [3, 1, 'EHOSTUNREACH'],
    [3, 2, undefined],
    [3, 3, 'ECONNREFUSED'],
    [3, 5, undefined],
    [3, 6, 'ENETUNREACH'],
    [3, 7, undefined],
    [3, 9, 'ENETUNREACH'],
    [3, 10, 'EHOSTUNREACH'],
    [3, 11, 'ENETUNREACH'],
    [3, 12, 'EHOSTUNREACH'],
    [3, 13, 'EHOSTUNREACH'],
    [11, 0, 'EHOSTUNREACH'],
  ])('an ICMP error of type %i, code %i: %s', (type, code, error) => {
    const text = `0.000 > S 0:0(0)\n0.010 icmp ${type} ${code} > S 0:0(0)\n0.900 end`
    const [c] = runScenario(text)
    expect(c?.cause).toBe('icmp_unreachable')
    expect(c?.client_sees).toBe(error)
    expect(c).not.toHaveProperty('server_sees')
  })
})

describe('an open connection', () => {
  test.each<[string, string, [unknown, unknown]]>([
    [
      'the client closes first',
      `${ANSWERED}
1.000 > F. 101:101(0) ack 201
1.010 < F. 201:201(0) ack 102
1.020 > . 102:102(0) ack 202`,
      ['closed_itself', 'eof'],
    ],
    [
      'the server closes first, and the client much later',
      `${ANSWERED}
1.000 < F. 201:201(0) ack 101
1.010 > . 101:101(0) ack 202
9.000 > F. 101:101(0) ack 202
9.010 < . 202:202(0) ack 102`,
      ['eof', 'closed_itself'],
    ],
    [
      'both close before they have heard of it',
      `${ANSWERED}
1.000 > F. 101:101(0) ack 201
1.001 < F. 201:201(0) ack 101
1.010 > . 102:102(0) ack 202
1.011 < . 202:202(0) ack 102`,
      ['closed_itself', 'closed_itself'],
    ],
    [
      'the server resets with a request unread',
      `${OPEN}
0.100 > P. 1:101(100) ack 1
0.110 < . 1:1(0) ack 101
1.000 < R. 1:1(0) ack 101`,
      ['ECONNRESET', 'closed_itself'],
    ],
    [
      'the client resets',
      `${ANSWERED}
1.000 > R. 101:101(0) ack 201`,
      ['closed_itself', 'ECONNRESET'],
    ],
    [
      'the server closes, the client writes on and is reset: read() came first',
      `${ANSWERED}
1.000 < F. 201:201(0) ack 101
1.010 > . 101:101(0) ack 202
2.000 > P. 101:201(100) ack 202
2.010 < R 202:202(0)`,
      ['eof', 'closed_itself'],
    ],
    ['still open', `${ANSWERED}\n9.000 end`, ['nothing', 'nothing']],
    [
      'the server probes without an answer, and resets',
      `${ANSWERED}
10.000 < . 200:200(0) ack 101
10.010 > . 101:101(0) ack 201
20.000 < . 200:200(0) ack 101
21.000 < . 200:200(0) ack 101
22.000 < . 200:200(0) ack 101
23.000 < R. 201:201(0) ack 101`,
      [undefined, 'ETIMEDOUT'],
    ],
    [
      'the client sends its payload again and again, and stops',
      `${ANSWERED}
${[1, 1.2, 1.6, 2.4, 4, 7.2, 13.6, 26.4, 52].map((time) => `${time.toFixed(3)} > P. 101:201(100) ack 201`).join('\n')}
900.000 end`,
      ['ETIMEDOUT', undefined],
    ],
  ])('%s', (_what, text, expected) => {
    expect(seen(text)).toEqual(expected)
  })

  test('of a socket with itself', () => {
    const text = `
0.000 > S 0:0(0)
0.001 > S. 0:0(0) ack 1
0.002 > P. 1:101(100) ack 1
0.003 > . 101:101(0) ack 101`
    const options: ScenarioOptions = { selfConnect: true, clientPort: 40_000, serverPort: 40_000 }
    expect(seen(`${text}\n5.000 end`, options)).toEqual(['nothing', 'nothing'])
    expect(seen(`${text}\n1.000 > F. 101:101(0) ack 101`, options)).toEqual([
      'closed_itself',
      'closed_itself',
    ])
  })

  test('met in the middle, with too little to judge', () => {
    expect(seen('0.000 > . 1:1(0) ack 1')).toEqual([undefined, undefined])
  })
})

test('values have meanings, each its own', () => {
  expect(new Set(SEES.map(({ meaning }) => meaning)).size).toBe(SEES.length)
  for (const { meaning } of SEES) expect(meaning).toMatch(/^[a-z].{10,}[^.]$/)
})
