// A connection for each kind of finding: the packet, the side and the numbers are worked out by hand from its lines.

import { describe, expect, test } from 'vitest'
import { type Connection, PacketAnalyzer } from '../../../src/index.js'
import { FINDINGS, type Finding, toldOf } from '../../../src/verdict/findings.js'
import type { FindingCode } from '../../../src/verdict/findings/codes.js'
import { type ScenarioOptions, scenarioFrames } from '../../support/scenario.js'

/** A connection as text, with its ports where there are several. */
type Part = readonly [text: string, options?: ScenarioOptions]

interface Case {
  readonly parts: readonly Part[]
  /** The stream that has the finding. */
  readonly stream?: number
  /** What is found; `says` in part. */
  readonly found: Readonly<Record<string, unknown>> & { readonly says: RegExp }
}

const OPEN = `
0.000 > S 0:0(0)
0.010 < S. 0:0(0) ack 1
0.020 > . 1:1(0) ack 1`

/** Opened, and 100 bytes of the client acknowledged: five packets. */
const USED = `${OPEN}
0.100 > P. 1:101(100) ack 1
0.110 < . 1:1(0) ack 101`

/** Opened, asked and answered: six packets. */
const ANSWERED = `${OPEN}
0.100 > P. 1:101(100) ack 1
0.120 < P. 1:201(200) ack 101
0.130 > . 101:101(0) ack 201`

const OTHER: ScenarioOptions = { clientPort: 40_001, clientIsn: 5_000_000, serverIsn: 9_000_000 }

