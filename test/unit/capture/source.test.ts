import { execFileSync, spawn } from 'node:child_process'
import { createReadStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { deflateRawSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Framer } from '../../../src/capture/framer.js'
import { readCapture, type CaptureSource } from '../../../src/capture/source.js'
import type { ReadOptions, ReadSummary } from '../../../src/capture/turns.js'
import { buildPcap, concat } from '../../support/capture-builder.js'
import { until } from '../../support/waiting.js'
import { lz4Frame, raw, repeated, zstdFrame } from '../../support/frames.js'
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
  /** How it was read, for the message of a failing test. */
  readonly kind?: string
  readonly records: number
  readonly compression: string | undefined
  readonly summary: ReadSummary | undefined
  readonly error: unknown
}

async function read(source: CaptureSource, options: ReadOptions = {}): Promise<Read> {
  const recorder = new Recorder()
  const framer = new Framer(recorder, recorder.clock)
  let summary: ReadSummary | undefined
  let error: unknown
  try {
    summary = await readCapture(source, framer, options)
  } catch (thrown) {
    error = thrown
  }
  const { compression } = framer.info
  return { records: recorder.records.length, compression, summary, error }
}

function file(name: string, content: Uint8Array): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

/** Reads the same bytes from a file, a stream, and a stream of crumbs. */
async function readAllWays(name: string, content: Uint8Array): Promise<Read[]> {
  const path = file(name, content)
  const small = Readable.from(crumbs(content.subarray(0, 500), content.subarray(500)))
  return [
    { kind: 'file', ...(await read(path)) },
    { kind: 'stream', ...(await read(createReadStream(path))) },
    { kind: 'crumbs', ...(await read(small)) },
  ]
}

function* crumbs(first: Uint8Array, rest: Uint8Array): Generator<Uint8Array> {
  for (const byte of first) yield Uint8Array.of(byte)
  for (let at = 0; at < rest.length; at += 7777) yield rest.subarray(at, at + 7777)
}

