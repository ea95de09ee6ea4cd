// Which captures of a folder are read, in which order, and that none is read twice under another name.

import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { CaptureFolder } from '../../../src/watch/capture-folder.js'
import { GrowingFile } from '../../../src/watch/growing-file.js'
import { buildPcap, concat } from '../../support/capture-builder.js'
import { lz4Frame, raw, zstdFrame } from '../../support/frames.js'
import { scenarioFrames } from '../../support/scenario.js'

let folder = ''
let told: string[] = []
let captures = new CaptureFolder('', () => undefined)

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tcp-teardown-folder-'))
  told = []
  captures = new CaptureFolder(folder, (text) => told.push(text))
})

afterEach(() => rmSync(folder, { recursive: true }))

/** A capture whose only packet was seen at `second`. */
function capture(second: number): Uint8Array {
  return buildPcap(scenarioFrames(`${second}.000 > S 0:0(0)`))
}

/** Writes a file that nobody has changed for a minute. */
function put(name: string, bytes: Uint8Array): string {
  const path = join(folder, name)
  writeFileSync(path, bytes)
  const before = Date.now() / 1000 - 60
  utimesSync(path, before, before)
  return path
}

/** Reads what is next to its end. */
async function readNext(): Promise<string | undefined> {
  await captures.look()
  const path = await captures.next()
  if (path === undefined) return undefined
  const growth = { isOver: () => true, isEnough: () => false, wait: () => Promise.resolve() }
  const file = new GrowingFile(path, growth)
  for await (const _ of file);
  await captures.done(path, file)
  return path.slice(folder.length + 1)
}

async function readAll(): Promise<string[]> {
  const names: string[] = []
  for (let name = await readNext(); name !== undefined; name = await readNext()) names.push(name)
  return names
}

test('captures in the order of their first packets, whatever their names', async () => {
  put('c.pcap', capture(1))
  put('a.pcap', capture(3))
  put('b.pcap.gz', gzipSync(capture(2)))
  put('e.pcap.zst', zstdFrame([raw(capture(5))]))
  put('f.pcap.lz4', lz4Frame([{ plain: capture(4) }]))
  put('.hidden.pcap', capture(0))
  put('notes.txt', Buffer.from('no capture, but long enough to be looked into as one'))
  mkdirSync(join(folder, 'd.pcap'))
  expect(await readAll()).toEqual(['c.pcap', 'b.pcap.gz', 'a.pcap', 'f.pcap.lz4', 'e.pcap.zst'])
  expect(await readAll()).toEqual([])
})

test('a capture is not read again: renamed, compressed, or copied', async () => {
  const path = put('a.pcap', capture(1))
  expect(await readAll()).toEqual(['a.pcap'])
  renameSync(path, join(folder, 'b.pcap'))
  put('a.pcap.gz', gzipSync(capture(1)))
  put('a.pcap.zst', zstdFrame([raw(capture(1))]))
  put('a.pcap.lz4', lz4Frame([{ plain: capture(1) }]))
  put('copy.pcap', capture(1))
  expect(await readAll()).toEqual([])
})

test('a compressed copy that waits beside its original', async () => {
  put('a.pcap', capture(1))
  put('a.pcap.gz', gzipSync(capture(1)))
  put('a.pcap.zst', zstdFrame([raw(capture(1))]))
  expect(await readAll()).toHaveLength(1)
})

test('one whose first block is not whole yet is looked at again', async () => {
  const file = zstdFrame([raw(capture(1))])
  const path = put('a.pcap.zst', file.subarray(0, 50))
  expect(await readAll()).toEqual([])
  appendFileSync(path, file.subarray(50))
  expect(await readAll()).toEqual(['a.pcap.zst'])
})

test('a copy whose first block is as large as it may be', async () => {
  const zeros = new Uint8Array(128 * 1024)
  const long = concat([capture(1), zeros])
  put('a.pcap', long)
  put('a.pcap.zst', zstdFrame([raw(long.subarray(0, zeros.length))], { window: 7 << 3 }))
  expect(await readAll()).toHaveLength(1)
  expect(await readAll()).toEqual([])
})

test('one that was compressed while it was read', async () => {
  const path = put('a.pcap', capture(1))
  await captures.look()
  expect(await captures.next()).toBe(path)
  const file = new GrowingFile(path, {
    isOver: () => true,
    isEnough: () => false,
    wait: () => Promise.resolve(),
  })
  for await (const _ of file);
  rmSync(path)
  put('a.pcap.gz', gzipSync(capture(1)))
  await captures.look()
  await captures.done(path, file)
  expect(await readAll()).toEqual([])
})

test('a name that is used again, for a capture as long as the one before', async () => {
  put('ring0', capture(1))
  put('ring1', capture(2))
  expect(await readAll()).toEqual(['ring0', 'ring1'])
  writeFileSync(join(folder, 'ring0'), capture(3))
  expect(await readAll()).toEqual(['ring0'])
})

test('a capture without a packet waits for its first one', async () => {
  const whole = capture(1)
  put('a.pcap', whole.subarray(0, 24))
  expect(await readAll()).toEqual([])
  appendFileSync(join(folder, 'a.pcap'), whole.subarray(24))
  expect(await readAll()).toEqual(['a.pcap'])
})

test('one is over when a later one has begun, not an earlier or an empty one', async () => {
  const path = put('b.pcap', capture(5))
  await captures.look()
  expect(await captures.next()).toBe(path)
  put('a.pcap', capture(1))
  put('c.pcap', capture(9).subarray(0, 24))
  await captures.look()
  expect(captures.hasLater(path)).toBe(false)
  put('d.pcap', capture(7))
  await captures.look()
  expect(captures.hasLater(path)).toBe(true)
})

test('one that still changes is not over', async () => {
  const path = join(folder, 'a.pcap')
  writeFileSync(path, capture(1))
  await captures.look()
  await captures.next()
  put('b.pcap', capture(2))
  await captures.look()
  expect(captures.hasLater(path)).toBe(false)
})

test('what grows when a later one has been begun is told, once', async () => {
  const path = put('a.pcap', capture(1))
  put('b.pcap', capture(2))
  await readAll()
  for (let i = 0; i < 2; i++) {
    appendFileSync(path, capture(1).subarray(24))
    await captures.look()
  }
  expect(told).toEqual([expect.stringMatching(/a\.pcap grew after a later capture was begun/)])
})

test('what is called like a capture and is none is told, once; other files are not', async () => {
  put('a.pcap.gz', Buffer.from('no capture, but long enough to be looked into as one'))
  put('notes.txt', Buffer.from('no capture, but long enough to be looked into as one'))
  put('b.pcap', capture(2))
  expect(await readAll()).toEqual(['b.pcap'])
  await captures.look()
  expect(told).toEqual([expect.stringMatching(/a\.pcap\.gz: not a capture, passed over$/)])
})

test('one that cannot be read is told, and the others are read', async () => {
  const whole = capture(1)
  const bad = whole.slice()
  bad.fill(0xff, 24 + 8, 24 + 16)
  put('a.pcap', bad)
  put('b.pcap', whole)
  expect(await readAll()).toEqual(['b.pcap'])
  expect(told).toEqual([expect.stringMatching(/a\.pcap: impossible record length at byte 24/)])
})

test('a folder that is gone', async () => {
  const gone = new CaptureFolder(join(folder, 'none'), () => undefined)
  await expect(gone.look()).rejects.toMatchObject({ code: 'ERR_READ' })
})
