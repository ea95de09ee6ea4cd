// No byte of an address in any output, wherever in a capture it stands.

import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { CryptoPan, analyzeCapture } from '../../../src/index.js'
import { LONG } from '../../support/runs.js'
import { Scratch, rows, run } from '../run-cli.js'
import { plantedCaptures, plantedInConversations } from './captures.js'
import { SPELLINGS, leaksIn } from './spellings.js'

const scratch = new Scratch()
// A key that is known: what a random one makes of an address may be the planted one, once in four thousand million runs.
const KEY = 'the key of the leaks, of 32 bytes'.slice(0, 32)
const AT_ONCE = 100

const captures = plantedCaptures()
const all = captures.map(({ name }) => name)
/** One format and byte order stands for all. */
const some = all.filter((name) =>
  /^(pcap-le|ng-be-[0-9a-f]+-\d|gzip-\d|zstd-|lz4-)|^[^-]+\.pcap/.test(name),
)
/** All formats and byte orders are tried in the long run. */
const mostly = LONG ? all : some
const conversations = plantedInConversations()

/** The names in groups, each for one run. */
function groups(names: readonly string[], size: number): string[][] {
  return Array.from({ length: Math.ceil(names.length / size) }, (_, at) =>
    names.slice(at * size, (at + 1) * size),
  )
}

/** What captures leak in a form of output, so many of them in one run. */
async function leaks(
  args: readonly string[],
  size: number,
  which: readonly string[],
): Promise<string[]> {
  const found: string[] = []
  for (const names of groups(which, size)) {
    const { code, stdout, stderr } = await run([...args, '--anonymize-key', 'key', ...names], {
      cwd: scratch.path,
    })
    if (code === null || /internal|at .*\.js:/.test(stderr)) found.push(stderr)
    // Times stay; in Zeek's log they are numbers, in which one that was planted can be read.
    const timeless = stdout.replaceAll(/^\d+\.\d{6}\t/gm, '')
    found.push(...leaksIn(timeless), ...leaksIn(stderr))
  }
  return found
}

beforeAll(async () => {
  await mkdir(scratch.path, { recursive: true })
  await writeFile(join(scratch.path, 'key'), KEY)
  for (const { name, bytes } of captures) await writeFile(join(scratch.path, name), bytes)
})

test('addresses are found where they are', async () => {
  expect(SPELLINGS.length).toBeGreaterThan(60)
  const { stdout } = await run(['-f', 'ndjson', 'seq.pcap', 'ipv6.pcap'], { cwd: scratch.path })
  expect(leaksIn(stdout).length).toBeGreaterThan(1)
})

test('names of captures hold none', () => {
  expect(captures.flatMap(({ name }) => leaksIn(name))).toEqual([])
  expect(new Set(captures.map(({ name }) => name)).size).toBe(captures.length)
})

describe('analyze', () => {
  test.each([
    ['table', ['-f', 'table', '--all', '--jobs', '1'], AT_ONCE, mostly],
    ['csv', ['-f', 'csv', '--jobs', '1'], AT_ONCE, mostly],
    ['ndjson', ['-f', 'ndjson', '--jobs', '1'], AT_ONCE, mostly],
    ['zeek', ['-f', 'zeek', '--jobs', '1'], AT_ONCE, mostly],
    ['openmetrics', ['-f', 'openmetrics', '--jobs', '1'], AT_ONCE, mostly],
    ['json on threads', ['-f', 'json', '--jobs', '2'], captures.length, mostly],
    ['summary', ['--summary', '-f', 'json', '--jobs', '1'], AT_ONCE, mostly],
    ['summary as table', ['--summary', '--jobs', '1'], AT_ONCE, mostly],
  ])('%s', async (_form, args, size, which) => {
    expect(await leaks(args, size, which)).toEqual([])
  })
})

test.each([
  ['merged', ['--merge', '-f', 'ndjson'], 5],
  ['a table of few captures, with all notes', ['-f', 'table'], 8],
])('analyze, %s', async (_form, args, size) => {
  expect(some.length).toBeGreaterThan(100)
  expect(await leaks(args as string[], size as number, some)).toEqual([])
})

test('half an address is no link type, nor what is said of it', async () => {
  const names = ['pcap-le-20-network.pcap', 'pcap-be-20-network.pcap', 'ng-be-1-8-network.pcapng']
  const args = ['--anonymize', ...names]
  const { stdout } = await run(['-f', 'ndjson', ...args], { cwd: scratch.path })
  const types = rows(stdout).flatMap((row) => (row.type === 'capture' ? [row['linktypes']] : []))
  expect(types).toEqual([[], [], [1]])
  const table = await run(['-f', 'table', ...args], { cwd: scratch.path })
  expect(table.stdout).not.toMatch(/23409|55719|29019|42969/)
})

test('no error says what was found, but for how much is left', async () => {
  const args = ['-f', 'ndjson', '--types', 'capture', '--anonymize']
  const { stdout } = await run([...args, ...all], { cwd: scratch.path })
  const problems = rows(stdout).flatMap(({ error }) => (error === undefined ? [] : [error]))
  const found = problems.map((error) => (error as { found?: string }).found ?? '')
  expect(found.length).toBeGreaterThan(100)
  const left = /^\d+ bytes? and the end of the capture$/
  expect(found.filter((what) => /\d/.test(what) && !left.test(what))).toEqual([])
})

describe('explain', () => {
  test.each(['text', 'json'])('%s', async (format) => {
    const found: string[] = []
    const damaged = all.filter((name) => /^(pcap-le-32|ng-le-6-8-|gzip-2)/.test(name))
    for (const name of [...conversations.map((each) => each.name), ...damaged]) {
      const args = ['-f', format, '--all', '--anonymize-key', 'key', name]
      for (const which of [[], ['--stream', '0'], ['--stream', '1'], ['--stream', '9']]) {
        const { stdout, stderr } = await run(['explain', ...args, ...which], { cwd: scratch.path })
        found.push(...leaksIn(stdout), ...leaksIn(stderr))
      }
    }
    expect(found).toEqual([])
  })
})

test('the library', async () => {
  const anonymizer = new CryptoPan(new TextEncoder().encode(KEY))
  const found: string[] = []
  for (const name of mostly) {
    const analysis = analyzeCapture(join(scratch.path, name), { name, anonymizer })
    try {
      for await (const connection of analysis) found.push(...leaksIn(JSON.stringify(connection)))
    } catch (error) {
      found.push(...leaksIn(String(error)))
    }
    found.push(...leaksIn(JSON.stringify(await analysis.report)))
  }
  expect(found).toEqual([])
})
