// Incidents in every form of output, the same however many threads there are.

import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { buildPcap } from '../support/capture-builder.js'
import { type Part, closedByServer, framesOf, leaked, part, refused } from '../support/service.js'
import { ROOT, Scratch, rows, run } from './run-cli.js'

const scratch = new Scratch()

const KILLED = join(ROOT, 'samples/kill-many.pcap')

async function analyze(...args: string[]): Promise<string> {
  const { code, stdout } = await run(['analyze', '--no-progress', ...args])
  expect(code).toBe(0)
  return stdout
}

test('the table begins with what happened, behind the totals', async () => {
  const table = await analyze(KILLED)
  expect(table).toMatch(
    /what happened\n {2}10\.50\.\d+\.2:8080 died at [\d:.]+ UTC: 12 connections/,
  )
  expect(table.indexOf('what happened')).toBeLessThan(table.indexOf('rst_after_kill / '))
  expect(await analyze('--summary', KILLED)).toContain('what happened')
})

test('NDJSON has a line for each, before the line of its capture; JSON a list', async () => {
  const types = rows(await analyze('-f', 'ndjson', KILLED)).map(({ type }) => type)
  expect(types.slice(-3)).toEqual(['incident', 'capture', 'summary'])
  const document = JSON.parse(await analyze('-f', 'json', KILLED)) as { incidents: unknown[] }
  expect(document.incidents).toEqual([
    expect.objectContaining({ type: 'incident', id: 1, kind: 'process_death', connections: 12 }),
  ])
})

describe('--types', () => {
  test.each([
    ['incident', ['incident']],
    ['capture,summary', ['capture', 'summary']],
  ])('%s in NDJSON', async (types, expected) => {
    const found = rows(await analyze('-f', 'ndjson', '--types', types, KILLED))
    expect(found.map(({ type }) => type)).toEqual(expected)
  })

  test('incident in CSV', async () => {
    const [head, line, ...others] = (await analyze('-f', 'csv', '--types', 'incident', KILLED))
      .trim()
      .split('\n')
    expect(others).toEqual([])
    expect(head).toMatch(/^capture,id,kind,endpoint,start_time,/)
    expect(line).toMatch(/kill-many\.pcap,1,process_death,10\.50\.\d+\.2:8080,/)
    expect(line).toContain('0;1;2;3;4;5;6;7;8;9;10;11')
  })

  test('incident in JSON', async () => {
    const document = JSON.parse(
      await analyze('-f', 'json', '--types', 'incident', KILLED),
    ) as object
    expect(document).toMatchObject({ connections: [], captures: [], incidents: [{ id: 1 }] })
  })

  test('another name is refused', async () => {
    const { code, stderr } = await run(['analyze', '--types', 'incidents', KILLED])
    expect(code).toBe(2)
    expect(stderr).toContain('unknown name')
  })
})

test('threads make no difference', async () => {
  const folder = join(ROOT, 'samples')
  const args = ['-f', 'ndjson', '--types', 'incident', folder]
  const one = await analyze('--jobs', '1', ...args)
  expect(rows(one).length).toBeGreaterThan(1)
  expect(await analyze('--jobs', '2', ...args)).toBe(one)
})

test('with replaced addresses no text has a real one', async () => {
  const stdout = await analyze('-f', 'ndjson', '--types', 'incident', '--anonymize', KILLED)
  expect(rows(stdout)).toHaveLength(1)
  expect(stdout).not.toContain('10.50.')
})

describe('explain', () => {
  test('an incident: what speaks for it, and its connections on a time line', async () => {
    const { code, stdout } = await run(['explain', KILLED, '--incident', '1'])
    expect(code).toBe(0)
    expect(stdout).toContain('process_death, certain')
    expect(stdout).toMatch(/speaks for +12 connections ended within/)
    expect(stdout.match(/(?:RST|FIN) server/g)).toHaveLength(12)
    const json = await run(['explain', KILLED, '--incident', '1', '-f', 'json'])
    expect(JSON.parse(json.stdout)).toMatchObject({ type: 'incident', id: 1 })
  })

  test('one that is not there', async () => {
    const { code, stderr } = await run(['explain', KILLED, '--incident', '2'])
    expect(code).toBe(2)
    expect(stderr).toContain('has no incident 2: it has one, number 1')
    const none = await run(['explain', join(ROOT, 'samples/fin-normal.pcap'), '--incident', '1'])
    expect(none.stderr).toContain('none was found in it')
  })

  test('the kinds', async () => {
    const { stdout } = await run(['explain', 'incidents'])
    expect(stdout).toContain('close_wait_leak')
    const one = await run(['explain', 'idle_timer'])
    expect(one.stdout).toMatch(/what to do +Let the side that sends requests close earlier/)
  })
})

