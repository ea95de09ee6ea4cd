// The display filter of a connection selects it and no other: checked by applying it to the frames of a capture.

import { describe, expect, test } from 'vitest'
import type { Anonymizer } from '../../../../src/output/columns/address.js'
import type { ColumnSource } from '../../../../src/output/columns/column.js'
import { wiresharkFilter } from '../../../../src/output/columns/wireshark-filter.js'
import { type Connection, PacketAnalyzer } from '../../../../src/index.js'
import { type ScenarioOptions, runScenario, scenarioFrames } from '../../../support/scenario.js'
import { eachConnection, NORMAL, REFUSED } from '../formats/reporting.js'

const ADDRESSES = 'ip.addr==10.0.0.1 && ip.addr==10.0.0.9'

function filterOf(text: string, options?: ScenarioOptions): string | undefined {
  return runScenario(text, options)[0]?.wireshark_filter
}

test('names addresses, ports and the first and last packet', () => {
  expect(filterOf(NORMAL)).toBe(
    `${ADDRESSES} && tcp.port==40000 && tcp.port==80 && frame.number>=1 && frame.number<=9`,
  )
})

test('equal ports are named once, and so are equal addresses', () => {
  expect(filterOf(REFUSED, { clientPort: 80 })).toBe(
    `${ADDRESSES} && tcp.port==80 && frame.number>=1 && frame.number<=2`,
  )
  expect(filterOf(REFUSED, { selfConnect: true, clientPort: 80 })).toBe(
    'ip.addr==10.0.0.1 && tcp.port==80 && frame.number>=1 && frame.number<=2',
  )
})

test('packets from the first to the last of the connection, not of the capture', () => {
  const text = `${NORMAL}\n5.000 end\n6.000 end`
  expect(filterOf(text)).toContain('frame.number>=1 && frame.number<=9')
})

describe('with replaced addresses', () => {
  /** Every address becomes another one. */
  const anonymizer: Anonymizer = { ipv4: (word) => word ^ 0x7f, ipv6: (words) => words }

  test('does without them: they are in no capture', () => {
    const filters: string[] = []
    eachConnection([{ text: NORMAL }], ({ e }) => {
      filters.push(wiresharkFilter({ e, anonymizer } as unknown as ColumnSource))
    })
    expect(filters).toEqual([
      'tcp.port==40000 && tcp.port==80 && frame.number>=1 && frame.number<=9',
    ])
  })
})

/** A frame as a display filter sees it. */
interface Seen {
  readonly number: number
  readonly addresses: readonly string[]
  readonly ports: readonly number[]
}

function seenOf(bytes: Uint8Array, at: number): Seen {
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  const address = (from: number): string => bytes.subarray(from, from + 4).join('.')
  return {
    number: at + 1,
    addresses: [address(26), address(30)],
    ports: [view.getUint16(34), view.getUint16(36)],
  }
}

/** Whether a display filter of the kinds used here selects a frame. */
function selects(filter: string, { number, addresses, ports }: Seen): boolean {
  return filter.split(' && ').every((part) => {
    const [, field, operator, value = ''] = /^([a-z.]+)(==|>=|<=)(.+)$/.exec(part) ?? []
    if (field === 'ip.addr' && operator === '==') return addresses.includes(value)
    if (field === 'tcp.port' && operator === '==') return ports.includes(Number(value))
    if (field === 'frame.number' && operator === '>=') return number >= Number(value)
    if (field === 'frame.number' && operator === '<=') return number <= Number(value)
    throw new Error(`no part of a display filter: ${part}`)
  })
}

test('of each connection selects its packets and no others, ports used again too', () => {
  const later = (text: string, seconds: number): string =>
    text.replaceAll(/^(\d+\.\d+)/gm, (time) => (Number(time) + seconds).toFixed(3))
  const again = { clientIsn: 700_000, serverIsn: 900_000 }
  const frames = [
    ...scenarioFrames(NORMAL),
    ...scenarioFrames(later(NORMAL, 0.0005), { clientPort: 40_001 }),
    ...scenarioFrames(later(REFUSED, 0.0004), { clientPort: 80, serverPort: 40_002 }),
    ...scenarioFrames(later(NORMAL, 0.0003), { swap: true, clientPort: 41_000 }),
    ...scenarioFrames(later(NORMAL, 90), again),
    ...scenarioFrames(later(REFUSED, 200), { clientIsn: 3_000_000 }),
  ].sort((a, b) => Number(a.timeNs - b.timeNs))
  const connections: Connection[] = []
  const analyzer = new PacketAnalyzer({ onConnection: (c) => connections.push(c) })
  for (const frame of frames) analyzer.push(frame)
  analyzer.finish()
  const seen = frames.map(({ bytes }, at) => seenOf(bytes, at))
  const counts = connections.map(
    (c) => seen.filter((frame) => selects(c.wireshark_filter, frame)).length,
  )
  expect(counts).toEqual(connections.map((c) => c.client_packets + c.server_packets))
  expect(connections).toHaveLength(6)
})
