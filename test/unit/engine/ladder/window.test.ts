// Bounded memory for connections of any length.

import { expect, test } from 'vitest'
import { LadderWindow } from '../../../../src/engine/ladder/window.js'
import { type LadderPacket, isPacket } from '../../../../src/output/ladder/packet.js'

function packet(frame: number, more: Partial<LadderPacket> = {}): LadderPacket {
  return {
    frame,
    ns: frame * 1e6,
    from: 'server',
    flags: ['ACK'],
    seq: 1,
    ack: 1,
    length: 10,
    clientState: 'ESTABLISHED',
    serverState: 'ESTABLISHED',
    isStateChange: false,
    kind: 'plain',
    notes: [],
    shows: undefined,
    ...more,
  }
}

function fill(n: number, special: Readonly<Record<number, Partial<LadderPacket>>> = {}): string {
  const window = new LadderWindow(3)
  for (let frame = 1; frame <= n; frame++) window.add(packet(frame, special[frame]))
  const { items, omitted } = window.ladder()
  const texts = items.map((item) => (isPacket(item) ? item.frame : `[${item.packets}]`))
  return `${texts.join(' ')} / ${omitted}`
}

test.each([
  [0, ' / 0'],
  [2, '1 2 / 0'],
  [6, '1 2 3 4 5 6 / 0'],
  [7, '1 2 3 [1] 5 6 7 / 1'],
  [5000, '1 2 3 [4994] 4998 4999 5000 / 4994'],
])('of %d packets: %s', (n, text) => {
  expect(fill(n)).toBe(text)
})

test('evidence and changes of state stay', () => {
  const special = { 50: { shows: 'FIN' }, 51: { isStateChange: true }, 2: { shows: 'SYN' } }
  expect(fill(100, special)).toBe('1 2 3 [46] 50 51 [46] 98 99 100 / 92')
})

test('what is left out is counted', () => {
  const window = new LadderWindow(1)
  for (const frame of [1, 2, 3, 4]) window.add(packet(frame))
  window.add(packet(5, { from: 'client', length: 4 }))
  window.add(packet(6))
  expect(window.ladder().items[1]).toMatchObject({
    packets: 4,
    clientBytes: 4,
    serverBytes: 30,
    fromNs: 2e6,
    toNs: 5e6,
    isLost: true,
  })
})

test('a connection that changes its state for ever stays bounded', () => {
  const window = new LadderWindow(3)
  for (let frame = 1; frame <= 10_000; frame++) window.add(packet(frame, { isStateChange: true }))
  expect(window.ladder().items.length).toBeLessThan(300)
})
