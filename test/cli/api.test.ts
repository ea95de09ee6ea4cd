// The programs on the page of the library print what the page says, and the page names everything that the library has.

import { spawnSync } from 'node:child_process'
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { buildPcap } from '../support/capture-builder.js'
import { readClassicPcap } from '../differential/classic-pcap.js'
import { ROOT } from './run-cli.js'

const PAGE = 'docs/api.md'
const SAMPLE = join(ROOT, 'samples/service-kill-restart.pcap')
const UPDATES = process.env['UPDATE_GOLDEN'] === '1'

const folder = mkdtempSync(join(tmpdir(), 'tcp-teardown-'))
mkdirSync(join(folder, 'node_modules'))
symlinkSync(ROOT, join(folder, 'node_modules/tcp-teardown'))
copyFileSync(SAMPLE, join(folder, 'capture.pcap'))
const { records = [], ...form } = readClassicPcap(new Uint8Array(readFileSync(SAMPLE))) ?? {}
const half = Math.floor(records.length / 2)
writeFileSync(join(folder, 'ring.pcap0'), buildPcap(records.slice(0, half), form))
writeFileSync(join(folder, 'ring.pcap1'), buildPcap(records.slice(half), form))
afterAll(() => {
  rmSync(folder, { recursive: true })
})

const page = readFileSync(join(ROOT, PAGE), 'utf8')
const PROGRAM = /^## ([^\n]+)\n(?:(?!^## ).)*?```js\n(.*?)```\n\n```text\n(.*?)```/gms

const programs = [...page.matchAll(PROGRAM)].map(([, title = '', code = '', output = '']) => ({
  title,
  code,
  output,
}))

test('every program has its output', () => {
  expect(programs.length).toBe(page.match(/^```js$/gm)?.length)
  expect(programs.length).toBeGreaterThan(5)
})

test.each(programs)('$title', ({ code, output }) => {
  writeFileSync(join(folder, 'program.mjs'), code)
  const env = { PATH: process.env['PATH'] }
  const run = spawnSync(process.execPath, ['program.mjs'], { cwd: folder, encoding: 'utf8', env })
  expect(run.stderr).toBe('')
  if (!UPDATES) return expect(run.stdout).toBe(output)
  const path = join(ROOT, PAGE)
  const before = readFileSync(path, 'utf8')
  const block = '```\n\n```text\n'
  writeFileSync(
    path,
    before.replace(`${code}${block}${output}`, () => `${code}${block}${run.stdout}`),
  )
})
