import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { discoverCaptures } from '../../../src/capture/discover.js'
import { buildPcap, buildPcapng, concat } from '../../support/capture-builder.js'
import { lz4Frame, raw, zstdFrame } from '../../support/frames.js'

/** A window of 128 KiB: blocks may be as large. */
const LARGE = { window: 7 << 3 }

let folder = ''

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'discover-'))
  mkdirSync(join(folder, 'deep/deeper'), { recursive: true })
  mkdirSync(join(folder, '.hidden'))
  const pcap = buildPcap([])
  writeFileSync(join(folder, 'b.pcap'), pcap)
  writeFileSync(join(folder, 'a'), buildPcapng([]))
  writeFileSync(join(folder, 'C.gz'), gzipSync(pcap))
  // Padded: one byte of it needs a block of the largest size.
  writeFileSync(
    join(folder, 'D.zst'),
    zstdFrame([raw(concat([pcap, new Uint8Array(130_000)]))], LARGE),
  )
  writeFileSync(
    join(folder, 'E.lz4'),
    lz4Frame([{ plain: concat([pcap, new Uint8Array(60_000)]) }]),
  )
  writeFileSync(join(folder, 'set[1].pcap'), pcap)
  writeFileSync(join(folder, 'notes.pcap'), 'no capture\n')
  writeFileSync(join(folder, 'empty.pcap'), '')
  writeFileSync(join(folder, '.b.pcap'), pcap)
  writeFileSync(join(folder, '.hidden/b.pcap'), pcap)
  writeFileSync(join(folder, 'deep/deeper/d.cap'), buildPcap([], { littleEndian: false }))
  symlinkSync('../b.pcap', join(folder, 'deep/link'))
  symlinkSync('..', join(folder, 'deep/up'))
  symlinkSync('nowhere', join(folder, 'deep/dangling'))
})

afterAll(() => rmSync(folder, { recursive: true }))

async function below(...inputs: string[]): Promise<string[]> {
  const { captures } = await discoverCaptures(inputs.map((input) => join(folder, input)))
  return captures.map((path) => path.slice(folder.length + 1))
}

describe('discoverCaptures', () => {
  test('passes on files, missing ones and standard input as they are given', async () => {
    const inputs = ['-', './missing.pcap', `${folder}/./notes.pcap`, `${folder}//b.pcap`]
    expect(await discoverCaptures(inputs)).toEqual({ captures: inputs, passedOver: [] })
  })

  test('finds captures below a folder by their first bytes, sorted, hidden ones left out', async () => {
    expect(await below('.')).toEqual([
      'C.gz',
      'D.zst',
      'E.lz4',
      'a',
      'b.pcap',
      'deep/deeper/d.cap',
      'deep/link',
      'set[1].pcap',
    ])
  })

  test('passes over what is no capture, also inside a compressed file', async () => {
    const other = join(folder, 'deep/deeper')
    writeFileSync(join(other, 'log.gz'), gzipSync('a log'))
    writeFileSync(join(other, 'empty.gz'), gzipSync(''))
    writeFileSync(join(other, 'log.zst'), zstdFrame([raw(Buffer.alloc(130_000, 'a log'))], LARGE))
    writeFileSync(join(other, 'log.lz4'), lz4Frame([{ plain: Buffer.from('a log') }]))
    writeFileSync(join(other, 'empty.zst'), zstdFrame([raw(new Uint8Array(0))]))
    writeFileSync(join(other, 'cut.zst'), zstdFrame([raw(Buffer.from('a log'))]).subarray(0, 12))
    // A name that is longer than what is looked at: nothing can be told of what follows.
    const named = gzipSync(buildPcap([]))
    named[3] = 8
    const name = Buffer.alloc(5000, 'n').fill(0, 4999)
    writeFileSync(
      join(other, 'named.gz'),
      Buffer.concat([named.subarray(0, 10), name, named.subarray(10)]),
    )
    const { captures, passedOver } = await discoverCaptures([folder])
    for (const path of passedOver) expect(captures).not.toContain(path)
    expect(passedOver.map((path) => path.slice(folder.length + 1))).toEqual([
      'deep/deeper/empty.gz',
      'deep/deeper/empty.zst',
      'deep/deeper/log.gz',
      'deep/deeper/log.lz4',
      'deep/deeper/log.zst',
      'empty.pcap',
      'notes.pcap',
    ])
    expect(captures).toContain(`${other}/named.gz`)
    expect(captures).toContain(`${other}/cut.zst`)
    for (const file of ['log.gz', 'empty.gz', 'named.gz']) rmSync(join(other, file))
    for (const file of ['log.zst', 'log.lz4', 'empty.zst', 'cut.zst']) rmSync(join(other, file))
  })

  test('keeps the folder as it was given', async () => {
    expect((await discoverCaptures([`${folder}/deep/../deep/deeper/`])).captures).toEqual([
      `${folder}/deep/../deep/deeper/d.cap`,
    ])
  })

  test('expands globs, sorted', async () => {
    expect(await below('*.pcap')).toEqual(['b.pcap', 'empty.pcap', 'notes.pcap', 'set[1].pcap'])
    expect(await below('**/*.{cap,gz}')).toEqual(['C.gz', 'deep/deeper/d.cap'])
    expect(await below('deep/*')).toContain('deep/link')
  })

  test('keeps what stands before the first glob character as it was given', async () => {
    expect((await discoverCaptures([`${folder}/deep/.././b.*`])).captures).toEqual([
      `${folder}/deep/.././b.pcap`,
    ])
  })

  test('takes a file whose name looks like a glob for that file', async () => {
    expect(await below('set[1].pcap')).toEqual(['set[1].pcap'])
  })

  test('keeps the order of the inputs', async () => {
    expect(await below('b.pcap', 'deep', 'a')).toEqual([
      'b.pcap',
      'deep/deeper/d.cap',
      'deep/link',
      'a',
    ])
  })

  test('refuses a glob without a match', async () => {
    await expect(discoverCaptures([`${folder}/*.snoop`])).rejects.toMatchObject({
      code: 'ERR_OPTION',
      message: `no file matches ${folder}/*.snoop`,
    })
  })
})
