// Captures of services to which something happens, and of services to which nothing does.

import { describe, expect, test } from 'vitest'
import type { IncidentRow } from '../../../src/output/incidents/row.js'
import {
  type Part,
  closedByClient,
  closedByServer,
  closedLate,
  cutOff,
  forgotten,
  ignored,
  incidentsIn,
  leaked,
  leftOpen,
  leftUnanswered,
  leftUnread,
  overflowed,
  part,
  refused,
  refusedLate,
  unheard,
  unreachable,
} from '../../support/service.js'

/** `n` connections, made from 0 on. */
function times(n: number, make: (i: number) => Part): Part[] {
  return Array.from({ length: n }, (_, i) => make(i))
}

function kindsOf(incidents: readonly IncidentRow[]): string[] {
  return incidents.map(({ kind, endpoint }) => `${kind} ${endpoint}`)
}

const SERVICE = '10.0.0.9:80'
/** Twelve connections under load, killed within 6 ms at 10 s. */
const KILLED = [
  ...times(7, (i) => leftUnanswered(i / 10, 10 + i / 2000)),
  ...times(3, (i) => closedByServer(1 + i / 10, 10.004 + i / 2000)),
  ...times(2, (i) => leftUnread(2 + i / 10, 10.0055 + i / 2000)),
]

describe('a process dies', () => {
  test('under load, and its service is back after a while', () => {
    const parts = [
      ...KILLED,
      ...times(20, (i) => refused(10.1 + i / 4)),
      ...times(5, (i) => closedByClient(15.5 + i, 16 + i)),
    ]
    const [death, restart, ...others] = incidentsIn(parts, 25)
    expect(others).toEqual([])
    expect(death).toMatchObject({
      kind: 'process_death',
      endpoint: SERVICE,
      start_time: '2023-11-14T22:13:30.000000000Z',
      confidence: 'certain',
      connections: 12,
      requests_lost: 9,
      refused: 20,
      spread_s: 0.006,
      causes: {
        'graceful_fin.unanswered_request': 7,
        'graceful_fin.normal': 3,
        'rst_after_kill.unread_data': 2,
      },
      streams: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
      explanation:
        '10.0.0.9:80 died at 22:13:30.000 UTC: 12 connections ended within 6.00 ms (10 FIN, 2 RST), 9 requests lost, ' +
        '20 connections refused over 4.75 s, it took connections again 5.50 s later.',
    })
    expect(restart).toMatchObject({
      kind: 'service_restart',
      endpoint: SERVICE,
      end_time: '2023-11-14T22:13:35.500000000Z',
      downtime_s: 5.5,
      refused: 20,
      explanation:
        '10.0.0.9:80 was down from 22:13:30.000 to 22:13:35.500 UTC (5.50 s): it had died, refused 20 connections, ' +
        'and took them again.',
    })
  })

  test('after it had hung: SYNs went without an answer before they were refused', () => {
    const parts = [...KILLED, ...times(3, (i) => refusedLate(7 + i, 10.5 + i / 10))]
    const [death, ...others] = incidentsIn(parts, 25)
    expect(others).toEqual([])
    expect(death?.explanation).toMatch(
      /^10\.0\.0\.9:80, which had left 3 new connections without an answer since 22:13:27\.000, died at .* none taken since\.$/,
    )
  })

  test('whatever had been forgotten long before stays open', () => {
    const parts = [
      ...KILLED,
      ...times(2, (i) => leftOpen(0.5 + i / 10)),
      ...times(5, (i) => refused(10.1 + i / 4)),
    ]
    const [death, ...others] = incidentsIn(parts, 25)
    expect(others).toEqual([])
    expect(death).toMatchObject({ kind: 'process_death', connections: 12, refused: 5 })
  })

  test('with nothing open but idle connections, when the port refuses from then on', () => {
    const parts = [
      ...times(5, (i) => closedByServer(i, 10 + i / 5000)),
      ...times(3, (i) => refused(10.5 + i)),
    ]
    const [death, ...others] = incidentsIn(parts, 20)
    expect(others).toEqual([])
    expect(death).toMatchObject({ kind: 'process_death', connections: 5, requests_lost: 0 })
    expect(death?.speaks_against).toEqual(['no request was open: a clean exit looks the same'])
  })

  test('with no connection open: it takes some, and then refuses them', () => {
    const parts = [
      ...times(5, (i) => closedByClient(i, i + 0.5)),
      ...times(3, (i) => refused(10.5 + i)),
    ]
    const [death, ...others] = incidentsIn(parts, 20)
    expect(others).toEqual([])
    expect(death).toMatchObject({
      kind: 'process_death',
      confidence: 'possible',
      connections: 0,
      refused: 3,
    })
    expect(death?.explanation).toContain(
      'it had taken connections until 22:13:24.000 and refused 3 from then on',
    )
  })

  test('on both sides of a NAT: each connection counts once', () => {
    const inside = { clientIp: [192, 168, 0, 5], clientPort: 40_000 }
    const text = (t: number): Part['text'] => leftUnanswered(t, 10).text
    const parts = Array.from({ length: 6 }, (_, i) => i).flatMap((i) => [
      part(text(i / 10), {
        ...inside,
        clientPort: 40_000 + i,
        clientIsn: 5000 + i * 999,
        serverIsn: 77_000 + i,
      }),
      part(text(i / 10), {
        clientPort: 50_000 + i,
        clientIsn: 5000 + i * 999,
        serverIsn: 77_000 + i,
      }),
    ])
    const [death] = incidentsIn([...parts, refused(10.1), refused(10.2)], 20)
    expect(death).toMatchObject({ kind: 'process_death', connections: 6 })
  })

  test('one of several: the others go on', () => {
    const parts = [
      ...times(6, (i) => leftUnanswered(i / 10, 10 + i / 2000)),
      ...times(4, (i) => closedByClient(1 + i / 10, 15 + i)),
    ]
    const [death, ...others] = incidentsIn(parts, 20)
    expect(others).toEqual([])
    expect(death).toMatchObject({
      kind: 'process_death',
      connections: 6,
      left_open: 4,
      requests_lost: 6,
    })
    expect(death?.explanation).toMatch(/^One process of 10\.0\.0\.9:80 died/)
  })

  test('that of a client: all it has with a service closes at once', () => {
    const parts = times(12, (i) => closedByClient(i / 10, 10 + i / 2000))
    expect(kindsOf(incidentsIn(parts, 15))).toEqual(['process_death 10.0.0.1'])
  })
})

