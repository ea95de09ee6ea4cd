// `compare` as it is called: two captures of the same connections.

import { beforeAll, expect, test } from 'vitest'
import { buildPcap } from '../support/capture-builder.js'
import { scenarioFrames } from '../support/scenario.js'
import { Scratch, run } from './run-cli.js'

const scratch = new Scratch()
let near = ''
let far = ''

beforeAll(async () => {
  const opened = (shift: number, toServer: number, toClient: number): string =>
    [
      `${shift} > S 0:0(0)`,
      `${shift + toServer} < S. 0:0(0) ack 1`,
      `${shift + toServer + toClient} > . 1:1(0) ack 1`,
      `${shift + 0.1} > P. 1:101(100) ack 1`,
    ].join('\n')
  near = await scratch.file(
    'near.pcap',
    buildPcap(scenarioFrames(`${opened(1, 0.02, 0.001)}\n1.500 < R. 1:1(0) ack 101`)),
  )
  far = await scratch.file('far.pcap', buildPcap(scenarioFrames(opened(2.01, 0.001, 0.02))))
})

test('text: pairs, clocks, and what happened in between', async () => {
  const { code, stdout } = await run(['compare', near, far])
  expect(code).toBe(0)
  expect(stdout).toContain('1 connection in both, 0 in A only, 0 in B only')
  expect(stdout).toMatch(/clock of B 1\.00 s ahead of that of A \(1 handshake\)/)
  expect(stdout).toContain('A is nearer to the clients')
  expect(stdout.replaceAll(/\s+/g, ' ')).toContain(
    'The RST of the server at A (packet 5) is not in B, which is nearer to that host: something between the two made it, or B is not whole.',
  )
})

test('JSON: each pair with its differences', async () => {
  const { stdout } = await run(['compare', '-f', 'json', near, far])
  expect(JSON.parse(stdout)).toMatchObject({
    schema: 'tcp-teardown-compare/1',
    paired: 1,
    clock_offset_s: expect.closeTo(1.0005, 3),
    connections: [
      {
        client: '10.0.0.1:40000',
        near_client: 'a',
        differences: [{ kind: 'rst_never_sent' }, { kind: 'verdicts_differ' }],
      },
    ],
  })
})

test('the same capture twice has no difference', async () => {
  const { stdout } = await run(['compare', near, near])
  expect(stdout).toContain('no difference')
})

test('a capture that is not there', async () => {
  expect((await run(['compare', near, `${far}.none`])).code).toBe(2)
  expect((await run(['compare', near])).code).toBe(2)
})
