import { array, assert, constantFrom, integer, property } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Framer } from '../../../src/capture/framer.js'
import {
  buildPcap,
  buildPcapng,
  concat,
  PcapngBuilder,
  type BuiltRecord,
} from '../../support/capture-builder.js'
import { readAll, Recorder } from './read-all.js'
import { runs } from '../../support/runs.js'

const START_NS = 1_700_000_000_000_000_000n

/** Records of lengths 0 to 96, each byte telling which record it belongs to. */
const RECORDS: readonly BuiltRecord[] = Array.from({ length: 40 }, (_, index) => ({
  timeNs: START_NS + BigInt(index) * 1_000_003n,
  bytes: new Uint8Array((index * 37) % 97).fill(index),
  origlen: 1500,
}))

const CAPTURES = new Map([
  ['pcap', buildPcap(RECORDS)],
  ['pcap-modified', buildPcap(RECORDS, { format: 'pcap-modified', littleEndian: false })],
  ['pcap-ixia-ns', buildPcap(RECORDS, { format: 'pcap-ixia-ns' })],
  ['cut pcap', buildPcap(RECORDS).subarray(0, 1000)],
  ['damaged pcap', concat([buildPcap(RECORDS), new Uint8Array(99).fill(0xff)])],
  ['pcapng', mixedPcapng().take()],
  ['cut pcapng', mixedPcapng().take().subarray(0, -7)],
  [
    'cut in a skipped block',
    mixedPcapng().block(0xbad, new Uint8Array(500)).take().subarray(0, -7),
  ],
  ['no capture', new TextEncoder().encode('no capture at all')],
  ['damaged pcapng', mixedPcapng().block(6, new Uint8Array(40), { trailer: 1 }).take()],
  ['damaged skipped block', mixedPcapng().block(0xbad, new Uint8Array(40), { trailer: 1 }).take()],
])

function mixedPcapng(): PcapngBuilder {
  const capture = new PcapngBuilder()
  for (const littleEndian of [true, false]) {
    capture.section({ littleEndian }).interface().interface({ tsresol: 0x94, name: 'wlan0' })
    for (const [index, record] of RECORDS.entries()) {
      if (index % 5 === 0) capture.block(4, new Uint8Array(index * 10))
      if (index % 7 === 0) capture.block(0xbad, new Uint8Array(index * 10))
      if (index % 3 === 0) capture.simplePacket(record.bytes)
      else if (index % 4 === 0) capture.obsoletePacket(record)
      else capture.packet({ ...record, interfaceId: index % 2 })
    }
    capture.statistics(1, { ifdrop: 3n })
  }
  return capture
}

describe('any split gives the same', () => {
  test.each([...CAPTURES.keys()])('%s', (name) => {
    const capture = CAPTURES.get(name) ?? new Uint8Array(0)
    const whole = readAll(capture)
    expect(whole.records.length).toBeGreaterThan(name === 'no capture' ? -1 : 10)
    const sizes = array(integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 50 })
    assert(
      property(sizes, constantFrom(1, 2, 7, 16, 64, 1000), (chunkSizes, bufferBytes) => {
        const split = readAll(capture, chunkSizes, bufferBytes)
        expect(split.records).toEqual(whole.records)
        expect(split.info).toEqual(whole.info)
        expect(split.error?.message).toBe(whole.error?.message)
      }),
      { numRuns: runs(40) },
    )
  })
})

