import { describe, expect, test } from 'vitest'
import { buildPcapng, concat, PcapngBuilder } from '../../support/capture-builder.js'
import { CaptureClock } from '../../../src/capture/clock.js'
import type { CaptureInfo } from '../../../src/capture/info.js'
import { Framer } from '../../../src/capture/framer.js'
import { InterfaceBudget } from '../../../src/capture/interface-budget.js'
import { readAll } from './read-all.js'

const FIRST_NS = 1_700_000_000_123_456_789n
const FIRST_US_NS = FIRST_NS - (FIRST_NS % 1000n)
const FRAME = Uint8Array.of(1, 2, 3, 4, 5)
const RECORD = { timeNs: FIRST_NS, bytes: FRAME }

const SECTION_BYTES = 28
const PLAIN_INTERFACE_BYTES = 20

function plain(): PcapngBuilder {
  return new PcapngBuilder().section().interface()
}

describe('packet blocks', () => {
  test.each([true, false])('enhanced, little-endian %s', (littleEndian) => {
    const later = { timeNs: FIRST_NS + 1n, bytes: FRAME.subarray(0, 4), origlen: 1514 }
    const capture = buildPcapng(
      [RECORD, later, { ...RECORD, bytes: FRAME.subarray(0, 0) }],
      littleEndian,
    )
    const { records, info, error } = readAll(capture)
    expect(error).toBeUndefined()
    expect(records).toMatchObject([
      { timeNs: FIRST_NS, bytes: FRAME, origlen: 5, linktype: 1, interfaceId: 0 },
      { timeNs: FIRST_NS + 1n, bytes: FRAME.subarray(0, 4), origlen: 1514 },
      { timeNs: FIRST_NS, bytes: new Uint8Array(0), origlen: 0 },
    ])
    expect(info).toMatchObject({
      format: 'pcapng',
      littleEndian,
      version: '1.0',
      records: 3,
      sections: 1,
      bytes: capture.length,
    })
  })

  test.each([true, false])('obsolete, little-endian %s', (littleEndian) => {
    const capture = new PcapngBuilder()
      .section({ littleEndian })
      .interface()
      .interface({ linktype: 113 })
      .obsoletePacket({ ...RECORD, interfaceId: 1 }, 7)
      .obsoletePacket({ ...RECORD, interfaceId: 1 })
      .take()
    const { records, info } = readAll(capture)
    expect(records).toMatchObject([
      { timeNs: FIRST_US_NS, bytes: FRAME, origlen: 5, linktype: 113, interfaceId: 1 },
      { timeNs: FIRST_US_NS },
    ])
    expect(info).toMatchObject({ interfaces: 2, droppedPackets: 7, hasDrops: true })
  })

  test('simple: the last time known, cut to snaplen and to the block', () => {
    const capture = new PcapngBuilder()
      .section()
      .interface({ snaplen: 4 })
      .simplePacket(FRAME, 5)
      .packet(RECORD)
      .simplePacket(FRAME.subarray(0, 4), 1514)
      .simplePacket(FRAME.subarray(0, 2), 2)
      .take()
    const { records, error } = readAll(capture)
    expect(error).toBeUndefined()
    expect(records.map((record) => record.timeNs)).toEqual([
      undefined,
      FIRST_US_NS,
      FIRST_US_NS,
      FIRST_US_NS,
    ])
    expect(records.map(({ bytes, origlen }) => [bytes.length, origlen])).toEqual([
      [4, 5],
      [5, 5],
      [4, 1514],
      [2, 2],
    ])
  })

  test('simple, with a snaplen of 0: as much as the block holds', () => {
    const capture = new PcapngBuilder().section().interface({ snaplen: 0 }).simplePacket(FRAME, 99)
    expect(readAll(capture.take()).records[0]?.bytes).toHaveLength(8)
  })
})

