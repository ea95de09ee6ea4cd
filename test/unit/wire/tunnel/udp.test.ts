import { expect, test } from 'vitest'
import { DECODE_STATUSES } from '../../../../src/wire/decode-status.js'
import { Decoder } from '../../../../src/wire/decode.js'
import { ayiya, type Bytes, ethernetIpv4, join, u32, udp, zeros } from '../frames.js'
import { FRAME, V4, V6 } from '../shape.js'

function statusOf(frame: Uint8Array): string | undefined {
  const decoder = new Decoder()
  const view = new DataView(frame.buffer, frame.byteOffset)
  return DECODE_STATUSES[decoder.decode(view, 0, frame.length, frame.length, 1, 0)]?.name
}

/** `bytes` with the one at `at` replaced. */
function changed(bytes: Uint8Array, at: number, value: number): Uint8Array {
  const copy = Uint8Array.from(bytes)
  copy[at] = value
  return copy
}

const GENEVE = join([0x40, 0, 0x65, 0x58], u32(5 << 8), FRAME)

test.each<[name: string, port: number, payload: Bytes]>([
  ['AYIYA heartbeat', 5072, ayiya(59, [], 0)],
  ['AYIYA with an operation that carries nothing', 5072, ayiya(41, V6, 2)],
  ['AYIYA with a packet that is not IP', 5072, ayiya(58, V6)],
  ['AYIYA, kind of identity', 5072, changed(ayiya(41, V6), 0, 0x43)],
  ['AYIYA, kind of hash', 5072, changed(ayiya(41, V6), 1, 0x53)],
  ['AYIYA, kind of authentication', 5072, changed(ayiya(41, V6), 2, 0x31)],
  ['GRE in UDP, version 1', 4754, join([0, 1, 8, 0], V4)],
  ['GRE in UDP, a reserved bit', 4754, join([0, 8, 8, 0], V4)],
  ['GRE in UDP, a type that leads nowhere', 4754, join([0, 0, 8, 6], V4)],
  ['GENEVE of a later version, reserved flag', 6081, changed(GENEVE, 1, 1)],
  ['GENEVE of a later version, reserved byte', 6081, changed(GENEVE, 7, 1)],
  ['GENEVE of a later version, unknown type', 6081, changed(GENEVE, 2, 0x66)],
  ['text', 5072, new TextEncoder().encode('GET / HTTP/1.1\r\nHost: example.net\r\n\r\n')],
  ['text', 4754, new TextEncoder().encode('GET / HTTP/1.1\r\nHost: example.net\r\n\r\n')],
])('%s on port %i holds no TCP', (_name, port, payload) => {
  expect(statusOf(ethernetIpv4(17, udp(port, payload)))).toBe('not-tcp')
})

test('EoIP without a frame keeps the tunnel alive', () => {
  const keepalive = join([0x20, 1, 0x64, 0], zeros(2), [7, 0])
  expect(statusOf(ethernetIpv4(47, keepalive))).toBe('not-ip')
})