describe('plain captures', () => {
  test('are read from files and streams', async () => {
    for (const seen of await readAllWays('plain.pcap', CAPTURE)) {
      expect(seen).toMatchObject({
        records: 20_000,
        error: undefined,
        compression: undefined,
        summary: { readBytes: CAPTURE.length, garbageOffset: undefined },
      })
    }
  })

  test('that are cut give what is there and then fail', async () => {
    const cut = CAPTURE.subarray(0, 24 + RECORD_BYTES * 5 + 1)
    for (const seen of await readAllWays('cut.pcap', cut)) {
      expect(seen).toMatchObject({
        records: 5,
        error: { code: 'ERR_CAPTURE_TRUNCATED', offset: 24 + RECORD_BYTES * 5 },
      })
    }
  })

  test('that are empty or one byte long are none', async () => {
    for (const bytes of [0, 1]) {
      for (const seen of await readAllWays(`short${bytes}`, CAPTURE.subarray(0, bytes))) {
        expect(seen).toMatchObject({ error: { code: 'ERR_CAPTURE_FORMAT' } })
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
      await until(`${records} records are there`, () => recorder.records.length >= records)
      expect(recorder.records).toHaveLength(records)
    }
    pipe.end()
    await reading
  })

  test('stop when told to, though nothing comes', async () => {
    const stop = new AbortController()
    const pipe = new PassThrough()
    pipe.write(CAPTURE.subarray(0, 24 + RECORD_BYTES))
    const recorder = new Recorder()
    const framer = new Framer(recorder, recorder.clock)
    const reading = readCapture(pipe, framer, { signal: stop.signal })
    await until('a record is there', () => recorder.records.length > 0)
    stop.abort(new Error('enough'))
    await expect(reading).rejects.toBe(stop.signal.reason)
    expect(recorder.records).toHaveLength(1)
    expect(pipe.destroyed).toBe(true)
  })

  test('that break are read errors, and what came before counts', async () => {
    const { records, error } = await read(broken())
    expect(records).toBe(3)
    expect(error).toMatchObject({
      code: 'ERR_READ',
      message: 'cannot read the stream: i/o error',
    })
  })

  test.skipIf(process.platform === 'win32')('may be named: a FIFO', async () => {
    const path = join(folder, 'fifo')
    execFileSync('mkfifo', [path])
    const source = file('for-fifo.pcap', CAPTURE)
    const reading = read(path)
    spawn('sh', ['-c', 'cat "$1" > "$2"', 'sh', source, path], { stdio: 'ignore' })
    expect((await reading).records).toBe(20_000)
  })
})

describe('gzip', () => {
  const middle = 24 + RECORD_BYTES * 7000 + 50

  test('is told by its first bytes', async () => {
    const zipped = gzipSync(CAPTURE)
    for (const seen of await readAllWays('zipped.pcap', zipped)) {
      expect(seen).toMatchObject({
        records: 20_000,
        error: undefined,
        compression: 'gzip',
        summary: { readBytes: zipped.length, garbageOffset: undefined },
      })
    }
  })

  test('is told of damaged ones too', async () => {
    for (const seen of await readAllWays('cut.gz', gzipSync(CAPTURE).subarray(0, -9)))
      expect(seen).toMatchObject({ compression: 'gzip', summary: undefined })
  })

  test('may have many members, split inside records, and every header field', async () => {
    const members = concat([
      gzipSync(CAPTURE.subarray(0, 10)),
      gzipSync(new Uint8Array(0)),
      withHeaderFields(CAPTURE.subarray(10, middle)),
      gzipSync(CAPTURE.subarray(middle)),
    ])
    for (const seen of await readAllWays('members.gz', members)) {
      expect(seen).toMatchObject({ records: 20_000, error: undefined })
    }
  })

  test('may be followed by other bytes, which are noted and ignored', async () => {
    const zipped = gzipSync(CAPTURE)
    for (const garbage of [new Uint8Array(512), Uint8Array.of(0x1f), noise(100, 3)]) {
      for (const seen of await readAllWays('garbage.gz', concat([zipped, garbage]))) {
        expect(seen).toMatchObject({
          records: 20_000,
          error: undefined,
          summary: { garbageOffset: zipped.length },
        })
      }
    }
  })

  test('that is cut gives everything before the cut', async () => {
    const stored = gzipSync(CAPTURE, { level: 0 })
    const cut = stored.length - 100_000
    for (const seen of await readAllWays('cut.gz', stored.subarray(0, cut))) {
      // Stored blocks cost a few bytes of their own per 64 KiB at most.
      expect(seen.records).toBeGreaterThan(20_000 - 1001 - 5)
      expect(seen.error).toMatchObject({
        code: 'ERR_CAPTURE_TRUNCATED',
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
    for (const seen of await readAllWays('damaged.gz', damaged)) {
      expect(seen).toMatchObject({
        records: 7000,
        error: {
          code: 'ERR_DECOMPRESS',
          offset: middle,
          message: `damaged gzip data at byte ${middle}: expected deflate data, found invalid block type`,
        },
      })
    }
  })

  test('with a wrong checksum, or cut in its trailer, has given all records', async () => {
    const zipped = gzipSync(CAPTURE)
    const wrong = Uint8Array.from(zipped)
    wrong.set([(wrong.at(-8) ?? 0) ^ 1], wrong.length - 8)
    for (const seen of await readAllWays('checksum.gz', wrong)) {
      const error = { code: 'ERR_DECOMPRESS', offset: CAPTURE.length }
      expect(seen).toMatchObject({ records: 20_000, error })
    }
    for (const seen of await readAllWays('trailer.gz', zipped.subarray(0, -3))) {
      const error = { code: 'ERR_CAPTURE_TRUNCATED', offset: CAPTURE.length }
      expect(seen).toMatchObject({ records: 20_000, error })
    }
  })

  test('around no capture says so', async () => {
    const { error } = await read(file('text.gz', gzipSync('hello world')))
    expect(error).toMatchObject({ code: 'ERR_CAPTURE_FORMAT' })
  })
})

describe.each([
  {
    name: 'zstd',
    pack: (...parts: Uint8Array[]) =>
      zstdFrame(parts.flatMap(blocksOf).map(raw), { window: 7 << 3, content: concat(parts) }),
    expected: 'zstd block',
  },
  {
    name: 'lz4',
    pack: (...parts: Uint8Array[]) =>
      lz4Frame(
        parts.flatMap(blocksOf).map((plain) => ({ plain })),
        { content: concat(parts) },
      ),
    expected: 'LZ4 block',
  },
])('$name', ({ name, pack, expected }) => {
  const file1 = pack(CAPTURE)

  test('is told by its first bytes', async () => {
    for (const seen of await readAllWays('capture.dat', file1)) {
      const summary = { readBytes: file1.length, garbageOffset: undefined }
      const wanted = { records: 20_000, compression: name, error: undefined, summary }
      expect(seen).toMatchObject(wanted)
    }
  })

  test('may have many frames, and be followed by other bytes', async () => {
    const frames = concat([pack(CAPTURE.subarray(0, 10)), pack(CAPTURE.subarray(10))])
    for (const seen of await readAllWays('frames', concat([frames, new Uint8Array(100)]))) {
      const summary = { garbageOffset: frames.length }
      expect(seen).toMatchObject({ records: 20_000, error: undefined, summary })
    }
  })

  test('that is cut gives everything before the cut', async () => {
    for (const seen of await readAllWays('cut', file1.subarray(0, -100_000))) {
      expect(seen.records).toBeGreaterThan(20_000 - 1001 - 660)
      const found = 'the end of the file'
      expect(seen.error).toMatchObject({ code: 'ERR_CAPTURE_TRUNCATED', expected, found })
    }
  })

  test('with a wrong checksum has given all records', async () => {
    const wrong = Uint8Array.from(file1)
    wrong.set([(wrong.at(-1) ?? 0) ^ 1], wrong.length - 1)
    for (const seen of await readAllWays('checksum', wrong)) {
      const error = { code: 'ERR_DECOMPRESS', offset: CAPTURE.length }
      expect(seen).toMatchObject({ records: 20_000, error })
    }
  })

  test('from a live pipe passes on each block at once', async () => {
    const pipe = new PassThrough()
    const recorder = new Recorder()
    const reading = readCapture(pipe, new Framer(recorder, recorder.clock))
    const parts = [0, 1, 2, 3].map((n) => n * RECORD_BYTES + 24)
    const packed = pack(...parts.map((end, n) => CAPTURE.subarray(parts[n - 1] ?? 0, end)))
    // What is in front of the last block comes with the one before it, and of that one half.
    const half = packed.length - 4 - (name === 'lz4' ? 4 : 0) - RECORD_BYTES / 2
    pipe.write(packed.subarray(0, half))
    await until('two records are there', () => recorder.records.length >= 2)
    expect(recorder.records).toHaveLength(2)
    pipe.end(packed.subarray(half))
    await reading
    expect(recorder.records).toHaveLength(3)
  })
})

describe('a bomb', () => {
  const zeros = new Uint8Array(64 * 1024)
  test.each([
    ['zstd', zstdFrame([raw(buildPcap([])), ...times(8000, repeated(0, 1 << 16))], { window: 48 })],
    [
      'LZ4',
      lz4Frame([{ plain: buildPcap([]) }, ...times(8000, { packed: lz4Zeros(zeros.length) })]),
    ],
    ['gzip', concat([gzipSync(buildPcap([])), ...times(8000, gzipSync(zeros))])],
  ])('of %s stops when it is told to', async (_kind, bomb) => {
    expect(bomb.length).toBeLessThan(4_000_000)
    const stop = new AbortController()
    setImmediate(() => setImmediate(() => stop.abort(new Error('enough'))))
    const { error, records } = await read(file('bomb', bomb), { signal: stop.signal })
    expect(error).toBe(stop.signal.reason)
    // Sixteen bytes of zeros are an empty record: half a gigabyte would be 32 million.
    expect(records).toBeLessThan(3_000_000)
  })
})

describe('what cannot be read', () => {
  test.each([
    { name: 'missing.pcap', reason: 'no such file or directory' },
    { name: '', reason: 'illegal operation on a directory' },
    { name: 'text/x.pcap', reason: 'not a directory' },
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
  test('counts bytes of the file, compressed ones for gzip, up to all', async () => {
    for (const content of [CAPTURE, gzipSync(CAPTURE)]) {
      const reports: [number, number | undefined][] = []
      await read(file('progress', content), {
        onProgress: (readBytes, totalBytes) => reports.push([readBytes, totalBytes]),
      })
      expect(reports.at(-1)).toEqual([content.length, content.length])
    }
  })

  test('waits for a slow taker, however few the compressed bytes are', async () => {
    const record = { timeNs: 0n, bytes: new Uint8Array(100_000) }
    const zipped = gzipSync(buildPcap(Array.from({ length: 100 }, () => record)))
    expect(zipped.length).toBeLessThan(100_000)
    let pauses = 0
    const { error } = await read(file('few.gz', zipped), {
      pause: () => {
        pauses++
        return Promise.resolve()
      },
    })
    expect(error).toBeUndefined()
    // Ten megabytes come out of it, a turn each or two.
    expect(pauses).toBeGreaterThanOrEqual(4)
  })

  test('comes while a large file is read, with turns for other work', async () => {
    const record = { timeNs: 0n, bytes: new Uint8Array(1_000_000) }
    const large = file('large.pcap', buildPcap(Array.from({ length: 80 }, () => record)))
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
    expect(reports[0]).toBeLessThan(6_000_000)
  })
})

async function* broken(): AsyncGenerator<Uint8Array> {
  yield CAPTURE.subarray(0, 24 + RECORD_BYTES * 3)
  throw Object.assign(new Error('reset'), { code: 'EIO' })
}

/** Pieces that fit into a block of either format. */
function blocksOf(bytes: Uint8Array): Uint8Array[] {
  const size = 1 << 16
  const count = Math.ceil(bytes.length / size)
  return Array.from({ length: count }, (_, n) => bytes.subarray(n * size, (n + 1) * size))
}

function times<T>(count: number, value: T): T[] {
  return Array.from({ length: count }, () => value)
}

/** An LZ4 block of so many zeros, which is one long match. */
function lz4Zeros(length: number): Uint8Array {
  const rest = length - 1 - 4 - 15 - 1
  return concat([
    Uint8Array.of(0x1f, 0, 1, 0),
    new Uint8Array(Math.floor(rest / 255)).fill(255),
    Uint8Array.of(rest % 255, 0x10, 0),
  ])
}

/** Bytes that do not compress, the same for the same seed. */
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
