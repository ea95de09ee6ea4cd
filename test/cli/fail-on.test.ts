// `--fail-on`: names, numbers and shares, and what is said of them.

import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ROOT, run } from './run-cli.js'

/** 13 connections: 4 killed with FIN, 4 unread_data, 4 unaccepted, 1 refused; one process death. */
const KILLED = join(ROOT, 'samples/kill-many.pcap')

test.each([
  ['rst_after_kill', 1, '--fail-on rst_after_kill: 8 connections of 13'],
  ['unread_data', 1, '--fail-on unread_data: 4 connections of 13'],
  ['unread_data>3', 1, '--fail-on unread_data>3: 4 connections of 13'],
  ['unread_data>4', 0, ''],
  ['refused > 7%', 1, '--fail-on refused > 7%: 1 connection of 13'],
  ['refused>8%', 0, ''],
  ['process_death', 1, '--fail-on process_death: 1 incident'],
  ['process_death>1', 0, ''],
  ['service_restart,reset_other', 0, ''],
])('%s', async (list, code, said) => {
  const result = await run(['analyze', '--summary', '--fail-on', list, KILLED])
  expect(result.code).toBe(code)
  expect(result.stderr).toBe(said === '' ? '' : `tcp-teardown: ${said}\n`)
})

test.each([
  ['process_dead', "'process_dead' is no verdict and no cause"],
  ['refused>many', 'is not NAME, NAME>NUMBER or NAME>PERCENT%'],
  ['process_death>1%', 'incidents have no share'],
])('%s is refused', async (list, said) => {
  const { code, stderr } = await run(['analyze', '--fail-on', list, KILLED])
  expect(code).toBe(2)
  expect(stderr).toContain(said)
})
