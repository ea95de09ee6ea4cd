import { describe, expect, test } from 'vitest'
import { Framer } from '../../../src/capture/framer.js'
import { buildPcap, concat, PCAP_FORMATS, type BuiltRecord } from '../../support/capture-builder.js'
import { readAll, Recorder } from './read-all.js'

const FIRST_NS = 1_700_000_000_123_456_789n

/** Three records of different lengths; the last one is empty. */
const RECORDS: readonly BuiltRecord[] = [
  { timeNs: FIRST_NS, bytes: Uint8Array.of(1, 2, 3) },
  { timeNs: FIRST_NS + 1_500_000_001n, bytes: Uint8Array.of(4, 5, 6, 7), origlen: 1514 },
  { timeNs: FIRST_NS + 2_000_000_000n, bytes: new Uint8Array(0) },
]

describe('every variant', () => {
  const variants = PCAP_FORMATS.flatMap((format) =>
    [true, false].map((littleEndian) => ({ format, littleEndian })),
  )

  test.each(variants)('$format, little-endian $littleEndian', ({ format, littleEndian }) => {
    const capture = buildPcap(RECORDS, { format, littleEndian, linktype: 113, snaplen: 96 })
    const { records, info, error } = readAll(capture)
    const unitNs = format.endsWith('-ns') ? 1n : 1000n
    expect(error).toBeUndefined()
    expect(records.map((record) => record.timeNs)).toEqual(
      RECORDS.map(({ timeNs }) => timeNs - (timeNs % unitNs)),
    )
    expect(records.map((record) => [...record.bytes])).toEqual([[1, 2, 3], [4, 5, 6, 7], []])
    expect(records.map((record) => record.origlen)).toEqual([3, 1514, 0])
    expect(records.map((record) => record.linktype)).toEqual([113, 113, 113])
    expect(info).toMatchObject({
      format,
      littleEndian,
      version: '2.4',
      snaplen: 96,
      linktypes: new Set([113]),
      records: 3,
      sections: 1,
      bytes: capture.length,
    })
    expect(info.interfaces).toBe(1)
  })
})

describe('versions', () => {
  test.each([
    { version: [2, 0], swapped: true },
    { version: [2, 2], swapped: true },
    { version: [543, 0], swapped: true },
    { version: [2, 3], swapped: true },
    { version: [2, 3], swapped: false },
    { version: [2, 4], swapped: false },
    { version: [2, 5], swapped: false },
    { version: [3, 0], swapped: false },
  ] as const)('$version, lengths swapped $swapped', ({ version, swapped }) => {
    const { records, error } = readAll(buildPcap(RECORDS, { version, lengthsSwapped: swapped }))
    expect(error).toBeUndefined()
    expect(records.map((record) => [record.bytes.length, record.origlen])).toEqual([
      [3, 3],
      [4, 1514],
      [0, 0],
    ])
  })

  test('AIX: 2.2 with an interface type for a linktype counts ns', () => {
    const capture = buildPcap(RECORDS.slice(0, 1), {
      format: 'pcap',
      version: [2, 2],
      linktype: 6,
      lengthsSwapped: true,
    })
    new DataView(capture.buffer).setUint32(24 + 4, 123_456_789, true)
    const { records, info } = readAll(capture)
    expect(info.format).toBe('pcap-aix')
    expect(records[0]).toMatchObject({ timeNs: FIRST_NS, linktype: 1 })
  })

  test('1.x is refused', () => {
    expect(readAll(buildPcap(RECORDS, { version: [1, 2] })).error).toMatchObject({
      code: 'ERR_CAPTURE_FORMAT',
      message: 'unsupported pcap version at byte 4: expected version 2.0 or later, found 1.2',
    })
  })
})

describe('the FCS', () => {
  const FOUR_BYTES = 0x2400_0000
  const frame = Uint8Array.of(1, 2, 3, 4, 5, 0xf, 0xc, 0x5, 0)

  test('is left out of frames captured in whole', () => {
    const capture = buildPcap(
      [
        { timeNs: FIRST_NS, bytes: frame },
        { timeNs: FIRST_NS, bytes: frame, origlen: 10 },
        { timeNs: FIRST_NS, bytes: frame.subarray(0, 3) },
      ],
      { linktype: FOUR_BYTES + 1 },
    )
    const { records } = readAll(capture)
    expect(records.map((record) => record.bytes.length)).toEqual([5, 9, 3])
    expect(records[0]?.linktype).toBe(1)
  })

  test('is not there without the flag that says so', () => {
    const capture = buildPcap([{ timeNs: FIRST_NS, bytes: frame }], { linktype: 0x2000_0001 })
    expect(readAll(capture).records[0]?.bytes).toHaveLength(9)
  })
})