describe('a death is told from', () => {
  test('the ordinary ends of a server that closes behind each answer', () => {
    const parts = [
      ...times(500, (i) => closedByServer(i / 50, i / 50 + 0.021)),
      ...times(10, (i) => leftUnanswered(9 + i / 10, 10.01 + i / 5000)),
      ...times(40, (i) => refused(10.05 + i / 20)),
      ...times(20, (i) => closedByServer(12.2 + i / 50, 12.221 + i / 50)),
    ]
    const [death, restart, ...others] = incidentsIn(parts, 20)
    expect(others).toEqual([])
    expect(death).toMatchObject({ kind: 'process_death', connections: 10, requests_lost: 10 })
    expect(restart).toMatchObject({ kind: 'service_restart', downtime_s: expect.closeTo(2.19, 2) })
  })

  test('a sweep of idle connections, when the service goes on', () => {
    const parts = [
      ...times(12, (i) => closedByServer(i / 3, 10 + i / 2000)),
      ...times(200, (i) => closedByClient(i / 10, i / 10 + 0.5)),
    ]
    expect(incidentsIn(parts, 30)).toEqual([])
  })

  test('a drain, though clients come again before all is closed', () => {
    const parts = [
      ...times(40, (i) => leftUnanswered(i / 10, 10 + i * 0.0015)),
      ...times(40, (i) => refused(10.02 + i * 0.0015)),
    ]
    const [death, ...others] = incidentsIn(parts, 20)
    expect(others).toEqual([])
    expect(death).toMatchObject({ kind: 'process_death', connections: 40, refused: 40 })
  })

  test('requests that came when it was gone: they are lost, and say nothing', () => {
    const late = times(5, (i) =>
      part(`0.${i}00 > S 0:0(0)
0.${i}01 < S. 0:0(0) ack 1
0.${i}02 > . 1:1(0) ack 1
0.${i}10 > P. 1:101(100) ack 1
0.${i}20 < P. 1:201(200) ack 101
0.${i}21 > . 101:101(0) ack 201
10.000${i} < F. 201:201(0) ack 101
10.001${i} > . 101:101(0) ack 202
12.000${i} > P. 101:201(100) ack 202
12.001${i} < R 202:202(0)`),
    )
    const [death, ...others] = incidentsIn([...late, ...times(3, (i) => refused(12 + i))], 20)
    expect(others).toEqual([])
    expect(death).toMatchObject({ confidence: 'likely', requests_lost: 5 })
    expect(death?.speaks_against).toEqual(['no request was open: a clean exit looks the same'])
  })
})

