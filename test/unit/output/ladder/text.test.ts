// Lines and times of a ladder.

import { expect, test } from 'vitest'
import { type LadderLayout, layoutOf } from '../../../../src/output/ladder/layout.js'
import type { LadderPacket } from '../../../../src/output/ladder/packet.js'
import { secondsText } from '../../../../src/output/ladder/text.js'
import { ladderText } from '../../../../src/output/ladder/render.js'
import { tableStyle } from '../../../../src/output/style.js'

test.each([
  [0, '0.000000'],
  [-100, '0.000000'],
  [1_234_567_891, '1.234568'],
  [-2e9, '-2.000000'],
])('%d ns are %s s', (ns, text) => {
  expect(secondsText(ns)).toBe(text)
})

const PACKET: LadderPacket = {
  frame: 123_456,
  ns: 12_345e9,
  from: 'server',
  flags: ['PSH', 'ACK'],
  seq: 4_294_967_295,
  ack: 4_294_967_295,
  length: 65_160,
  clientState: 'SYN-RECEIVED',
  serverState: 'ESTABLISHED',
  isStateChange: true,
  kind: 'other',
  notes: ['resent', 'window 0'],
  shows: 'the supposed sender of the RST goes on as if nothing had happened',
}

test.each([40, 60, 72, 80, 90, 100, 132, 250])('no line is wider than %d columns', (width) => {
  const gap = {
    packets: 12_345,
    clientBytes: 1e9,
    serverBytes: 1e9,
    retransmissions: 17,
    resets: 3,
    fromNs: 0,
    toNs: 1,
    isProbing: false,
    isLost: true,
  }
  const text = ladderText(
    [PACKET, { silenceNs: 5e9, untilNs: 5e9 }, width < 80 ? PACKET : gap, PACKET],
    {
      sinceStart: (ns) => ns,
      clockOf: () => '14:49:53.162338',
      client: '10.0.0.1:40000',
      server: '10.0.0.2:80',
      width,
      style: tableStyle(false),
    },
  )
  // Narrower than this the words of a packet have no room any more.
  const most = Math.max(width, 50)
  expect(text.split('\n').filter((line) => line.length > most)).toEqual([])
  expect(text).toMatch(/seq 4294967295/)
})

test('states stand at the sides where there is room', () => {
  expect(layout(100)).toMatchObject({ form: 'wide', clock: 0 })
  expect(layout(80)).toMatchObject({ form: 'compact', clock: 0 })
  expect(layout(60)).toMatchObject({ form: 'narrow', clock: 0 })
})

test('the time of day has a column where there is room, and stands by evidence and silence elsewhere', () => {
  expect(layout(140)).toMatchObject({ form: 'wide', clock: 15, arrow: 60 })
  const first = { ...PACKET, seq: 1, ack: 1, frame: 7, ns: 0, shows: 'FIN', notes: [] }
  const rows = [first, { silenceNs: 2e9, untilNs: 2e9 }, { ...first, ns: 2e9, shows: 'RST' }]
  const options = {
    client: 'c',
    server: 's',
    style: tableStyle(false),
    sinceStart: asItIs,
    clockOf,
  }
  expect(ladderText(rows, { ...options, width: 100 })).toMatch(
    /\* FIN \(14:49:50\.000001\)[^]*2\.00 s of silence until 14:49:52\.000001 [^]*\* RST \(14:49:52\.000001\)/,
  )
  expect(ladderText(rows, { ...options, width: 140 }).replaceAll(/ +/g, ' ')).toMatch(
    /time \(s\) time of day [^]* 7 0\.000000 14:49:50\.000001 [^]*2\.00 s of silence …[^]* 7 2\.000000 14:49:52\.000001 /,
  )
})

function layout(width: number): LadderLayout {
  const packet = { ...PACKET, seq: 1, ack: 1, frame: 7, ns: 0 }
  return layoutOf([packet], asItIs, clockOf, width)
}

function asItIs(ns: number): number {
  return ns
}

/** Of a connection that begins at ten to. */
function clockOf(ns: number): string {
  return `14:49:5${ns / 1e9}.000001`
}