const CASES: Readonly<Record<string, Case>> = {
  rst_ignored: {
    parts: [
      [
        `${USED}
0.200 < R 5001:5001(0)
1.000 < P. 1:11(10) ack 101
1.010 > . 101:101(0) ack 11
9.000 end`,
      ],
    ],
    found: { packet: 6, side: 'server', count: 1, says: /5,000 bytes ahead of what was expected/ },
  },
  paws: {
    parts: [
      [
        `${USED}
1.000 > P. 101:201(100) ack 1 ts 5 ecr 1
1.001 < . 1:1(0) ack 101 ts 9 ecr 90
1.200 > P. 101:201(100) ack 1 ts 6 ecr 1
1.201 < . 1:1(0) ack 101 ts 9 ecr 90
1.600 > P. 101:201(100) ack 1 ts 7 ecr 1
1.601 < . 1:1(0) ack 101 ts 9 ecr 90
9.000 end`,
      ],
    ],
    found: { packet: 9, side: 'client', count: 2, says: /timestamps run back/ },
  },
  rst_talked_over: {
    parts: [
      [
        `${USED}
0.200 < R. 1:1(0) ack 101
1.000 < P. 1:11(10) ack 101
1.010 > . 101:101(0) ack 11
2.000 < P. 11:21(10) ack 101
2.010 > . 101:101(0) ack 21
9.000 end`,
      ],
    ],
    found: { packet: 6, side: 'server', says: /changed nothing/ },
  },
  rst_storm: {
    parts: [
      [
        USED +
          Array.from({ length: 12 }, (_, i) => {
            const time = 1 + i / 10
            return `\n${time.toFixed(3)} > P. 101:111(10) ack 1\n${(time + 0.001).toFixed(3)} < R 1:1(0)`
          }).join(''),
      ],
    ],
    found: { packet: 7, side: 'server', count: 12, seconds: 1.1, says: /12 RSTs within 1\.10 s/ },
  },
  challenge_acks: {
    parts: [
      [
        `${USED}
0.200 < R 5001:5001(0)
0.201 > . 101:101(0) ack 1
1.000 < P. 1:11(10) ack 101
1.010 > . 101:101(0) ack 11`,
      ],
    ],
    found: {
      packet: 7,
      side: 'client',
      count: 1,
      says: /The client answered with 1 challenge ACK/,
    },
  },
  syn_repeated: {
    parts: [
      [
        `
0.000 > S 0:0(0)
1.000 > S 0:0(0)
3.000 > S 0:0(0)
3.010 < S. 0:0(0) ack 1
3.020 > . 1:1(0) ack 1`,
      ],
    ],
    found: { packet: 1, side: 'client', count: 2, says: /again 2 times/ },
  },
  syn_ack_repeated: {
    parts: [
      [
        `${OPEN}
1.010 < S. 0:0(0) ack 1
1.020 > . 1:1(0) ack 1
1.100 < P. 1:11(10) ack 1
1.110 > . 1:1(0) ack 11`,
      ],
    ],
    found: { packet: 3, side: 'server', count: 1, says: /again once after the client's ACK/ },
  },
  payload_repeated: {
    parts: [
      [
        `${OPEN}
0.100 > P. 1:101(100) ack 1
0.300 > P. 1:101(100) ack 1
0.700 > P. 1:101(100) ack 1
0.900 end`,
      ],
    ],
    found: {
      packet: 6,
      side: 'client',
      count: 2,
      seconds: 0.6,
      says: /same payload again 2 times/,
    },
  },
  fin_repeated: {
    parts: [
      [
        `${ANSWERED}
1.000 > F. 101:101(0) ack 201
1.200 > F. 101:101(0) ack 201
1.600 > F. 101:101(0) ack 201
1.610 < F. 201:201(0) ack 102
1.620 > . 102:102(0) ack 202`,
      ],
    ],
    found: { packet: 9, side: 'client', count: 3, seconds: 0.6, says: /its FIN 3 times.*\)\.$/ },
  },
  half_closed: {
    parts: [
      [
        `${ANSWERED}
1.000 > F. 101:101(0) ack 201
1.010 < . 201:201(0) ack 102
4.010 < F. 201:201(0) ack 102
4.020 > . 102:102(0) ack 202`,
      ],
    ],
    found: { packet: 7, side: 'server', seconds: 3, says: /went on in CLOSE-WAIT for 3\.00 s/ },
  },
  idle: {
    parts: [
      [
        `${ANSWERED}
10.120 > F. 101:101(0) ack 201
10.130 < F. 201:201(0) ack 102
10.140 > . 102:102(0) ack 202`,
      ],
    ],
    found: { packet: 7, seconds: 10, says: /for 10\.0 s before packet/ },
  },
  timer: {
    parts: [
      [
        `${ANSWERED}
350.120 < R. 201:201(0) ack 101`,
      ],
    ],
    found: { packet: 7, seconds: 350, says: /consistent with the idle timeout of an AWS NLB/ },
  },
  probes_lost: {
    parts: [
      [
        `${ANSWERED}
10.000 < . 200:200(0) ack 101
10.010 > . 101:101(0) ack 201
20.000 < . 200:200(0) ack 101
21.000 < . 200:200(0) ack 101
22.000 < . 200:200(0) ack 101
22.010 > . 101:101(0) ack 201`,
      ],
    ],
    found: {
      packet: 11,
      side: 'server',
      count: 2,
      says: /2 keepalive probes of the server had no/,
    },
  },
  payload_at_risk: {
    parts: [
      [
        `${USED}
1.000 < R. 1:1(0) ack 101`,
      ],
    ],
    found: { packet: 4, side: 'client', bytes: 100, says: /may not have been read/ },
  },
  unanswered_request: {
    parts: [
      [
        `${OPEN}
0.100 > P. 1:101(100) ack 1 text GET /a HTTP/1.1
0.120 < P. 1:201(200) ack 101 text HTTP/1.1 200 OK
0.500 > P. 101:151(50) ack 201 text GET /b HTTP/1.1
0.510 < . 201:201(0) ack 151
2.000 < F. 201:201(0) ack 151
2.010 > F. 151:151(0) ack 202
2.020 < . 202:202(0) ack 152`,
      ],
    ],
    found: { packet: 6, side: 'client', bytes: 50, says: /\(packet 6\) had got no answer/ },
  },
  no_payload: {
    parts: [
      [
        `${OPEN}
1.000 > F. 1:1(0) ack 1
1.010 < F. 1:1(0) ack 2
1.020 > . 2:2(0) ack 2`,
      ],
    ],
    found: { packet: 3, says: /Not a byte/ },
  },
  tls_close_notify: {
    parts: [
      [
        `${OPEN}
0.100 > P. 1:101(100) ack 1 hex 1703030060
0.120 < P. 1:201(200) ack 101 hex 17030300c3
1.000 < P. 201:232(31) ack 101 hex 150303001a
1.001 < F. 232:232(0) ack 101
1.010 > F. 101:101(0) ack 233
1.020 < . 233:233(0) ack 102`,
      ],
    ],
    found: { packet: 6, side: 'server', says: /The server said goodbye in TLS \(packet 6\)/ },
  },
  tls_alert: {
    parts: [
      [
        `${OPEN}
0.100 > P. 1:201(200) ack 1 hex 16030100c3
0.120 < P. 1:8(7) ack 201 hex 15030300020228
0.121 < F. 8:8(0) ack 201
0.130 > F. 201:201(0) ack 9
0.140 < . 9:9(0) ack 202`,
      ],
    ],
    found: {
      packet: 5,
      side: 'server',
      count: 40,
      says: /TLS alert handshake_failure \(40, packet 5\)/,
    },
  },
  old_connection: {
    parts: [
      [
        `
0.000 > S 0:0(0)
0.010 < . 900000:900000(0) ack 300000
0.020 > R 300000:300000(0)
1.000 > S 0:0(0)
1.010 < S. 0:0(0) ack 1
1.020 > . 1:1(0) ack 1`,
      ],
    ],
    found: { packet: 2, side: 'server', says: /still held an earlier connection/ },
  },
  port_accepts: {
    parts: [
      [ANSWERED, OTHER],
      [
        `
2.000 > S 0:0(0)
2.010 < R. 0:0(0) ack 1 win 0 nots`,
      ],
    ],
    stream: 1,
    found: {
      packet: 7,
      side: 'server',
      count: 1,
      says: /1 other connection in this capture, (?:before|after) this one/,
    },
  },
  same_ports_before: {
    parts: [
      [
        `${ANSWERED}
1.000 > R. 101:101(0) ack 201
5.000 > S 500000:500000(0)
5.010 < S. 700000:700000(0) ack 500001
5.020 > . 500001:500001(0) ack 700001`,
      ],
    ],
    stream: 1,
    found: {
      packet: 8,
      seconds: 4,
      says: /^Stream 0 had .* until 4\.00 s before, and was reset\.$/,
    },
  },
  belongs_to: {
    parts: [
      [
        `${ANSWERED}
9.000 end`,
      ],
      [
        `
1.000 > R 101:101(0)`,
        { clientPort: 40_001 },
      ],
    ],
    stream: 1,
    found: { packet: 7, count: 0, says: /those of stream 0, under other addresses/ },
  },
  nat_twin: {
    parts: [
      [ANSWERED],
      [
        ANSWERED.replaceAll(/^(\d\.\d+)/gm, (time) => (Number(time) + 0.001).toFixed(3)),
        { clientPort: 61_000 },
      ],
    ],
    stream: 1,
    found: { packet: 2, says: /the other side of a NAT/ },
  },
  capture_point: {
    parts: [
      [
        `
0.000 > S 0:0(0)
0.010 < S. 0:0(0) ack 1
0.011 > . 1:1(0) ack 1
0.100 > P. 1:101(100) ack 1
0.200 < R. 1:1(0) ack 101`,
      ],
    ],
    found: { packet: 3, says: /Captured near the client/ },
  },
  reset_code: {
    parts: [
      [
        `${USED}
1.000 < R 1:1(0) win 9100`,
      ],
    ],
    found: { packet: 6, side: 'server', count: 9100, says: /window 9100: Citrix ADC/ },
  },
  retry_worked: {
    parts: [
      [
        `
0.000 > S 0:0(0)
0.010 < R. 0:0(0) ack 1 win 0 nots`,
      ],
      [ANSWERED.replaceAll(/^0/gm, '3'), OTHER],
    ],
    found: {
      packet: 2,
      side: 'client',
      seconds: 3.01,
      says: /\(stream 1\) was taken 3\.01 s later/,
    },
  },
}