describe('times', () => {
  test('may run backwards', () => {
    const times = [FIRST_NS, FIRST_NS - 3_000_000_000n, FIRST_NS + 1n]
    const capture = buildPcap(
      times.map((timeNs) => ({ timeNs, bytes: new Uint8Array(1) })),
      { format: 'pcap-ns' },
    )
    expect(readAll(capture).records.map((record) => record.timeNs)).toEqual(times)
  })

  test('reach into the year 2106', () => {
    const timeNs = 0xffff_ffffn * 1_000_000_000n
    const { records } = readAll(buildPcap([{ timeNs, bytes: new Uint8Array(1) }]))
    expect(records[0]?.timeNs).toBe(timeNs)
  })

  test('count from the first record of the first capture', () => {
    const recorder = new Recorder()
    const seen: number[] = []
    const handler = {
      onRecord(...call: Parameters<Recorder['onRecord']>): void {
        seen.push(call[5])
      },
    }
    for (const timeNs of [FIRST_NS, FIRST_NS - 10n, FIRST_NS + 5n]) {
      const framer = new Framer(handler, recorder.clock)
      framer.push(buildPcap([{ timeNs, bytes: new Uint8Array(1) }], { format: 'pcap-ns' }))
      framer.finish()
    }
    expect(recorder.clock.baseNs).toBe(FIRST_NS)
    expect(seen).toEqual([0, -10, 5])
  })
})

describe('lenient, as libpcap and Wireshark are', () => {
  test('with caplen above snaplen, and above origlen', () => {
    const capture = buildPcap([{ timeNs: FIRST_NS, bytes: new Uint8Array(100), origlen: 50 }], {
      snaplen: 64,
    })
    expect(readAll(capture)).toMatchObject({
      error: undefined,
      records: [{ bytes: new Uint8Array(100), origlen: 50 }],
    })
  })

  test('with a file header and nothing else', () => {
    expect(readAll(buildPcap([]))).toMatchObject({ error: undefined, records: [] })
  })
})

describe('damage', () => {
  const whole = buildPcap(RECORDS)
  // Headers of 24 and 16 bytes, frames of 3 and 4.
  const second = 24 + 16 + 3
  const third = second + 16 + 4

  test.each([
    { cut: 10, records: 0, offset: 0, expected: 'a file header of 24 bytes', left: 10 },
    { cut: 24 + 5, records: 0, offset: 24, expected: 'a record header of 16 bytes', left: 5 },
    { cut: second - 1, records: 0, offset: 24, expected: 'a record of 16 + 3 bytes', left: 18 },
    {
      cut: second + 18,
      records: 1,
      offset: second,
      expected: 'a record of 16 + 4 bytes',
      left: 18,
    },
    { cut: third + 1, records: 2, offset: third, expected: 'a record header of 16 bytes', left: 1 },
  ])('cut at $cut', ({ cut, records, offset, expected, left }) => {
    const reading = readAll(whole.subarray(0, cut))
    expect(reading.records).toHaveLength(records)
    expect(reading.info.records).toBe(records)
    expect(reading.error).toMatchObject({
      code: 'ERR_CAPTURE_TRUNCATED',
      offset,
      message: `capture cut short at byte ${offset}: expected ${expected}, found ${left} byte${left === 1 ? '' : 's'} and the end of the capture`,
    })
  })

  test('a caplen beyond reason ends the capture there, not at its end', () => {
    const capture = concat([whole, new Uint8Array(16).fill(0xff), new Uint8Array(100)])
    const { records, error } = readAll(capture)
    expect(records).toHaveLength(3)
    expect(error).toMatchObject({
      code: 'ERR_CAPTURE_LENGTH',
      offset: whole.length,
      message: `impossible record length at byte ${whole.length}: expected a caplen of at most 16777216, found 4294967295`,
    })
  })

  test('in the first record leaves the clock alone', () => {
    const recorder = new Recorder()
    const framer = new Framer(recorder, recorder.clock)
    const capture = concat([buildPcap([]), new Uint8Array(16).fill(0xff)])
    expect(() => framer.push(capture)).toThrow('impossible record length')
    expect(recorder.clock.baseNs).toBeUndefined()
  })
})
