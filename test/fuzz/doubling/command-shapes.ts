// Hostile command lines: many captures, long lists, one large connection.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ACK, copies, pcapOf, scattered, segment, SYN, V4 } from './copies.js'
import type { Shape } from './shape.js'

const RECORDS = 20
const STREAMS = 2000

/** Connections, as many as are asked for. */
function flood(n: number): Uint8Array {
  return pcapOf(
    copies(segment({ flags: SYN }), n, (view, at, i) =>
      view.setUint32(at + V4.source, scattered(i)),
    ),
  )
}

/** Captures whose records lie between those of all others. */
function writeInterleaved(n: number, folder: string): string[] {
  return Array.from({ length: n }, (_, file) => {
    const path = join(folder, `${file}.pcap`)
    const records = copies(
      segment({ flags: SYN, payload: [] }),
      RECORDS,
      (view, at, i) => view.setUint32(at + V4.source, file * RECORDS + i),
      (i) => n * i + file,
    )
    writeFileSync(path, pcapOf(records))
    return path
  })
}

/** Captures one after another in time. */
function writeRow(n: number, folder: string): string[] {
  return Array.from({ length: n }, (_, file) => {
    const path = join(folder, `${file}.pcap`)
    const first = file * RECORDS
    const records = copies(
      segment({ flags: SYN }),
      RECORDS,
      (view, at, i) => view.setUint32(at + V4.source, first + i),
      (i) => first + i,
    )
    writeFileSync(path, pcapOf(records))
    return path
  })
}

function writeFlood(n: number, folder: string): string {
  const path = join(folder, 'capture')
  writeFileSync(path, flood(n))
  return path
}

function numbers(n: number): string {
  return Array.from({ length: n }, (_, i) => i).join()
}

function addresses(n: number): string {
  return Array.from({ length: n }, (_, i) => {
    const word = scattered(n + i)
    return [24, 16, 8, 0].map((shift) => (word >>> shift) & 255).join('.')
  }).join()
}

const ANALYZE = ['analyze', '-f', 'csv', '--jobs', '1']

/** Shapes of command lines. Linux takes 128 KB in one argument, and two megabytes in all. */
export const COMMAND_SHAPES: readonly Shape[] = [
  {
    name: 'captures whose records lie between each other',
    counted: 20,
    timed: 200,
    make: (n, folder) => [...ANALYZE, '--merge', ...writeInterleaved(n, folder)],
  },
  {
    name: 'captures of one timeline',
    counted: 8,
    timed: 400,
    make: (n, folder) => [...ANALYZE, '--merge', ...writeRow(n, folder)],
  },
  {
    name: 'captures of one run',
    counted: 8,
    timed: 400,
    make: (n, folder) => [...ANALYZE, ...writeRow(n, folder)],
  },
  {
    name: 'results in a folder',
    counted: 8,
    timed: 400,
    make: (n, folder) => [...ANALYZE, '--out-dir', join(folder, 'results'), ...writeRow(n, folder)],
  },
  {
    name: 'one capture named many times, into a folder',
    counted: 20,
    timed: 1000,
    make: (n, folder) => {
      const path = writeFlood(2, folder)
      const again = Array.from({ length: n }, () => path)
      return [...ANALYZE, '--out-dir', join(folder, 'results'), ...again]
    },
  },
  {
    name: 'a long list of streams',
    counted: 500,
    timed: 5000,
    make: (n, folder) => [...ANALYZE, '--stream', numbers(n), writeFlood(STREAMS, folder)],
  },
  {
    name: 'as many streams as connections',
    counted: 500,
    timed: 4000,
    make: (n, folder) => [...ANALYZE, '--stream', numbers(n), writeFlood(n, folder)],
  },
  {
    name: 'as many hosts as connections',
    counted: 300,
    timed: 2000,
    make: (n, folder) => [...ANALYZE, '--host', addresses(n), writeFlood(n, folder)],
  },
  {
    name: 'long lists of endings',
    counted: 200,
    timed: 1400,
    make: (n, folder) => [
      ...ANALYZE,
      '--fail-on',
      Array.from({ length: n }, () => 'incomplete.midstream').join(),
      writeFlood(1, folder),
    ],
  },
  {
    name: 'a long list of columns',
    counted: 500,
    timed: 4000,
    make: (n, folder) => [
      ...ANALYZE,
      '--columns',
      Array.from({ length: n }, () => 'stream').join(),
      writeFlood(1, folder),
    ],
  },
  {
    name: 'a table of all connections',
    counted: 500,
    timed: 40_000,
    make: (n, folder) => ['analyze', '--all', '--jobs', '1', writeFlood(n, folder)],
  },
  {
    name: 'explain: one connection of many packets',
    counted: 500,
    timed: 100_000,
    make: (n, folder) => {
      const path = join(folder, 'capture')
      const frame = segment({ flags: ACK, payload: [1, 2, 3, 4] })
      const change = (view: DataView, at: number, i: number): void =>
        view.setUint32(at + V4.seq, 8 * scattered(i))
      writeFileSync(path, pcapOf(copies(frame, n, change)))
      return ['explain', '--all', path]
    },
  },
  {
    name: 'explain: one of many connections',
    counted: 300,
    timed: 60_000,
    make: (n, folder) => ['explain', '--stream', '7', writeFlood(n, folder)],
  },
  {
    name: 'explain: none of many connections chosen',
    counted: 300,
    timed: 60_000,
    make: (n, folder) => ['explain', writeFlood(n, folder)],
  },
]
