// What grows has a bound: what lies beyond it is counted and said, and the rest is analyzed as ever.

import { describe, expect, test } from 'vitest'
import { buildPcap, PcapngBuilder } from '../support/capture-builder.js'
import { scenarioFrames } from '../support/scenario.js'
import { Scratch, analyze, connections, rows } from './run-cli.js'

const scratch = new Scratch()
const OPEN = `
0.000 > S 0:0(0)
0.001 < S. 0:0(0) ack 1
0.002 > . 1:1(0) ack 1`
const SYN = '0.000 > S 0:0(0)'

function many(text: string, count: number): Uint8Array {
  const ports = Array.from({ length: count }, (_, n) => 40_000 + n)
  return buildPcap(ports.flatMap((clientPort) => scenarioFrames(text, { clientPort })))
}

/** A frame with so many VLAN tags in front of what it holds. */
function tagged(bytes: Uint8Array, tags: number): Uint8Array {
  const tag = [0x81, 0x00, 0x00, 0x05]
  const all = Array.from({ length: tags }, () => tag).flat()
  return Uint8Array.from([...bytes.subarray(0, 12), ...all, ...bytes.subarray(12)])
}

describe('connections', () => {
  test.each([
    ['--max-connections', OPEN],
    ['--max-half-open', SYN],
  ])('%s: the quiet ones are judged early, flagged and counted', async (option, text) => {
    const path = await scratch.file(`many${option}.pcap`, many(text, 50))
    const { stdout } = await analyze(['-f', 'ndjson', option, '20', path])
    const all = connections(stdout)
    expect(all).toHaveLength(50)
    const early = all.filter(({ flags }) => Array.isArray(flags) && flags.includes('evicted'))
    expect(early).toHaveLength(30)
    expect(rows(stdout).find(({ type }) => type === 'capture')).toMatchObject({
      evicted_connections: 30,
    })
    const table = await analyze([option, '20', path])
    expect(table.stdout).toContain('30 connections judged early')
    expect(table.stdout).toContain(option)
  })
})

test('--max-layers: deeper frames are counted and said', async () => {
  const inTunnels = scenarioFrames(OPEN).map((f) => Object.assign(f, { bytes: tagged(f.bytes, 6) }))
  const records = [...scenarioFrames(OPEN), ...inTunnels]
  const path = await scratch.file('deep.pcap', buildPcap(records))
  const all = await analyze(['-f', 'ndjson', path])
  expect(rows(all.stdout).at(-1)).toMatchObject({ tcp_packets: 6 })
  const cut = await analyze(['-f', 'ndjson', '--max-layers', '6', path])
  expect(rows(cut.stdout).find(({ type }) => type === 'capture')).toMatchObject({
    tcp_packets: 3,
    skipped: [{ name: 'encapsulation-too-deep', packets: 3 }],
  })
  const table = await analyze(['--max-layers', '6', path])
  expect(table.stdout).toContain('3 packets in too many tunnels (--max-layers)')
})

test('interfaces: a hundred names, and how many more there are', async () => {
  const capture = new PcapngBuilder().section()
  for (let n = 0; n < 250; n++) capture.interface({ name: `eth${n % 150}` })
  const path = await scratch.file('interfaces.pcapng', capture.take())
  const { stdout } = await analyze(['-f', 'ndjson', path])
  const report = rows(stdout).find(({ type }) => type === 'capture')
  expect(report?.['interfaces']).toHaveLength(100)
  expect(report?.['interfaces_left_out']).toBe(50)
})

test.each(['--max-connections', '--max-half-open', '--max-layers'])(
  '%s 0 is refused',
  async (option) => {
    const { code, stderr } = await analyze([option, '0', 'samples/'])
    expect(code).toBe(2)
    expect(stderr).toContain(`${option}: '0' is not a whole number, 1 or more`)
  },
)
