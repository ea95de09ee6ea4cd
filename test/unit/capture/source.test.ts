import { execFileSync } from 'node:child_process'
import { createReadStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { setTimeout } from 'node:timers/promises'
import { deflateRawSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Framer } from '../../../src/capture/framer.js'
import {
  readCapture,
  type CaptureSource,
  type ReadOptions,
  type ReadSummary,
} from '../../../src/capture/source.js'
import { buildPcap, concat } from '../../support/capture-builder.js'
import { Recorder } from './read-all.js'

const RECORD_BYTES = 16 + 84

/** A capture that deflate cannot shorten much, so that damage in its middle has records before it. */
const CAPTURE = buildPcap(
  Array.from({ length: 20_000 }, (_, index) => ({
    timeNs: 1_700_000_000_000_000_000n + BigInt(index) * 1000n,
    bytes: noise(84, index + 1),
  })),
)

let folder = ''

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'source-'))
})

afterAll(() => rmSync(folder, { recursive: true }))

interface Read {
  readonly records: number
  readonly summary: ReadSummary | undefined
  readonly error: unknown
}

async function read(source: CaptureSource, options: ReadOptions = {}): Promise<Read> {
  const recorder = new Recorder()
  const framer = new Framer(recorder, recorder.clock)
  try {
    const summary = await readCapture(source, framer, options)
    return { records: recorder.records.length, summary, error: undefined }
  } catch (error) {
    return { records: recorder.records.length, summary: undefined, error }
  }
}

function file(name: string, content: Uint8Array): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

/** The same octets as a file, a stream, and a stream of crumbs. */
function sources(name: string, content: Uint8Array): [kind: string, source: CaptureSource][] {
  const path = file(name, content)
  return [
    ['file', path],
    ['stream', createReadStream(path)],
    ['crumbs', Readable.from(crumbs(content.subarray(0, 5000), content.subarray(5000)))],
  ]
}

function* crumbs(first: Uint8Array, rest: Uint8Array): Generator<Uint8Array> {
  for (const octet of first) yield Uint8Array.of(octet)
  for (let at = 0; at < rest.length; at += 7777) yield rest.subarray(at, at + 7777)
}

describe('plain captures', () => {
  test('are read from files and streams', async () => {
    for (const [kind, source] of sources('plain.pcap', CAPTURE)) {
      const { records, summary, error } = await read(source)
      expect(error, kind).toBeUndefined()
      expect(records, kind).toBe(20_000)
      expect(summary).toEqual({
        readBytes: CAPTURE.length,
        compression: undefined,
        garbageOffset: undefined,
      })
    }
  })

  test('that are cut give what is there and then fail', async () => {
    for (const [kind, source] of sources(
      'cut.pcap',
      CAPTURE.subarray(0, 24 + RECORD_BYTES * 5 + 1),
    )) {
      const { records, error } = await read(source)
      expect(records, kind).toBe(5)
      expect(error, kind).toMatchObject({
        code: 'ERR_CAPTURE_TRUNCATED',
        offset: 24 + RECORD_BYTES * 5,
      })
    }
  })

  test('that are empty or one octet long are none', async () => {
    for (const bytes of [0, 1]) {
      for (const [kind, source] of sources(`short${bytes}`, CAPTURE.subarray(0, bytes))) {
        expect((await read(source)).error, kind).toMatchObject({ code: 'ERR_CAPTURE_FORMAT' })
      }
    }
  })
})

describe('live pipes', () => {
  test('pass on each record at once', async () => {
    const pipe = new PassThrough()
    const recorder = new Recorder()
    const reading = readCapture(pipe, new Framer(recorder, recorder.clock))
    for (const records of [0, 1, 2, 3]) {
      const from = records === 0 ? 0 : 24 + RECORD_BYTES * (records - 1)
      pipe.write(CAPTURE.subarray(from, 24 + RECORD_BYTES * records))
      await setTimeout(5)
      expect(recorder.records).toHaveLength(records)
    }
    pipe.end()
    await reading
  })

  test('stop when told to, though nothing comes', async () => {
    const stop = new AbortController()
    const pipe = new PassThrough()
    pipe.write(CAPTURE.subarray(0, 24 + RECORD_BYTES))
    const reading = read(pipe, { signal: stop.signal })
    await setTimeout(5)
    stop.abort(new Error('enough'))
    const { records, error } = await reading
    expect(records).toBe(1)
    expect(error).toBe(stop.signal.reason)
    expect(pipe.destroyed).toBe(true)
  })

  test('that break are read errors, and what came before counts', async () => {
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield CAPTURE.subarray(0, 24 + RECORD_BYTES * 3)
      throw Object.assign(new Error('reset'), { code: 'EIO' })
    }
    const { records, error } = await read(broken())
    expect(records).toBe(3)
    expect(error).toMatchObject({
      code: 'ERR_READ',
      message: 'cannot read the stream: input/output error',
    })
  })

  test.skipIf(process.platform === 'win32')('may be named: a FIFO', async () => {
    const path = join(folder, 'fifo')
    execFileSync('mkfifo', [path])
    const source = file('for-fifo.pcap', CAPTURE)
    const reading = read(path)
    execFileSync('sh', ['-c', `cat "${source}" > "${path}" &`])
    expect((await reading).records).toBe(20_000)
  })
})

