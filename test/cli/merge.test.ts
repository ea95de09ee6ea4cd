// Captures as one timeline: as if they had never been split, or as if one host had captured on both interfaces.

import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { PcapngBuilder, buildPcap } from '../support/capture-builder.js'
import { lz4Frame, raw, zstdFrame } from '../support/frames.js'
import { type ScenarioFrame, scenarioFrames } from '../support/scenario.js'
import { Scratch, analyze, connections, rows } from './run-cli.js'

const scratch = new Scratch()

const CLOSED = `
0.000 > S 0:0(0)
0.001 < S. 0:0(0) ack 1
0.002 > . 1:1(0) ack 1
0.010 > P. 1:101(100) ack 1
0.020 < P. 1:201(200) ack 101
1.000 > F. 101:101(0) ack 201
1.001 < F. 201:201(0) ack 102
1.002 > . 102:102(0) ack 202`

/** Two connections, one a little later than the other. */
const FRAMES: readonly ScenarioFrame[] = [
  ...scenarioFrames(CLOSED),
  ...scenarioFrames(CLOSED.replaceAll(/^(\d\.\d{3})/gm, '$15'), { clientPort: 41_000 }),
].sort((a, b) => Number(a.timeNs - b.timeNs))

async function filesOf(
  parts: readonly (readonly ScenarioFrame[])[],
  name: string,
): Promise<string[]> {
  return Promise.all(
    parts.map((frames, at) =>
      scratch.file(`${name}${at}`, buildPcap(frames, { format: 'pcap-ns' })),
    ),
  )
}

async function merged(paths: readonly string[]): Promise<unknown[]> {
  const { code, stdout, stderr } = await analyze(['-f', 'ndjson', '--merge', ...paths])
  expect([code, stderr]).toEqual([0, ''])
  return connections(stdout).map(({ capture: _capture, ...rest }) => rest)
}

let wholeOnce: Promise<unknown[]> | undefined

/** The same frames in one file, which is written once: tests run side by side. */
function whole(): Promise<unknown[]> {
  wholeOnce ??= readWhole()
  return wholeOnce
}

async function readWhole(): Promise<unknown[]> {
  const [path = ''] = await filesOf([FRAMES], 'whole')
  const { stdout } = await analyze(['-f', 'ndjson', path])
  return connections(stdout).map(({ capture: _capture, ...rest }) => rest)
}