describe('interfaces', () => {
  test('are bounded', () => {
    const most = 1 << 18
    const one = new PcapngBuilder().interface().take()
    const all = new Uint8Array((most + 1) * one.length)
    for (let n = 0; n <= most; n++) all.set(one, n * one.length)
    const { info, error } = readAll(concat([new PcapngBuilder().section().take(), all]))
    expect(info.interfaces).toBe(most)
    expect(error).toMatchObject({
      offset: SECTION_BYTES + most * PLAIN_INTERFACE_BYTES,
      expected: `at most ${most}`,
    })
  })

  test('each have their own linktype, clock and offset', () => {
    const records = [0, 1, 2, 3, 1, 0].map((interfaceId, index) => ({
      timeNs: FIRST_NS + BigInt(index) * 1_000_000_000n,
      bytes: FRAME,
      interfaceId,
    }))
    const capture = new PcapngBuilder()
      .section()
      .interface({ tsresol: 9, linktype: 1 })
      .interface({ tsresol: 3, linktype: 101, name: 'tun0' })
      .interface({ tsresol: 9, tsoffset: -86_400n, linktype: 113 })
      .interface({ tsresol: 0x8a, linktype: 276 })
    for (const record of records) capture.packet(record)
    const { records: seen, info } = readAll(capture.take())
    const second = 1_000_000_000n
    const inBinary = ((((FIRST_NS + 3n * second) * 1024n) / second) * second) / 1024n
    expect(seen.map((record) => record.timeNs)).toEqual([
      FIRST_NS,
      FIRST_NS + second - (FIRST_NS % 1_000_000n),
      FIRST_NS + 2n * second,
      inBinary,
      FIRST_NS + 4n * second - (FIRST_NS % 1_000_000n),
      FIRST_NS + 5n * second,
    ])
    expect(seen.map((record) => record.linktype)).toEqual([1, 101, 113, 276, 101, 1])
    expect(seen.map((record) => record.interfaceId)).toEqual([0, 1, 2, 3, 1, 0])
    expect([...info.linktypes]).toEqual([1, 101, 113, 276])
    expect(info).toMatchObject({ interfaces: 4, interfaceNames: ['tun0'], interfacesLeftOut: 0 })
  })

  test('may be declared between packets', () => {
    const capture = plain()
      .packet(RECORD)
      .interface({ linktype: 101 })
      .packet({ ...RECORD, interfaceId: 1 })
      .take()
    expect(readAll(capture).records.map((record) => record.linktype)).toEqual([1, 101])
  })

  test.each([
    [20, '10^-20 s'],
    [127, '10^-127 s'],
    [0xc0, '2^-64 s'],
    [0xff, '2^-127 s'],
  ])('with an if_tsresol of %i are refused, not rounded', (tsresol, found) => {
    const good = new PcapngBuilder()
      .section()
      .interface({ tsresol: 19 })
      .interface({ tsresol: 0xbf })
    const before = good.packet({ timeNs: 5n, bytes: FRAME }).take()
    const bad = new PcapngBuilder().interface({ tsresol }).take()
    const { records, error } = readAll(concat([before, bad]))
    expect(records).toHaveLength(1)
    expect(error).toMatchObject({ code: 'ERR_CAPTURE_FORMAT', offset: before.length, found })
  })

  test('are no more than are allowed in all sections at a time, but in any number of sections', () => {
    const section = new PcapngBuilder().section().interface().interface().take()
    const budget = new InterfaceBudget(3)
    const read = (bytes: Uint8Array): unknown => {
      const framer = new Framer({ onRecord: () => {} }, new CaptureClock(), {
        interfaceBudget: budget,
      })
      try {
        framer.push(bytes)
        return framer
      } catch (error) {
        return (error as Error).message
      }
    }
    const first = read(concat([section, section, section])) as Framer
    expect([first.info.interfaces, budget.left]).toEqual([6, 1])
    expect(read(section)).toContain('too many interfaces')
    first.release()
    expect(budget.left).toBe(2)
  })

  test('have names of bounded length and number', () => {
    function infoOf(names: number, length: number): CaptureInfo {
      const capture = new PcapngBuilder().section()
      for (let n = 0; n < 2 * names; n++) {
        capture.interface({ name: `${n % names}-${'é'.repeat(length)}` })
      }
      return readAll(capture.take()).info
    }
    const many = infoOf(150, 5)
    expect([many.interfaces, many.interfaceNames.length]).toEqual([300, 100])
    expect(many.interfacesLeftOut).toBe(100)
    const long = infoOf(50, 30_000)
    expect(long.interfaceNames[0]).toBe(`0-${'é'.repeat(127)}…`)
    expect(long.interfaceNames).toHaveLength(7)
    expect(long.interfacesLeftOut).toBe(86)
    // The character at the cut is left out whole.
    const cut = new PcapngBuilder().section().interface({ name: `10-${'é'.repeat(30_000)}` })
    expect(readAll(cut.take()).info.interfaceNames).toEqual([`10-${'é'.repeat(126)}…`])
    // Each of these takes six characters in JSON.
    const control = new PcapngBuilder().section().interface({ name: '\u0001'.repeat(200) })
    expect(readAll(control.take()).info).toMatchObject({ interfaceNames: [], interfacesLeftOut: 1 })
  })

  test('keep the counters of their last statistics', () => {
    const capture = plain()
      .statistics(0, { ifrecv: 10n, ifdrop: 1n })
      .packet(RECORD)
      .statistics(0, { ifrecv: 0x1_0000_0002n, osdrop: 3n })
      .statistics(5, { ifrecv: 99n })
      .take()
    const { info, error } = readAll(capture)
    expect(error).toBeUndefined()
    expect(info.droppedPackets).toBe(4)
  })

  test('count drops from the options of packets', () => {
    const capture = plain()
    const inbound = capture.body().u32(1).take()
    capture
      .packet(RECORD, [[4, capture.u64(0x1_0000_0000n)]])
      .packet(RECORD, [
        [1, FRAME],
        [2, inbound],
        [4, capture.u64(5n)],
      ])
      .packet(RECORD)
    expect(readAll(capture.take()).info.droppedPackets).toBe(0x1_0000_0005)
  })

  test('say how long the FCS is, and packets may know better', () => {
    const capture = new PcapngBuilder().section().interface({ fcsBytes: 4 })
    const twoBytes = capture
      .body()
      .u32(2 << 5)
      .take()
    capture
      .packet(RECORD)
      .packet(RECORD, [[2, twoBytes]])
      .packet({ ...RECORD, origlen: 1514 })
      .simplePacket(FRAME)
    expect(readAll(capture.take()).records.map(({ bytes }) => bytes.length)).toEqual([1, 3, 5, 1])
  })

  test('with options that run out of their block are taken as far as they go', () => {
    const broken = new PcapngBuilder().section()
    const body = broken.body().u16(101).u16(0).u32(0).u16(2).u16(400).u32(0).take()
    const { records, error } = readAll(broken.block(1, body).packet(RECORD).take())
    expect(error).toBeUndefined()
    expect(records[0]?.linktype).toBe(101)
  })
})