test('a crash loop is one line', () => {
  const parts = [0, 5, 10, 15, 20, 25, 30, 35].flatMap((t) =>
    [
      times(6, (i) => leftUnanswered(t + 1 + i / 10, t + 4 + i / 5000)),
      times(6, (i) => refused(t + 4.1 + i / 10)),
    ].flat(),
  )
  const incidents = incidentsIn(parts, 50)
  expect(kindsOf(incidents)).toEqual([`process_death ${SERVICE}`, `service_restart ${SERVICE}`])
  expect(incidents[0]?.explanation).toContain('died 8 times from')
  expect(incidents[0]).toMatchObject({ connections: 48, requests_lost: 48, refused: 48 })
})

test('a capture that begins in an outage', () => {
  const parts = [
    ...times(20, (i) => refused(i / 5)),
    ...times(10, (i) => closedByClient(4.2 + i / 5, 5 + i / 5)),
  ]
  const [restart, ...others] = incidentsIn(parts, 20)
  expect(others).toEqual([])
  expect(restart).toMatchObject({ kind: 'service_restart', confidence: 'possible' })
  expect(restart?.explanation).toContain('it refused when the capture began')
})

test('a service that refuses new connections and goes on with the others', () => {
  const other = { clientIp: [10, 0, 0, 77] } as const
  const parts = [
    ...times(5, (i) => closedByClient(i / 10, 18 + i / 10)),
    ...times(15, (i) => refused(10 + i / 5)),
    ...times(15, (i) => refused(10.1 + i / 5, other)),
  ]
  const [stopped, ...others] = incidentsIn(parts, 20)
  expect(others).toEqual([])
  expect(stopped).toMatchObject({
    kind: 'graceful_shutdown',
    confidence: 'possible',
    connections: 0,
    left_open: 5,
  })
  // One client alone is turned away for who it is.
  expect(incidentsIn(parts.slice(0, 20), 20)).toEqual([])
})

describe('what is no drain', () => {
  test('a host that forgot its connections: it was started anew', () => {
    const parts = [
      ...times(6, (i) => forgotten(i / 10, 20 + i)),
      ...times(4, (i) => refused(10 + i)),
      ...times(3, (i) => closedByClient(30 + i, 31 + i)),
    ]
    const [death, restart, ...others] = incidentsIn(parts, 40)
    expect(others).toEqual([])
    expect(death).toMatchObject({ kind: 'process_death', connections: 6, requests_lost: 6 })
    expect(restart).toMatchObject({ kind: 'service_restart', refused: 4 })
  })

  test('an end that comes a little later than the others', () => {
    const parts = [
      ...times(8, (i) => leftUnanswered(i / 10, 10 + i / 2000)),
      closedByServer(1, 10.25),
      ...times(4, (i) => refused(10.4 + i)),
    ]
    const [death, ...others] = incidentsIn(parts, 20)
    expect(others).toEqual([])
    expect(death).toMatchObject({ kind: 'process_death', connections: 9, refused: 4 })
    expect(death?.start_time).toBe('2023-11-14T22:13:30.000000000Z')
  })
})