describe.concurrent('--merge', () => {
  test.each([1, 3, 8, 15])('files that follow one another, cut behind packet %i', async (cut) => {
    const paths = await filesOf([FRAMES.slice(0, cut), FRAMES.slice(cut)], `cut${cut}-`)
    expect(await merged(paths)).toEqual(await whole())
    expect(await merged(paths.reverse())).toEqual(await whole())
  })

  test('files that overlap, packet by packet', async () => {
    const parts = [0, 1, 2].map((part) => FRAMES.filter((_f, at) => at % 3 === part))
    expect(await merged(await filesOf(parts, 'overlap'))).toEqual(await whole())
  })

  test('files that overlap, each compressed in another way', async () => {
    const [gzip, zstd, lz4] = [0, 1, 2].map((part) =>
      buildPcap(
        FRAMES.filter((_f, at) => at % 3 === part),
        { format: 'pcap-ns' },
      ),
    ) as [Uint8Array, Uint8Array, Uint8Array]
    const paths = await Promise.all([
      scratch.file('packed.pcap0.gz', gzipSync(gzip)),
      scratch.file('packed.pcap1.zst', zstdFrame([raw(zstd)], { window: 7 << 3 })),
      scratch.file('packed.pcap2.lz4', lz4Frame([{ plain: lz4 }])),
    ])
    expect(await merged(paths)).toEqual(await whole())
    const { stdout } = await analyze(['-f', 'ndjson', '--merge-series', ...paths])
    expect(connections(stdout).map(({ capture: _capture, ...rest }) => rest)).toEqual(await whole())
  })

  test('names the capture that begins first, and how many there were', async () => {
    const [a = '', b = ''] = await filesOf([FRAMES.slice(0, 4), FRAMES.slice(4)], 'named')
    const { stdout } = await analyze(['-f', 'ndjson', '--merge', b, a])
    expect(new Set(connections(stdout).map(({ capture }) => capture))).toEqual(new Set([a]))
    expect(rows(stdout).at(-2)).toMatchObject({ type: 'capture', capture: a, merged_captures: 2 })
    expect(rows(stdout).at(-1)).toMatchObject({ captures: 1, packets: FRAMES.length })
  })

  test('frames that are no segments have no offset: there is no one capture it would be in', async () => {
    const other = { timeNs: 0n, bytes: new Uint8Array(60) }
    const [a = '', b = ''] = await filesOf([FRAMES.slice(0, 4), FRAMES.slice(4)], 'offsets')
    const c = await scratch.file('offsets-c', buildPcap([other]))
    const { stdout } = await analyze(['-f', 'ndjson', '--merge', a, b, c])
    expect(rows(stdout).at(-2)?.['skipped']).toEqual([{ name: 'bad-header', packets: 1 }])
  })

  test('a capture without packets still says what was lost', async () => {
    const [a = ''] = await filesOf([FRAMES], 'lost-a')
    const lost = new PcapngBuilder().section().interface({ name: 'eth7', linktype: 113 })
    const b = await scratch.file('lost-b', lost.statistics(0, { ifdrop: 12_345n }).take())
    for (const paths of [
      [a, b],
      [b, a],
    ]) {
      const { stdout } = await analyze(['-f', 'ndjson', '--merge', ...paths])
      expect(rows(stdout).at(-2)).toMatchObject({
        dropped_packets: 12_345,
        interfaces: ['eth7'],
        packets: FRAMES.length,
      })
      expect(connections(stdout)[0]?.['flags']).toContain('capture_drops')
    }
  })

  test('a damaged part is named, the others are read', async () => {
    const [a = '', b = ''] = await filesOf([FRAMES.slice(0, 4), FRAMES.slice(4)], 'damaged')
    const bad = await scratch.file('damaged-x', new Uint8Array(100).fill(7))
    const { code, stdout, stderr } = await analyze(['-f', 'ndjson', '--merge', a, bad, b])
    expect(code).toBe(2)
    expect(stderr).toContain(`${bad}: not a capture at byte 0`)
    expect(connections(stdout)).toHaveLength(2)
  })
})

test('every damaged part is named, and the worst one counts', async () => {
  const [a = ''] = await filesOf([FRAMES], 'worst')
  const cut = await scratch.file('worst-cut', buildPcap(FRAMES, { format: 'pcap-ns' }).slice(0, -5))
  const bad = await scratch.file('worst-bad', new Uint8Array(100).fill(7))
  const { code, stderr } = await analyze(['-f', 'ndjson', '--merge', cut, bad, '/nowhere/x', a])
  expect(code).toBe(2)
  expect(stderr).toContain(`${bad}: not a capture`)
  expect(stderr).toContain(`${cut}: capture cut short`)
  expect(stderr).toContain('cannot read /nowhere/x')
})

test('pipes are refused: they cannot be looked into first', async () => {
  const { code, stderr } = await analyze(['--merge', '-', 'samples/fin-normal.pcap'])
  expect([code, stderr]).toEqual([2, expect.stringContaining('standard input is no regular file')])
})

describe.concurrent('rotated files', () => {
  test('are pointed out, and merged by their names with --merge-series', async () => {
    const ring = await filesOf([FRAMES.slice(0, 5), FRAMES.slice(5)], 'ring.pcap')
    const other = await scratch.file('other.pcap', buildPcap(scenarioFrames(CLOSED)))
    const apart = await analyze(['-f', 'ndjson', ...ring, other])
    expect(apart.stderr).toMatch(
      /2 captures look like parts of one \(.*ring\.pcap0 and on\): --merge-series/,
    )
    expect(connections(apart.stdout)).toHaveLength(5)
    for (const jobs of ['1', '2']) {
      const run = await analyze(['-f', 'ndjson', '--merge-series', '--jobs', jobs, ...ring, other])
      expect(run.stderr).toBe('')
      expect(connections(run.stdout).map(({ cause }) => cause)).toEqual([
        'normal',
        'normal',
        'normal',
      ])
    }
  })
})

test('--merge and --merge-series exclude each other', async () => {
  const { code, stderr } = await analyze(['--merge', '--merge-series', 'samples/fin-normal.pcap'])
  expect([code, stderr]).toEqual([
    2,
    expect.stringContaining("'--merge-series' cannot be used with option '--merge'"),
  ])
})