test('a group whose examples are all part of one incident, or were refused in it, says so', async () => {
  const table = await analyze(KILLED)
  expect(table).toMatch(
    /\nrst_after_kill \/ unread_data {2}4 connections, [\d.]+ %, see incident 1\n/,
  )
  expect(table).toMatch(/\nhandshake_failed \/ refused {2}1 connection, [\d.]+ %, see incident 1\n/)
})

test('a death and the restart after it are one sentence of the table, and two incidents for programs', async () => {
  const restart = join(ROOT, 'samples/service-kill-restart.pcap')
  const table = await analyze(restart)
  expect(table).toMatch(/ died at .* {2}process_death, service_restart {2}incidents 1 and 2\n/s)
  expect(table).not.toContain('was down from')
  expect(table).toMatch(
    /\nhandshake_failed \/ refused {2}18 connections, [\d.]+ %, see incident 1\n/,
  )
  const found = rows(await analyze('-f', 'ndjson', '--types', 'incident', restart))
  expect(found.map(({ kind }) => kind)).toEqual(['process_death', 'service_restart'])
})

test('timers are habits: below the totals, and nothing that happened', async () => {
  const parts = Array.from({ length: 6 }, (_, i) => closedByServer(i, i + 5.02))
  const path = await scratch.file('timer.pcap', buildPcap(framesOf(parts, 12)))
  const table = await analyze(path)
  expect(table).not.toContain('what happened')
  expect(table).toMatch(
    /\n {6}normal 6\n\ntimers\n {2}10\.0\.0\.9:80 closes idle connections after 5\.00 s/,
  )
  expect(table).toMatch(/idle_timer {2}incident 1\n {2}more: tcp-teardown explain /)
})

test('the servers are named where they are few, also where one client is behind all', async () => {
  const parts = [refused(1), refused(2), refused(3, { serverPort: 81 })]
  const path = await scratch.file('two.pcap', buildPcap(framesOf(parts, 12)))
  const table = await analyze(path)
  expect(table).toMatch(/server 10\.0\.0\.9:80 +2 +67 %.*\n {2}server 10\.0\.0\.9:81 +1 +33 %/)
})

describe('a port scan', () => {
  const tries = Array.from({ length: 120 }, (_, i) =>
    refused(1 + i / 1000, { serverPort: 1000 + i, clientIp: [10, 0, 0, 7] }),
  )

  test('is said first, with who and what', async () => {
    const path = await scratch.file('scan.pcap', buildPcap(framesOf(tries, 5)))
    const table = await analyze(path)
    expect(table).toMatch(
      /what happened\n {2}10\.0\.0\.7 tried 120 ports of 10\.0\.0\.9 \([\d:]+ UTC\): 120 SYNs were refused\. That is what a\s+port\s+scan\s+looks like\.\n/,
    )
    expect(await analyze('--client', '10.0.0.7', path)).not.toContain('port scan')
  })

  test('is none when a service is tried again and again, or many clients try', async () => {
    const again = Array.from({ length: 300 }, (_, i) =>
      refused(1 + i / 100, { serverPort: 8080 + (i % 3) }),
    )
    const many = Array.from({ length: 120 }, (_, i) =>
      refused(1 + i / 1000, { serverPort: 1000 + i, clientIp: [10, 0, 1, i % 50] }),
    )
    for (const [name, parts] of [
      ['again', again],
      ['many', many],
    ] as const) {
      const path = await scratch.file(`scan-${name}.pcap`, buildPcap(framesOf(parts, 9)))
      expect(await analyze(path)).not.toContain('port scan')
    }
  })
})

test('in CLOSE-WAIT the side that has not closed is named', async () => {
  const stuckClient = (t: number): Part =>
    part(`${at(t)} > S 0:0(0)
${at(t + 0.001)} < S. 0:0(0) ack 1
${at(t + 0.002)} > . 1:1(0) ack 1
${at(t + 0.01)} < F. 1:1(0) ack 1
${at(t + 0.011)} > . 1:1(0) ack 2`)
  const clients = await scratch.file(
    'stuck-clients.pcap',
    buildPcap(framesOf([stuckClient(1), stuckClient(2), stuckClient(3)], 60)),
  )
  expect(await analyze(clients)).toMatch(
    /close_wait {2}3 connections[^]* {2}client 10\.0\.0\.1 +3 +100 %/,
  )
  const servers = await scratch.file(
    'stuck-servers.pcap',
    buildPcap(framesOf([leaked(1, 2), leaked(2, 3), leaked(3, 4)], 60)),
  )
  expect(await analyze(servers)).toMatch(
    /close_wait {2}3 connections[^]* {2}server 10\.0\.0\.9:80 +3 +100 %/,
  )
})

function at(seconds: number): string {
  return seconds.toFixed(6)
}