function analyze(parts: readonly Part[]): Connection[] {
  const frames = parts
    .flatMap(([text, options]) => scenarioFrames(text, options))
    .sort((a, b) => Number(a.timeNs - b.timeNs))
  const found: Connection[] = []
  const analyzer = new PacketAnalyzer({ idleS: 3600, onConnection: (c) => found.push(c) })
  for (const frame of frames) analyzer.push(frame)
  analyzer.finish()
  return found.sort((a, b) => a.stream - b.stream)
}

function codesOf(text: string, options?: ScenarioOptions): string[] {
  return analyze([[text, options ?? {}]]).flatMap((c) => (c.findings ?? []).map(({ code }) => code))
}

test('every kind has a connection here', () => {
  expect(FINDINGS.map(({ code }) => code).filter((code) => !(code in CASES))).toEqual([])
  expect(Object.keys(CASES).sort()).toEqual(FINDINGS.map(({ code }) => code).sort())
})

describe('a connection with', () => {
  test.each(Object.entries(CASES))('%s', (code, { parts, stream = 0, found }) => {
    const { says, ...numbers } = found
    const findings = analyze(parts)[stream]?.findings ?? []
    const ours = findings.filter((finding) => finding.code === code)
    expect(ours).toHaveLength(1)
    const { code: _code, time: _time, says: sentence, ...rest } = ours[0] ?? { says: '' }
    expect(rest).toEqual(numbers)
    expect(sentence).toMatch(says)
    expect(sentence).toMatch(/^[A-Z0-9].*\.$/)
  })
})

