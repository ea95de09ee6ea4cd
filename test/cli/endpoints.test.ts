// `endpoints` as it is called.

import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ROOT, Scratch, run } from './run-cli.js'

const scratch = new Scratch()
const KILLED = join(ROOT, 'samples/kill-many.pcap')

test('a table: a line of numbers for each server, and how its connections ended', async () => {
  const { code, stdout } = await run(['endpoints', KILLED])
  expect(code).toBe(0)
  expect(stdout).toMatch(/^server +conns +by client/)
  expect(stdout).toMatch(/\n10\.50\.59\.2:8080 +13 +12 +61\.5 % +1\n/)
  expect(stdout).toContain('rst_after_kill.unread_data 4')
})

test('what did not end as it should comes first, unless another order is asked for', async () => {
  const drained = join(ROOT, 'samples/service-drain.pcap')
  const first = async (...args: string[]): Promise<unknown> => {
    const { stdout } = await run(['endpoints', '-f', 'json', ...args, KILLED, drained])
    const { endpoints } = JSON.parse(stdout) as { endpoints: { endpoint: string }[] }
    return endpoints[0]?.endpoint
  }
  expect(await first()).toBe('10.50.103.2:8080')
  expect(await first('--sort', 'resets')).toBe('10.50.59.2:8080')
})

test('over spans of time a line of bars', async () => {
  const { stdout } = await run(['endpoints', '--over', '100ms', KILLED])
  expect(stdout).toMatch(/[▁-█] {2}\d+ in 100 ms at most/)
})

test('JSON and CSV have the same rows', async () => {
  const json = await run(['endpoints', '-f', 'json', '--by', 'port', join(ROOT, 'samples')])
  const document = JSON.parse(json.stdout) as { endpoints: { endpoint: string }[] }
  expect(document).toMatchObject({ schema: 'tcp-teardown/2', by: 'port' })
  expect(document.endpoints.length).toBeGreaterThan(2)
  const csv = await run(['endpoints', '-f', 'csv', '--by', 'port', join(ROOT, 'samples')])
  const [head, ...lines] = csv.stdout.trim().split('\n')
  expect(head).toMatch(/^endpoint,time,connections,/)
  expect(lines.map((line) => line.split(',')[0])).toEqual(
    document.endpoints.map(({ endpoint }) => endpoint),
  )
})

test('to a file, with replaced addresses', async () => {
  const path = join(scratch.path, 'endpoints.txt')
  const { code, stdout } = await run(['endpoints', '--anonymize', '-o', path, KILLED])
  expect([code, stdout]).toEqual([0, ''])
})

test('what it cannot take is said', async () => {
  const over = await run(['endpoints', '--over', 'soon', KILLED])
  expect(over.stderr).toContain("'soon' is no span of time")
  const by = await run(['endpoints', '--by', 'host', KILLED])
  expect(by.code).toBe(2)
  const none = await run(['endpoints', join(scratch.path, 'none.pcap')])
  expect(none.code).toBe(2)
})