describe('sections', () => {
  test('have their own byte order and interfaces', () => {
    const capture = new PcapngBuilder()
      .section({ littleEndian: true })
      .interface({ linktype: 1 })
      .interface({ linktype: 101 })
      .packet({ ...RECORD, interfaceId: 1 })
      .section({ littleEndian: false, version: [1, 2] })
      .interface({ linktype: 113, tsresol: 9 })
      .packet({ ...RECORD, timeNs: FIRST_NS + 7n })
      .take()
    const { records, info } = readAll(capture)
    expect(records).toMatchObject([
      { linktype: 101, timeNs: FIRST_US_NS },
      { linktype: 113, timeNs: FIRST_NS + 7n },
    ])
    expect(info).toMatchObject({ sections: 2, littleEndian: false, version: '1.2' })
    expect(info.interfaces).toBe(3)
  })

  test('do not inherit interfaces', () => {
    const { records, error } = readAll(plain().packet(RECORD).section().packet(RECORD).take())
    expect(records).toHaveLength(1)
    expect(error).toMatchObject({
      code: 'ERR_CAPTURE_FORMAT',
      expected: 'an interface below 0',
      found: 'interface 0',
    })
  })
})

describe('other blocks', () => {
  // Which of them have a frame number was tried with tshark 4.0.17.
  test.each([
    { type: 9, numbered: true, what: 'systemd journal' },
    { type: 0x204, numbered: true, what: 'sysdig event' },
    { type: 0x216, numbered: true, what: 'sysdig event, version 2' },
    { type: 0x221, numbered: true, what: 'sysdig event, version 2, large' },
    { type: 0xbad, numbered: true, what: 'custom, may be copied' },
    { type: 0x4000_0bad, numbered: true, what: 'custom, may not be copied' },
    { type: 4, numbered: false, what: 'name resolution' },
    { type: 10, numbered: false, what: 'decryption secrets' },
    { type: 0x201, numbered: false, what: 'sysdig machine information' },
    { type: 0x208, numbered: false, what: 'sysdig event with flags' },
    { type: 0x8000_0001, numbered: false, what: 'private' },
    { type: 0x12345, numbered: false, what: 'unknown' },
  ])('$what', ({ type, numbered }) => {
    const capture = plain().packet(RECORD).block(type, new Uint8Array(64)).packet(RECORD).take()
    const { records, info, error } = readAll(capture)
    expect(error).toBeUndefined()
    expect(records.map(({ frame }) => frame)).toEqual(numbered ? [1, 3] : [1, 2])
    expect(info.skippedRecords).toBe(Number(numbered))
  })

  test('are passed over however long, without growing the buffer', () => {
    const capture = plain().block(0xbad, new Uint8Array(3_000_000)).packet(RECORD).take()
    expect(readAll(capture, [999], 256).records).toHaveLength(1)
  })

  test('may leave their padding out of the length', () => {
    for (const trailer of [91, 92]) {
      const odd = plain().packet(RECORD)
      const frame = new Uint8Array(59).fill(9)
      const body = odd.body().u32(0).u32(0).u32(0).u32(59).u32(59).raw(frame).take()
      odd
        .block(6, body, { length: 91, trailer })
        .block(0x12345, FRAME, { length: 17 })
        .packet(RECORD)
      const { records, error } = readAll(odd.take())
      expect(error).toBeUndefined()
      expect(records.map(({ bytes }) => bytes.length)).toEqual([5, 59, 5])
      expect(records[1]?.bytes).toEqual(frame)
    }
  })
})