test('a lone RST that fits several connections belongs to the last of them, whatever the order of the table', () => {
  // The table is seeded anew for each analyzer.
  const parts: Part[] = [40_001, 40_002, 40_003].map((clientPort) => [ANSWERED, { clientPort }])
  const found = Array.from({ length: 20 }, () =>
    analyze([...parts, ['1.000 > R 101:101(0)']])[3]?.findings?.find(
      (f) => f.code === 'belongs_to',
    ),
  )
  expect(new Set(found.map((finding) => finding?.count))).toEqual(new Set([2]))
})

describe('why a RST was not taken', () => {
  test.each([
    ['> R. 1:1(0) ack 1', /100 bytes behind/],
    ['> R. 601:601(0) ack 1', /500 bytes ahead/],
    ['> R 9000001:9000001(0)', /far ahead of the window/],
  ])('%s', (line, says) => {
    const [c] = analyze([
      [
        `${USED}
0.200 ${line}
1.000 > P. 101:111(10) ack 1
1.010 < . 1:1(0) ack 111
1.020 < P. 1:11(10) ack 111
1.030 > . 111:111(0) ack 11`,
      ],
    ])
    const ignored = (c?.findings ?? []).filter(({ code }) => code === 'rst_ignored')
    expect(ignored.map((finding) => finding.says)).toEqual([expect.stringMatching(says)])
  })
})

describe('why a RST that met a SYN was not taken', () => {
  test.each([
    ['< R. 0:0(0) ack -499', /it acknowledges 500 bytes too few/],
    ['< R. 0:0(0) ack 701', /it acknowledges 700 bytes too many/],
    ['< R 0:0(0)', /it acknowledges nothing/],
  ])('%s', (line, says) => {
    const text = `
0.000 > S 0:0(0)
0.001 ${line}
0.010 < S. 0:0(0) ack 1
0.020 > . 1:1(0) ack 1
0.100 > P. 1:101(100) ack 1
0.110 < . 1:1(0) ack 101`
    const ignored = (analyze([[text]])[0]?.findings ?? []).filter(
      ({ code }) => code === 'rst_ignored',
    )
    expect(ignored).toEqual([expect.objectContaining({ packet: 2, count: 1, side: 'server' })])
    expect(ignored[0]?.says).toMatch(says)
  })
})

test('payload at risk is told in three digits where it is long: it may be no number of bytes', () => {
  const [c] = analyze([
    [
      `${OPEN}
0.100 > P. 1234567:1234577(10) ack 1
9.000 > P. 1234567:1234577(10) ack 1
20.000 end`,
    ],
  ])
  const risk = c?.findings?.find(({ code }) => code === 'payload_at_risk')
  expect(risk).toMatchObject({ bytes: 1_230_000, side: 'client' })
  expect(risk?.says).toContain('1.23 MB')
})

test('payload at risk counts what came after the RST, and names the last packet before it', () => {
  const risk = ({ findings = [] }: Connection): unknown =>
    findings.find(({ code }) => code === 'payload_at_risk')
  const [refused] = analyze([
    [
      `${ANSWERED}
1.000 > F. 101:101(0) ack 201
1.010 < P. 201:301(100) ack 101
1.020 < P. 301:401(100) ack 101
1.030 > R 101:101(0)
1.040 < P. 401:501(100) ack 101`,
    ],
  ])
  expect(risk(refused as Connection)).toMatchObject({
    packet: 9,
    bytes: 300,
    says: '300 bytes of the server (packet 9 and others) were never acknowledged: the RST came instead.',
  })
  const [unread] = analyze([
    [
      `${USED}
1.000 > P. 101:201(100) ack 1
1.010 < R. 1:1(0) ack 201
1.020 > P. 201:301(100) ack 1`,
    ],
  ])
  expect(risk(unread as Connection)).toMatchObject({ packet: 6, bytes: 100 })
})