describe('gzip', () => {
  const middle = 24 + RECORD_BYTES * 7000 + 50

  test('is told by its first octets', async () => {
    const zipped = gzipSync(CAPTURE)
    for (const [kind, source] of sources('zipped.pcap', zipped)) {
      const { records, summary, error } = await read(source)
      expect(error, kind).toBeUndefined()
      expect(records, kind).toBe(20_000)
      expect(summary, kind).toMatchObject({ compression: 'gzip', readBytes: zipped.length })
    }
  })

  test('may have many members, split inside records, and every header field', async () => {
    const members = concat([
      gzipSync(CAPTURE.subarray(0, 10)),
      gzipSync(new Uint8Array(0)),
      withHeaderFields(CAPTURE.subarray(10, middle)),
      gzipSync(CAPTURE.subarray(middle)),
    ])
    for (const [kind, source] of sources('members.gz', members)) {
      expect(await read(source), kind).toMatchObject({ records: 20_000, error: undefined })
    }
  })

  test('may be followed by other octets, which are noted and ignored', async () => {
    const zipped = gzipSync(CAPTURE)
    for (const garbage of [new Uint8Array(512), Uint8Array.of(0x1f), noise(100, 3)]) {
      for (const [kind, source] of sources('garbage.gz', concat([zipped, garbage]))) {
        const { records, summary, error } = await read(source)
        expect(error, kind).toBeUndefined()
        expect(records, kind).toBe(20_000)
        expect(summary?.garbageOffset, kind).toBe(zipped.length)
      }
    }
  })

  test('that is cut gives everything before the cut', async () => {
    const stored = gzipSync(CAPTURE, { level: 0 })
    const cut = stored.length - 100_000
    for (const [kind, source] of sources('cut.gz', stored.subarray(0, cut))) {
      const { records, error } = await read(source)
      // Stored blocks cost a few octets of their own per 64 KiB at most.
      expect(records, kind).toBeGreaterThan(20_000 - 1001 - 5)
      expect(error, kind).toMatchObject({
        code: 'ERR_DECOMPRESS',
        expected: 'the rest of a gzip member',
        found: 'the end of the file',
      })
    }
  })

  test('that is damaged gives everything before the damage', async () => {
    const sound = deflateRawSync(CAPTURE.subarray(0, middle), { finishFlush: 2 })
    const header = gzipSync(new Uint8Array(0)).subarray(0, 10)
    // 0xff is a deflate block of a type that does not exist.
    const damaged = concat([header, sound, new Uint8Array(1000).fill(0xff)])
    for (const [kind, source] of sources('damaged.gz', damaged)) {
      const { records, error } = await read(source)
      expect(records, kind).toBe(7000)
      expect(error, kind).toMatchObject({
        code: 'ERR_DECOMPRESS',
        offset: middle,
        message: `damaged gzip data at byte ${middle}: expected deflate data, found invalid block type`,
      })
    }
  })

  test('with a wrong checksum, or cut in its trailer, has given all records', async () => {
    const zipped = gzipSync(CAPTURE)
    const wrong = Uint8Array.from(zipped)
    wrong[wrong.length - 8] ^= 1
    for (const [kind, source] of [
      ...sources('checksum.gz', wrong),
      ...sources('trailer.gz', zipped.subarray(0, -3)),
    ]) {
      const { records, error } = await read(source)
      expect(records, kind).toBe(20_000)
      expect(error, kind).toMatchObject({ code: 'ERR_DECOMPRESS', offset: CAPTURE.length })
    }
  })

  test('around no capture says so', async () => {
    const { error } = await read(file('text.gz', gzipSync('hello world')))
    expect(error).toMatchObject({ code: 'ERR_CAPTURE_FORMAT' })
  })
})

describe('what cannot be read', () => {
  test.each([
    { name: 'missing.pcap', reason: 'no such file or directory' },
    { name: '', reason: 'is a directory' },
    { name: 'text/x.pcap', reason: 'part of the path is not a directory' },
  ])('$reason', async ({ name, reason }) => {
    file('text', new Uint8Array(4))
    const path = join(folder, name)
    expect((await read(path)).error).toMatchObject({
      code: 'ERR_READ',
      message: `cannot read ${path}: ${reason}`,
    })
  })
})

describe('progress', () => {
  test('counts octets of the file, compressed ones for gzip, up to all', async () => {
    for (const content of [CAPTURE, gzipSync(CAPTURE)]) {
      const reports: [number, number | undefined][] = []
      await read(file('progress', content), {
        onProgress: (readBytes, totalBytes) => reports.push([readBytes, totalBytes]),
      })
      expect(reports.at(-1)).toEqual([content.length, content.length])
    }
  })

  test('comes while a large file is read, with turns for other work', async () => {
    const large = file('large.pcap', concat([CAPTURE, new Uint8Array(80_000_000)]))
    const reports: number[] = []
    const stop = new AbortController()
    const { error } = await read(large, {
      onProgress: (readBytes) => {
        reports.push(readBytes)
        setImmediate(() => stop.abort(new Error('interrupted')))
      },
      signal: stop.signal,
    })
    expect(error).toBe(stop.signal.reason)
    expect(reports).toHaveLength(1)
    expect(reports[0]).toBeLessThan(40_000_000)
  })
})

/** Octets that do not compress, the same for the same seed. */
function noise(length: number, seed: number): Uint8Array {
  let state = seed
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    return state >>> 24
  })
}

/** A gzip member with extra field, name, comment and header checksum. */
function withHeaderFields(content: Uint8Array): Uint8Array {
  const plain = gzipSync(content)
  const text = new TextEncoder().encode('name\0comment\0')
  const header = Uint8Array.from(plain.subarray(0, 10))
  header[3] = 2 | 4 | 8 | 16
  return concat([
    header,
    Uint8Array.of(3, 0, 7, 7, 7),
    text,
    Uint8Array.of(0, 0),
    plain.subarray(10),
  ])
}