describe('the buffer', () => {
  test('is filled in place', () => {
    const recorder = new Recorder()
    const framer = new Framer(recorder, recorder.clock, { bufferBytes: 32 })
    const capture = buildPcapng(RECORDS)
    let at = 0
    while (at < capture.length) {
      const room = framer.reserve()
      const part = capture.subarray(at, at + room.length)
      room.set(part)
      framer.commit(part.length)
      at += part.length
    }
    framer.finish()
    expect(recorder.records.map(({ bytes }) => bytes)).toEqual(RECORDS.map(({ bytes }) => bytes))
  })

  test('grows to the largest record and no further', () => {
    const recorder = new Recorder()
    const framer = new Framer(recorder, recorder.clock, { bufferBytes: 64 })
    framer.push(buildPcap([{ timeNs: START_NS, bytes: new Uint8Array(5000) }, ...RECORDS]))
    framer.finish()
    expect(framer.room.byteLength).toBe(8192)
    expect(recorder.records).toHaveLength(RECORDS.length + 1)
  })

  test('can serve one framer after another', () => {
    const first = new Framer(new Recorder(), new Recorder().clock, { bufferBytes: 64 })
    first.push(buildPcap(RECORDS))
    first.finish()
    const recorder = new Recorder()
    const second = new Framer(recorder, recorder.clock, { room: first.room })
    second.push(buildPcap(RECORDS.slice(0, 2)))
    second.finish()
    expect(recorder.records.map(({ bytes }) => bytes.length)).toEqual([0, 37])
  })

  test('holds a record of the largest size, and none above it is waited for', () => {
    const largest = { timeNs: START_NS, bytes: new Uint8Array(16 * 1024 * 1024) }
    expect(readAll(buildPcap([largest])).records).toHaveLength(1)
    const oneMore = buildPcap([{ timeNs: START_NS, bytes: new Uint8Array(16 * 1024 * 1024 + 1) }])
    expect(readAll(oneMore.subarray(0, 24 + 16)).error).toMatchObject({
      code: 'ERR_CAPTURE_LENGTH',
      offset: 24,
      found: '16777217',
    })
  })

  test('refuses more than it reserved: a bug, not damage', () => {
    const recorder = new Recorder()
    const framer = new Framer(recorder, recorder.clock, { bufferBytes: 8 })
    expect(() => framer.commit(9)).toThrow('assertion failed')
  })
})

describe('formats that are none of ours', () => {
  test.each([
    { bytes: [0x28, 0xb5, 0x2f, 0xfd, 0], found: 'a zstd-compressed file; decompress it first' },
    { bytes: [0x04, 0x22, 0x4d, 0x18, 0], found: 'an LZ4-compressed file; decompress it first' },
    { bytes: [0x02, 0x21, 0x4c, 0x18, 0], found: 'a file of the legacy LZ4 format; try: lz4 -dc' },
    { bytes: [0xfd, 0x37, 0x7a, 0x58, 0x5a], found: 'an xz-compressed file; try: xz -dc FILE' },
    { bytes: [0x42, 0x5a, 0x68, 0x39], found: 'a bzip2-compressed file; try: bzip2 -dc FILE' },
    { bytes: [0x50, 0x4b, 3, 4], found: 'a zip archive; try: unzip -p FILE' },
    { bytes: text('snoop\0\0\0'), found: 'a snoop capture; try: editcap -F pcap FILE -' },
    { bytes: text('GMBU'), found: 'a Microsoft Network Monitor capture; try: editcap' },
    { bytes: text('RTSS'), found: 'a Microsoft Network Monitor capture; try: editcap' },
    { bytes: [0x1f, 0x8b, 8, 0], found: 'a gzip-compressed file; decompress it first' },
    { bytes: text('# notes\n'), found: 'bytes 23 20 6e 6f' },
    { bytes: [0x0a, 0x0d, 0x0d], found: 'bytes 0a 0d 0d' },
    { bytes: [], found: 'an empty file' },
  ])('$found', ({ bytes, found }) => {
    const { error } = readAll(Uint8Array.from(bytes))
    expect(error).toMatchObject({ code: 'ERR_CAPTURE_FORMAT', offset: 0 })
    expect(error?.message).toContain('expected a pcap or pcapng magic number')
    expect(error?.found).toContain(found)
    expect(error?.found.endsWith('| tcp-teardown analyze -')).toBe(found.includes('try:'))
  })
})

function text(ascii: string): Uint8Array {
  return new TextEncoder().encode(ascii)
}
