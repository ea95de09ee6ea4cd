// Captures that keep the program busy for some tenths of a second.

import { mkdirSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { manyRefused } from '../../faults/captures.js'

/** From this size on the rows of a single capture are made by threads of their own. */
const LARGE_BYTES = 33e6
const RECORD_HEADER_BYTES = 16

/** Captures to be analyzed. */
export interface Captures {
  /** Some of about the same size, below one folder. */
  readonly folder: string
  readonly names: readonly string[]
  /** One that is worth more than one thread. */
  readonly large: string
}

/** Writes captures below a folder, with so many connections in each. */
export function writeKillCaptures(scratch: string, connections: number): Captures {
  const folder = join(scratch, 'captures')
  mkdirSync(join(folder, 'below'), { recursive: true })
  const bytes = manyRefused(connections)
  const names = ['a.pcap', 'below/b.pcap', 'below/c.pcap.gz', 'd.pcap']
  for (const name of names) {
    writeFileSync(join(folder, name), name.endsWith('.gz') ? gzipSync(bytes, { level: 1 }) : bytes)
  }
  const large = join(scratch, 'large.pcap')
  writeFileSync(large, bytes)
  // Zeros are empty records.
  const records = Math.ceil((LARGE_BYTES - bytes.length) / RECORD_HEADER_BYTES)
  truncateSync(large, bytes.length + records * RECORD_HEADER_BYTES)
  return { folder, names, large }
}