test('requests that had waited equally long were ended by a timer, or by a rule', () => {
  const parts = [
    ...times(5, (i) => leftUnanswered(i / 10, 10 + i / 2000, {}, 3)),
    ...times(5, (i) => closedByClient(15 + i, 15.5 + i)),
  ]
  expect(kindsOf(incidentsIn(parts, 30))).toEqual([])
})

test('a service that is back at once', () => {
  const parts = [
    ...times(8, (i) => leftUnanswered(i / 10, 10 + i / 2000)),
    ...times(5, (i) => closedByClient(10.4 + i, 10.8 + i)),
  ]
  const [death, ...others] = incidentsIn(parts, 20)
  expect(others).toEqual([])
  expect(death).toMatchObject({ kind: 'process_death', connections: 8 })
  expect(death?.explanation).toContain('it took connections again 400 ms later')
  expect(death?.confidence).not.toBe('certain')
})

test('ICMP errors refuse as resets do', () => {
  const parts = [...KILLED, ...times(5, (i) => unreachable(10.1 + i / 4))]
  expect(incidentsIn(parts, 20)[0]).toMatchObject({ kind: 'process_death', refused: 5 })
})

test('new connections get no answer while open ones go on', () => {
  const parts = [
    ...times(4, (i) => closedByClient(i, 18 + i / 10)),
    ...times(10, (i) => ignored(10 + i / 5)),
  ]
  const [blocked, ...others] = incidentsIn(parts, 20)
  expect(others).toEqual([])
  expect(blocked).toMatchObject({ kind: 'path_blocked', connections: 10, confidence: 'possible' })
})

describe('a service is stopped', () => {
  const drained = [
    ...times(6, (i) => closedByServer(i / 10, 10 + i / 5)),
    ...times(10, (i) => refused(10.05 + i / 5)),
  ]

  test('it refuses new connections and ends the others one after another', () => {
    const [drain, ...others] = incidentsIn(drained, 20)
    expect(others).toEqual([])
    expect(drain).toMatchObject({
      kind: 'graceful_shutdown',
      endpoint: SERVICE,
      start_time: '2023-11-14T22:13:30.000000000Z',
      connections: 6,
      refused: 10,
      requests_lost: 0,
    })
  })

  test('and killed when it does not end', () => {
    const parts = [
      ...drained,
      ...times(4, (i) => leftUnanswered(1 + i / 10, 13 + i / 2000)),
      refused(12.9),
    ]
    const incidents = incidentsIn(parts, 20)
    expect(kindsOf(incidents)).toEqual([`graceful_shutdown ${SERVICE}`, `process_death ${SERVICE}`])
    expect(incidents.map(({ connections }) => connections)).toEqual([6, 4])
    expect(incidents[0]?.speaks_for.at(-1)).toMatch(/^before the kill every connection/)
    expect(incidents[1]?.explanation).toContain('after it had stopped taking connections')
  })
})

test('a host falls silent', () => {
  const parts = [
    ...times(5, (i) => unheard(i / 10, 10 + i / 10)),
    ...times(3, (i) => leftOpen(1 + i / 10)),
    ...times(4, (i) => closedByClient(9 + i, 9.5 + i, { serverIp: [10, 0, 0, 8] })),
  ]
  const [vanished, ...others] = incidentsIn(parts, 20)
  expect(others).toEqual([])
  expect(vanished).toMatchObject({
    kind: 'host_vanished',
    endpoint: '10.0.0.9',
    connections: 8,
    confidence: 'certain',
  })
})

