// Several captures as one: no record is lost or moved, however many there are, and what waits is bounded.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, test } from 'vitest'
import { CaptureClock } from '../../../src/capture/clock.js'
import { MergedCaptures } from '../../../src/capture/merge.js'
import { MergeMemory } from '../../../src/capture/merge-memory.js'
import { RecordQueue } from '../../../src/capture/record-queue.js'
import { PcapngBuilder, buildPcap } from '../../support/capture-builder.js'

const folder = mkdtempSync(join(tmpdir(), 'merge-'))
afterAll(() => rmSync(folder, { recursive: true }))
let files = 0

function file(bytes: Uint8Array): string {
  const path = join(folder, `${files++}`)
  writeFileSync(path, bytes)
  return path
}

/** A frame that tells itself from others. */
function frame(name: string, length = name.length): Uint8Array {
  const bytes = new Uint8Array(length)
  bytes.set(Buffer.from(name))
  return bytes
}

const JOURNAL = 9
const entry = Buffer.from('MESSAGE=x\n')
const at = (s: number, name: string): { timeNs: bigint; bytes: Uint8Array } => ({
  timeNs: BigInt(s) * 1_000_000_000n,
  bytes: frame(name),
})
const pcap = (...records: readonly { timeNs: bigint; bytes: Uint8Array }[]): string =>
  file(buildPcap(records))
const pcapng = (): PcapngBuilder => new PcapngBuilder().section().interface()

/** Names of the frames in the order in which they come, `-` for an entry without one, each with its second. */
async function merged(paths: readonly string[]): Promise<string[]> {
  const captures = await MergedCaptures.open(paths)
  const clock = new CaptureClock()
  clock.baseNs = captures.baseNs
  const seen: string[] = []
  function second(timeNs: number): number {
    return timeNs / 1e9 + Number(captures.baseNs ?? 0n) / 1e9
  }
  const handler = {
    onRecord: (view: DataView, start: number, end: number, ...rest: readonly number[]): void => {
      const bytes = new Uint8Array(view.buffer, view.byteOffset + start, Math.min(end - start, 8))
      const name = Buffer.from(bytes).toString().replaceAll('\0', '')
      seen.push(`${name}@${second(rest[2] ?? NaN)}`)
    },
    onSkippedRecord: (timeNs: number): void => void seen.push(`-@${second(timeNs)}`),
  }
  await captures.read(handler, clock, {})
  expect(captures.problems).toEqual([])
  const { records, skippedRecords } = captures.info
  expect(records + skippedRecords).toBe(seen.length)
  return seen
}

describe('records without a time', () => {
  const timed = pcap(at(10, 'a'), at(20, 'b'), at(30, 'c'))

  test('have that of the one before them', async () => {
    const other = file(
      pcapng()
        .packet(at(15, 'd'))
        .simplePacket(frame('e'))
        .block(JOURNAL, entry)
        .packet(at(25, 'f'))
        .block(JOURNAL, entry)
        .take(),
    )
    const expected = ['a@10', 'd@15', 'e@15', '-@15', 'b@20', 'f@25', '-@25', 'c@30']
    expect(await merged([timed, other])).toEqual(expected)
    expect(await merged([other, timed])).toEqual(expected)
  })

  test('at the beginning, that of the first one behind them', async () => {
    const other = file(
      pcapng().block(JOURNAL, entry).simplePacket(frame('d')).packet(at(25, 'e')).take(),
    )
    const expected = ['a@10', 'b@20', '-@25', 'd@25', 'e@25', 'c@30']
    expect(await merged([timed, other])).toEqual(expected)
    expect(await merged([other, timed])).toEqual(expected)
  })

  test('in a capture without any, that of the beginning', async () => {
    const other = file(pcapng().simplePacket(frame('d')).block(JOURNAL, entry).take())
    expect(await merged([timed, other])).toEqual(['d@10', '-@10', 'a@10', 'b@20', 'c@30'])
    const third = file(pcapng().block(JOURNAL, entry).simplePacket(frame('e')).take())
    expect(await merged([other, third])).toEqual(['d@0', '-@0', '-@0', 'e@0'])
  })
})

test('of equal times the capture that begins first comes first, whole', async () => {
  const paths = [
    pcap(at(5, 'a'), at(5, 'b'), at(5, 'c'), at(6, 'd')),
    pcap(at(4, 'e'), at(5, 'f'), at(5, 'g')),
    pcap(at(5, 'h'), at(6, 'i'), at(6, 'j')),
  ]
  const names = (await merged(paths)).map((text) => text[0]).join('')
  expect(names).toBe('efgabchdij')
})

test('times that run back within a capture lose nothing', async () => {
  const paths = [pcap(at(5, 'a'), at(3, 'b'), at(9, 'c')), pcap(at(4, 'd'), at(6, 'e'))]
  expect((await merged(paths)).map((text) => text[0]).join('')).toBe('dabec')
})

test('many captures, compressed and not, in turns', async () => {
  const count = 300
  const paths = Array.from({ length: count }, (_, n) => {
    const records = Array.from({ length: 5 }, (_r, round) => at(round * count + n, `${n}`))
    const bytes = buildPcap(records)
    return file(n % 3 === 0 ? gzipSync(bytes) : bytes)
  })
  const expected = Array.from({ length: 5 * count }, (_, s) => `${s % count}@${s}`)
  expect(await merged(paths)).toEqual(expected)
})

describe('memory', () => {
  test('is shared out: the more waits, the less is read at once', () => {
    const memory = new MergeMemory()
    for (let n = 0; n < 5000; n++) memory.heldBytes += memory.stepBytes
    expect(memory.heldBytes).toBeLessThan(128 << 20)
    expect(memory.stepBytes).toBeGreaterThan(1000)
  })

  test('of an empty queue is small again', () => {
    const queue = new RecordQueue()
    const small = queue.heldBytes
    const view = new DataView(new ArrayBuffer(1 << 20))
    for (let n = 0; n < 20; n++) queue.add(view, 0, 1 << 20, 0, 0, n, 0)
    queue.shrink()
    expect(queue.heldBytes).toBeGreaterThan(20 << 20)
    queue.deliver({ onRecord: () => {} }, Infinity)
    queue.shrink()
    expect(queue.heldBytes).toBe(small)
  })
})