describe('damage', () => {
  const before = plain().packet(RECORD).take()
  const tail = new PcapngBuilder()

  test.each([
    {
      what: 'an undeclared interface',
      block: plain().packet({ ...RECORD, interfaceId: 1 }),
      problem: 'record of an undeclared interface',
      expected: 'an interface below 1',
      found: 'interface 1',
      code: 'ERR_CAPTURE_FORMAT',
    },
    {
      what: 'a length below the fixed fields',
      block: plain().block(0x12345, FRAME, { length: 8 }),
      problem: 'impossible block length',
      expected: 'at least 12 bytes',
      found: '8',
    },
    {
      what: 'a packet block without room for its fields',
      block: plain().block(6, new Uint8Array(8)),
      problem: 'impossible block length',
      expected: 'at least 32 bytes',
      found: '20',
    },
    {
      what: 'an enormous packet block',
      block: plain().block(6, new Uint8Array(40), { length: 0x7fff_fff0 }),
      problem: 'impossible block length',
      expected: 'at most 16777216 bytes',
      found: '2147483632',
    },
    {
      what: 'lengths that differ',
      block: plain().block(6, new Uint8Array(40), { trailer: 56 }),
      problem: 'block lengths differ',
      expected: 'total length 52 again at the end of the block',
      found: '56',
    },
    {
      what: 'lengths that differ around a block nobody needs',
      block: plain().block(0x12345, new Uint8Array(40), { trailer: 0 }),
      problem: 'block lengths differ',
      expected: 'total length 52 again at the end of the block',
      found: '0',
    },
    {
      what: 'a caplen larger than the block',
      block: plain().block(6, tail.body().zeros(12).u32(80).u32(80).zeros(60).take()),
      problem: 'record larger than its block',
      expected: 'a caplen of at most 60',
      found: '80',
    },
    {
      what: 'a section without a byte order',
      block: plain().block(0x0a0d0d0a, new Uint8Array(16)),
      problem: 'unknown pcapng byte order',
      expected: 'byte-order magic 0x1a2b3c4d',
      found: '0x00000000',
      code: 'ERR_CAPTURE_FORMAT',
      into: 8,
    },
    {
      what: 'a section of a version to come',
      block: plain().section({ version: [2, 0] }),
      problem: 'unsupported pcapng version',
      expected: 'version 1',
      found: '2.0',
      code: 'ERR_CAPTURE_FORMAT',
      into: 12,
    },
  ])('$what', ({ block, problem, expected, found, code = 'ERR_CAPTURE_LENGTH', into = 0 }) => {
    const damaged = block.take().subarray(SECTION_BYTES + PLAIN_INTERFACE_BYTES)
    const { records, error } = readAll(concat([before, damaged, before]))
    const offset = before.length + into
    expect(records).toHaveLength(1)
    expect(error).toMatchObject({
      code,
      offset,
      message: `${problem} at byte ${offset}: expected ${expected}, found ${found}`,
    })
  })

  test('a simple packet block needs an interface too', () => {
    const { error } = readAll(new PcapngBuilder().section().simplePacket(FRAME).take())
    expect(error).toMatchObject({ offset: SECTION_BYTES, found: 'interface 0' })
  })

  test.each([
    { left: 6, expected: 'a block header of 8 bytes' },
    { left: 30, expected: 'a block of 40 bytes' },
    { left: 39, expected: 'a block of 40 bytes' },
  ])('cut $left bytes into a packet block', ({ left, expected }) => {
    const start = SECTION_BYTES + PLAIN_INTERFACE_BYTES
    const { error } = readAll(before.subarray(0, start + left))
    expect(error).toMatchObject({ code: 'ERR_CAPTURE_TRUNCATED', offset: start, expected })
    expect(error?.found).toBe(`${left} bytes and the end of the capture`)
  })

  test('cut in a block that is passed over, and in the first section header', () => {
    const skipped = plain().block(0xbad, new Uint8Array(1000)).take()
    expect(readAll(skipped.subarray(0, 500)).error).toMatchObject({
      code: 'ERR_CAPTURE_TRUNCATED',
      offset: SECTION_BYTES + PLAIN_INTERFACE_BYTES,
      expected: 'a block of 1012 bytes',
      found: `${500 - SECTION_BYTES - PLAIN_INTERFACE_BYTES} bytes and the end of the capture`,
    })
    expect(readAll(before.subarray(0, 20)).error).toMatchObject({
      code: 'ERR_CAPTURE_TRUNCATED',
      offset: 0,
      expected: 'a section header of 24 bytes',
    })
  })
})