test('a host had fallen silent before the capture began', () => {
  const again = [0, 0.2, 0.6, 1.4, 3, 6.2].map(
    (after) => `${after.toFixed(6)} > P. 101:201(100) ack 201 text GET /b HTTP/1.1`,
  )
  const parts = times(5, () => part(again.join('\n')))
  const [vanished, ...others] = incidentsIn(parts, 20)
  expect(others).toEqual([])
  expect(vanished).toMatchObject({
    kind: 'host_vanished',
    endpoint: '10.0.0.9',
    connections: 5,
    confidence: 'likely',
  })
  // Of a capture of one direction few connections repeat themselves at its end.
  const oneWay = times(40, (i) => part(`${i}.000000 > P. 101:201(100) ack 201`))
  expect(kindsOf(incidentsIn([...parts, ...oneWay], 60))).toEqual([])
})

test('a device cuts the connections with several ports of a host', () => {
  const parts = [80, 80, 80, 6379].map((serverPort, i) => cutOff(i / 10, 10 + i / 100, serverPort))
  const [cut, ...others] = incidentsIn(parts, 20)
  expect(others).toEqual([])
  expect(cut).toMatchObject({ kind: 'path_blocked', endpoint: '10.0.0.9', connections: 4 })
  expect(cut?.explanation).toContain('cut connections to 10.0.0.9 (ports 80, 6379) at')
})

test('a port is cut off while others of its host live', () => {
  const parts = [
    ...times(5, (i) => unheard(i / 10, 10 + i / 10)),
    ...times(4, (i) => closedByClient(12 + i, 12.5 + i, { serverPort: 443 })),
  ]
  expect(kindsOf(incidentsIn(parts, 20))).toEqual([`path_blocked ${SERVICE}`])
})

test('an accept queue is full', () => {
  const parts = [
    ...times(4, (i) => closedByClient(i, i + 0.5)),
    ...times(3, (i) => overflowed(5 + i / 10)),
    ...times(3, (i) => ignored(5.5 + i / 10)),
    closedByClient(9, 9.5),
  ]
  const [full, ...others] = incidentsIn(parts, 20)
  expect(others).toEqual([])
  expect(full).toMatchObject({ kind: 'accept_queue_full', endpoint: SERVICE, connections: 6 })
})

test('connections in CLOSE-WAIT pile up', () => {
  const parts = [
    ...times(8, (i) => leaked(i * 5, i * 5 + 1)),
    ...times(3, (i) => closedByClient(i * 10, i * 10 + 1)),
  ]
  const [leak, ...others] = incidentsIn(parts, 60)
  expect(others).toEqual([])
  expect(leak).toMatchObject({
    kind: 'close_wait_leak',
    endpoint: SERVICE,
    connections: 8,
    per_minute: 8,
    end_time: '2023-11-14T22:13:56.001000000Z',
    // To the last packet of a connection, which is that of the last one closed.
    oldest_s: expect.closeTo(35.001, 3),
  })
})

test('what is closed after a while is no leak', () => {
  const parts = [
    ...times(20, (i) => closedLate(i, i + 1, i + 9)),
    ...times(8, (i) => leaked(30 + i / 10, 31 + i / 10)),
  ]
  expect(kindsOf(incidentsIn(parts, 40))).toEqual([])
  const later = closedByClient(88, 89)
  expect(kindsOf(incidentsIn([...parts, later], 90))).toEqual([`close_wait_leak ${SERVICE}`])
})

test('a timer that others outlive is none', () => {
  const parts = [
    ...times(4, (i) => closedByServer(i * 3, i * 3 + 5.02 + i / 100)),
    ...times(6, (i) => closedByClient(i, i + 30)),
  ]
  expect(kindsOf(incidentsIn(parts, 40))).toEqual([])
})

test('a timer closes what is idle', () => {
  const parts = times(6, (i) => closedByServer(i * 3, i * 3 + 5.02 + i / 100))
  const [timer, ...others] = incidentsIn(parts, 40)
  expect(others).toEqual([])
  expect(timer).toMatchObject({
    kind: 'idle_timer',
    endpoint: SERVICE,
    connections: 6,
    timer_s: 5.03,
  })
  expect(timer?.explanation).toContain('consistent with a timeout of 5 s')
})

