// --killed-at: the time from a kill the user knows of to the teardowns that follow it.

import { expect, test } from 'vitest'
import { run } from './run-cli.js'

const SAMPLE = 'test/cli/captures/kill-sigkill-unread.pcap'

async function killToTeardown(time: string): Promise<unknown> {
  const { code, stdout } = await run(['analyze', '-f', 'ndjson', '--killed-at', time, SAMPLE])
  expect(code).toBe(0)
  return JSON.parse(stdout.split('\n')[0] ?? '').kill_to_teardown_s
}

// The RST of the sample was captured at 2026-11-23T14:44:52.959544729Z, its first packet at 14:44:52.733295687Z.
test.each([
  ['ISO 8601 to the ns', '2026-11-23T14:44:52.959500000Z', 0.000044729],
  ['ISO 8601 with a zone', '2026-11-23T15:44:52.9595+01:00', 0.000044729],
  ['seconds since 1970', '1795445092.9595', 0.000044729],
  ['a kill after the reset explains nothing', '2026-11-23T14:44:53Z', undefined],
  ['nor does one before the connection', '2026-11-23T14:44:52Z', undefined],
])('%s', async (_what, time, seconds) => {
  expect(await killToTeardown(time)).toBe(seconds)
})

test.each(['yesterday', '2023-02-30T00:00:00Z', '2023-01-01T23:59:60Z'])(
  '%s is refused',
  async (time) => {
    const { code, stderr } = await run(['analyze', '--killed-at', time, SAMPLE])
    expect(code).toBe(2)
    expect(stderr).toContain(`--killed-at: '${time}' is neither`)
  },
)
