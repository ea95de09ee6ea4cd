// Inputs that would take gigabytes if everything in them were kept: the built program, and what it took at most.

import { closeSync, ftruncateSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { createGzip } from 'node:zlib'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { Scratch, start, ended } from '../cli/run-cli.js'
import { PcapngBuilder, buildPcap } from '../support/capture-builder.js'
import { raw, repeated, zstdFrame } from '../support/frames.js'
import { LONG } from '../support/runs.js'
import { ONE } from './captures.js'

const scratch = new Scratch()
const TELLS_MEMORY = new URL('tells-memory.mjs', import.meta.url).href
/** What no input may take. */
const MOST_MB = 512

/** Runs the program, and what it said and took at most, in MB. */
async function peakOf(
  args: readonly string[],
): Promise<{ stdout: string; stderr: string; mb: number }> {
  const env = { NODE_OPTIONS: `--import=${TELLS_MEMORY}` }
  const { stdout, stderr } = await ended(start(args, { env }))
  const [, said = '', mb] = /^([^]*)\npeak (\d+)$/.exec(stderr) ?? []
  return { stdout, stderr: said, mb: Number(mb) }
}

/** A pcap whose records are as long as they may be, and take no room on the disk. */
function writeHollow(path: string, recordBytes: number, records: number, firstS: number): void {
  const file = openSync(path, 'w')
  const header = buildPcap([])
  writeSync(file, header)
  for (let n = 0; n < records; n++) {
    const record = new DataView(new ArrayBuffer(16))
    record.setUint32(0, firstS + n, true)
    record.setUint32(8, recordBytes, true)
    record.setUint32(12, recordBytes, true)
    writeSync(file, new Uint8Array(record.buffer), 0, 16, header.length + n * (16 + recordBytes))
  }
  ftruncateSync(file, header.length + records * (16 + recordBytes))
  closeSync(file)
}

describe('memory stays bounded', () => {
  test.runIf(LONG)(
    'where captures are merged whose records are as large as they may be',
    async () => {
      const folder = join(scratch.path, 'hollow')
      mkdirSync(folder)
      for (let n = 0; n < 36; n++) writeHollow(join(folder, `${n}`), 12 << 20, 2, n)
      const { stdout, stderr, mb } = await peakOf(['analyze', '--merge', '-f', 'ndjson', folder])
      expect(stderr).toBe('')
      expect(JSON.parse(stdout.split('\n')[0] ?? '')).toMatchObject({ packets: 72 })
      expect(mb).toBeLessThan(MOST_MB)
    },
  )

  test('where interfaces have names of 60 KB, nine thousand of them', async () => {
    const path = join(scratch.path, 'names.pcapng.gz')
    const gzip = createGzip({ level: 1 })
    const file = gzip.pipe(createWriteStream(path))
    gzip.write(new PcapngBuilder().section().take())
    const name = 'n'.repeat(60_000)
    for (let n = 0; n < 9000; n++) {
      const one = new PcapngBuilder()
        .section()
        .interface({ name: `${n} ${name}` })
        .take()
        .subarray(28)
      if (!gzip.write(one)) await once(gzip, 'drain')
    }
    gzip.end()
    await once(file, 'close')
    const { stdout, mb } = await peakOf(['analyze', '-f', 'ndjson', path])
    const { interfaces, interfaces_left_out } = JSON.parse(stdout.split('\n')[0] ?? '')
    expect(interfaces.length + interfaces_left_out).toBe(9000)
    expect(interfaces.length).toBeLessThan(20)
    expect(mb).toBeLessThan(MOST_MB)
  })

  test('where four bytes become 128 KiB, again and again', async () => {
    const path = join(scratch.path, 'bomb.zst')
    const window = 17 << 3
    // A gigabyte, in a window of 128 MiB.
    const zeros = Array.from({ length: 8000 }, () => repeated(0, 1 << 17))
    writeFileSync(path, zstdFrame([raw(ONE), ...zeros], { window }))
    const { stdout, mb } = await peakOf(['analyze', '-f', 'ndjson', path])
    expect(JSON.parse(stdout.split('\n').at(-2) ?? '')).toMatchObject({ packets: 2 + (8000 << 13) })
    expect(mb).toBeLessThan(MOST_MB)
  })

  test('where compressed captures are merged that begin at the same time', async () => {
    const folder = join(scratch.path, 'overlapping')
    mkdirSync(folder)
    for (let n = 0; n < 300; n++) {
      const capture = zstdFrame([raw(ONE), raw(ONE.subarray(24))], { window: 17 << 3 })
      writeFileSync(join(folder, `${n}.zst`), capture)
    }
    const { stdout, stderr, mb } = await peakOf(['analyze', '--merge', '-f', 'ndjson', folder])
    expect(stderr).toBe('')
    expect(JSON.parse(stdout.split('\n').at(-2) ?? '')).toMatchObject({ packets: 1200 })
    expect(mb).toBeLessThan(MOST_MB)
  })

  test.runIf(LONG)('where their windows are full: those that are too many are told', async () => {
    const folder = join(scratch.path, 'full')
    mkdirSync(folder)
    const zeros = Array.from({ length: 16 * 8 }, () => repeated(0, 1 << 17))
    // Each has 16 MiB of empty records in front of the packet that waits for those of the others.
    const late = buildPcap([{ timeNs: 4_000_000_000_000_000_000n, bytes: new Uint8Array(60) }])
    for (let n = 0; n < 40; n++) {
      const blocks = [raw(ONE), ...zeros, raw(late.subarray(24))]
      writeFileSync(join(folder, `${n}.zst`), zstdFrame(blocks, { window: 14 << 3 }))
    }
    const { stderr, mb } = await peakOf(['analyze', '--merge', '-f', 'ndjson', folder])
    expect(stderr).toContain('too many captures that are compressed by zstd or LZ4 overlap')
    expect(mb).toBeLessThan(2 * MOST_MB)
  })
})