describe('nothing is said of', () => {
  test.each<[string, Part[]]>([
    ['connections that clients close', times(30, (i) => closedByClient(i / 10, i / 10 + 1))],
    [
      'a server that closes each connection behind its answer',
      times(30, (i) => closedByServer(i / 10, i / 10 + 0.021)),
    ],
    ['the same, all at once', times(24, (i) => closedByServer(i / 1000, 0.021 + i / 1000))],
    [
      'a client that is never taken, while another always is',
      [
        ...times(20, (i) => closedByClient(i, i + 0.5)),
        ...times(4, (i) => refused(4.2 + 5 * i, { clientIp: [10, 0, 0, 7] })),
      ],
    ],
    [
      'a limit that refuses a few in turn',
      times(60, (i) => (i % 5 === 3 ? refused(i / 10) : closedByClient(i / 10, i / 10 + 0.05))),
    ],
    ['a port that was never open', times(30, (i) => refused(i))],
    [
      'a single refusal among connections',
      [...times(9, (i) => closedByClient(i, i + 0.5)), refused(4.2)],
    ],
    [
      'health checks',
      times(20, (i) =>
        part(
          `${i}.000 > S 0:0(0)\n${i}.001 < S. 0:0(0) ack 1\n${i}.002 > . 1:1(0) ack 1\n${i}.003 > R. 1:1(0) ack 1`,
        ),
      ),
    ],
    ['two clients that leave connections half closed', times(2, (i) => leaked(i, i + 1))],
    ['SYNs to a host that is not there', times(20, (i) => ignored(i / 10))],
    [
      'a few idle connections that a client closes together',
      times(5, (i) => closedByClient(i / 10, 10 + i / 2000)),
    ],
  ])('%s', (_what, parts) => {
    expect(incidentsIn(parts, 60)).toEqual([])
  })
})

test('an outage stands out from a limit that refuses a few in turn', () => {
  const parts = times(80, (i) => {
    if (i >= 40 && i < 60) return refused(i / 10)
    return i % 5 === 3 ? refused(i / 10) : closedByClient(i / 10, i / 10 + 0.05)
  })
  expect(incidentsIn(parts, 60)).toMatchObject([
    { kind: 'process_death' },
    { kind: 'service_restart', refused: 20 },
  ])
})

test('of 10,000 connections: one death with its restart, one leak, one drain', () => {
  const dead = { serverIp: [10, 0, 1, 1], serverPort: 8080 } as const
  const leaking = { serverIp: [10, 0, 1, 2], serverPort: 8080 } as const
  const draining = { serverIp: [10, 0, 1, 3], serverPort: 8080 } as const
  const parts = [
    ...times(9000, (i) =>
      closedByClient((i * 97) % 290, ((i * 97) % 290) + 0.1 + (i % 50) / 10, {
        serverIp: [10, 0, 2, i % 40],
      }),
    ),
    ...times(500, (i) => closedByClient((i % 100) + i / 1000, (i % 100) + 0.3 + i / 1000, dead)),
    ...times(12, (i) => leftUnanswered(90 + i / 10, 110 + i / 2000, dead)),
    ...times(80, (i) => refused(110.1 + i / 10, dead)),
    ...times(200, (i) => closedByClient(120 + i / 10, 120.3 + i / 10, dead)),
    ...times(40, (i) => leaked(i * 5, i * 5 + 2, leaking)),
    ...times(100, (i) => closedByClient(i, i + 0.5, leaking)),
    ...times(20, (i) => closedByServer(140 + i / 10, 150 + i / 10, draining)),
    ...times(40, (i) => refused(150.05 + i / 20, draining)),
  ]
  const incidents = incidentsIn(parts, 300)
  expect(kindsOf(incidents)).toEqual([
    'close_wait_leak 10.0.1.2:8080',
    'process_death 10.0.1.1:8080',
    'service_restart 10.0.1.1:8080',
    'graceful_shutdown 10.0.1.3:8080',
  ])
  expect(incidents.map(({ connections }) => connections)).toEqual([40, 12, 80, 20])
  expect(incidents[2]).toMatchObject({ downtime_s: expect.closeTo(10, 1), refused: 80 })
})