describe('none of', () => {
  const CLOSE = `
1.000 > F. 101:101(0) ack 201
1.010 < F. 201:201(0) ack 102
1.020 > . 102:102(0) ack 202`

  test('them in an ordinary close', () => {
    expect(codesOf(`${ANSWERED}${CLOSE}`)).toEqual([])
  })

  test('idle, when the silence is short of two seconds', () => {
    const close = CLOSE.replaceAll(/^1\./gm, '2.')
    expect(codesOf(`${ANSWERED}${close}`)).toEqual([])
    expect(codesOf(`${ANSWERED}${close.replaceAll(/^2\.0/gm, '2.2')}`)).toContain('idle')
  })

  test('timer, when the silence is no known one', () => {
    expect(codesOf(`${ANSWERED}\n47.120 < R. 201:201(0) ack 101`)).not.toContain('timer')
    expect(codesOf(`${ANSWERED}\n60.120 < R. 201:201(0) ack 101`)).toContain('timer')
  })

  test('timer, when a client waits for an answer', () => {
    const asked = `${OPEN}\n0.100 > P. 1:101(100) ack 1 text GET /a HTTP/1.1`
    const closed =
      '5.100 > F. 101:101(0) ack 1\n5.110 < F. 1:1(0) ack 102\n5.120 > . 102:102(0) ack 2'
    const codes = codesOf(`${asked}\n0.110 < . 1:1(0) ack 101\n${closed}`)
    expect(codes).toContain('unanswered_request')
    expect(codes).not.toContain('timer')
  })

  test('reset_code, when the window of the RST is the usual one of its sender', () => {
    const text = `${ANSWERED}\n1.000 < . 201:201(0) ack 101 win 9001\n2.000 < R 201:201(0) win`
    expect(codesOf(`${text} 9001`)).not.toContain('reset_code')
    expect(codesOf(`${text} 9002`)).toContain('reset_code')
  })

  test('idle by a goodbye: the silence before it counts', () => {
    const [c] = analyze([
      [
        `${OPEN}
0.100 > P. 1:7(6) ack 1 text NOOP
0.120 < P. 1:9(8) ack 7 text 250 OK
300.120 < P. 9:59(50) ack 7 text 421 4.4.2 Timeout
300.121 < F. 59:59(0) ack 7
300.130 > F. 7:7(0) ack 60
300.140 < . 60:60(0) ack 8`,
      ],
    ])
    expect(c?.findings?.find(({ code }) => code === 'idle')).toMatchObject({
      packet: 6,
      seconds: 300,
    })
    expect(c?.findings?.find(({ code }) => code === 'timer')).toMatchObject({
      packet: 6,
      seconds: 300,
    })
  })

  test('retry_worked, when the next connection comes later than ten seconds', () => {
    const refused = '0.000 > S 0:0(0)\n0.010 < R. 0:0(0) ack 1 win 0 nots'
    const late = ANSWERED.replaceAll(/^0/gm, '11')
    const [c] = analyze([[refused], [late, OTHER]])
    expect(c?.findings?.map(({ code }) => code)).not.toContain('retry_worked')
  })

  test('port_accepts by itself', () => {
    const refused = '0.000 > S 0:0(0)\n0.010 < R. 0:0(0) ack 1 win 0 nots'
    expect(codesOf(refused)).toEqual([])
  })
})

test('findings are in order of time, whatever order they are looked for in', () => {
  for (const { parts } of Object.values(CASES)) {
    for (const { findings = [] } of analyze(parts)) {
      const packets = findings.map(({ packet }) => packet)
      expect(packets).toEqual([...packets].sort((a, b) => a - b))
    }
  }
})

describe('an explanation tells', () => {
  const finding = (code: FindingCode, frame: number): Finding => ({
    code,
    frame,
    ns: frame,
    says: code,
  })
  const told = (cause: Parameters<typeof toldOf>[1], ...codes: readonly FindingCode[]): string[] =>
    toldOf(codes.map(finding), cause).map(({ code }) => code)

  test('three at most, those that weigh most, in order of time', () => {
    expect(
      told(
        'normal',
        'syn_repeated',
        'half_closed',
        'fin_repeated',
        'rst_ignored',
        'payload_at_risk',
      ),
    ).toEqual(['half_closed', 'rst_ignored', 'payload_at_risk'])
  })

  test('three even when all weigh the same', () => {
    expect(told('normal', 'idle', 'idle', 'idle', 'idle')).toHaveLength(3)
  })

  test('none without weight', () => {
    expect(told('normal', 'capture_point', 'tls_close_notify')).toEqual([])
  })

  test('none that the ending says itself', () => {
    expect(told('slow_close', 'half_closed', 'rst_ignored')).toEqual(['rst_ignored'])
    expect(told('no_payload', 'no_payload', 'idle')).toEqual([])
  })
})
