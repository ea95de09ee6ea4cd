// The captures of a folder into which somebody rotates: which of them there are, which is next, and which have been read,
// under whatever name. Looked at again and again, because not every file system tells of changes.

import { createHash } from 'node:crypto'
import { closeSync, openSync, readSync, readdirSync, type Stats } from 'node:fs'
import { join } from 'node:path'
import { TeardownError } from '../base/errors.js'
import { systemErrorText } from '../base/system-error.js'
import { beginningOf } from '../capture/compression/beginning.js'
import { compressionOf } from '../capture/compression/compressions.js'
import { startsCapture } from '../capture/magic.js'
import { peek } from '../capture/merge.js'
import { statOf } from '../capture/stat.js'
import type { GrowingFile } from './growing-file.js'

/** Bytes by which a capture is known again: its first records with their times. */
const HEAD_BYTES = 1024
/** Names of captures, compressed ones too. */
const LIKE_A_CAPTURE = /\.(?:pcap|pcapng|cap|dump)\d*(?:\.(?:gz|zst|lz4))?$/i
/** A capture of fewer bytes holds no record: it is looked at again. */
const FEWEST_BYTES = 41
const NS_PER_MS = 1_000_000n
/** A capture behind which there is another one has been closed when it has not changed for so long. */
const CLOSED_MS = 1000
/** Captures that are gone and still known again, under another name. */
const MOST_REMEMBERED = 10_000

/** By what a capture is known again. */
interface Head {
  readonly bytes: number
  readonly hash: string
}

/** One file of the folder. */
interface Entry {
  readonly path: string
  readonly inode: number
  /** The first bytes of it, as they were when it had been read. */
  head: Head | undefined
  /** When its first record was captured, ns since 1970; undefined until it has one. */
  firstNs: bigint | undefined
  size: number
  changedMs: number
  /** When a later capture was first seen. */
  laterMs: number | undefined
  state: 'waiting' | 'reading' | 'read' | 'foreign'
  /** Bytes of it when it had been read. */
  readSize: number
  isTold: boolean
}

/** Says something that the user should know. */
export type Tell = (text: string) => void

/** Keeps track of the captures of one folder. */
export class CaptureFolder {
  private readonly path: string
  private readonly tell: Tell
  private entries = new Map<string, Entry>()
  /** Heads of captures that have been read, the oldest first. */
  private readonly read = new Set<string>()

  constructor(path: string, tell: Tell) {
    this.path = path
    this.tell = tell
  }

  /**
   * Looks at the folder.
   *
   * @throws {TeardownError} ERR_READ if it cannot be listed.
   */
  async look(): Promise<void> {
    const found = new Map<string, Entry>()
    const byInode = new Map([...this.entries.values()].map((entry) => [entry.inode, entry]))
    for (const name of this.names()) {
      const path = join(this.path, name)
      const stat = statOf(path)
      if (stat?.isFile() !== true) continue
      const known = this.entries.get(path)
      const isSame =
        known?.inode === stat.ino && stat.size >= known.size && !(await isRewritten(known, stat))
      if (isSame) found.set(path, known)
      else found.set(path, this.entryOf(path, stat, byInode.get(stat.ino)))
    }
    this.entries = found
    for (const entry of found.values()) await this.update(entry)
  }

  /** The capture that is to be read next, of those that wait the first to begin; it counts as being read. */
  async next(): Promise<string | undefined> {
    for (const entry of this.waiting().sort(byTime)) {
      // What has been read since may be the same, and this one a compressed copy of it.
      if (this.read.has(await headOf(entry.path))) this.passOver(entry)
      else {
        entry.state = 'reading'
        return entry.path
      }
    }
    return undefined
  }

  /** Whether another capture has been begun behind the one that is read: nobody writes to that any more. */
  hasLater(path: string): boolean {
    const current = this.entries.get(path)
    // It is gone, or another one has its name.
    if (current?.state !== 'reading') return true
    const isBehind = this.waiting().some((entry) => byTime(current, entry) < 0)
    if (!isBehind) return false
    // What is buffered comes when it is closed, which may be after the next one was begun.
    current.laterMs ??= Date.now()
    const quietMs = Date.now() - Math.min(current.laterMs, current.changedMs)
    return quietMs >= CLOSED_MS
  }

  /** Says that a capture has been read to its end; `start`: its first bytes. */
  async done(path: string, { readBytes, start }: GrowingFile): Promise<void> {
    const content = await contentOf(start)
    const head = { bytes: content.length, hash: hashOf(content) }
    this.remember(head.hash)
    const entry = this.entries.get(path)
    // Another one may have its name by now.
    if (entry?.state !== 'reading') return
    entry.state = 'read'
    entry.readSize = readBytes
    entry.head = head
  }

  private waiting(): Entry[] {
    return [...this.entries.values()].filter(
      ({ state, firstNs }) => state === 'waiting' && firstNs !== undefined,
    )
  }

  private names(): string[] {
    try {
      return readdirSync(this.path).filter((name) => !name.startsWith('.'))
    } catch (error) {
      throw new TeardownError('ERR_READ', `cannot read ${this.path}: ${systemErrorText(error)}`)
    }
  }

  /** A file that was not there: new, or one that has been renamed. */
  private entryOf(path: string, { ino }: Stats, old: Entry | undefined): Entry {
    const isRenamed = old !== undefined && old.path !== path && statOf(old.path)?.ino !== ino
    if (isRenamed) return { ...old, path }
    return {
      path,
      inode: ino,
      head: undefined,
      firstNs: undefined,
      size: 0,
      changedMs: 0,
      laterMs: undefined,
      state: 'waiting',
      readSize: 0,
      isTold: false,
    }
  }

  private async update(entry: Entry): Promise<void> {
    const { path } = entry
    const { size = entry.size, mtimeMs = entry.changedMs } = statOf(path) ?? {}
    const hasGrown = size > entry.size
    entry.size = size
    entry.changedMs = mtimeMs
    if (entry.state === 'read') this.tellGrowth(entry)
    if (entry.state !== 'waiting' || entry.firstNs !== undefined || !hasGrown) return
    const start = await contentOf(startOf(path))
    if (start.length < FEWEST_BYTES) return
    if (!startsCapture(start)) this.refuse(entry)
    else if (this.read.has(hashOf(start))) this.passOver(entry)
    else await this.begin(entry)
  }

  /** Finds out when it begins. */
  private async begin(entry: Entry): Promise<void> {
    const { firstNs, info, error } = await peek(entry.path, undefined)
    entry.firstNs = firstNs
    if (firstNs !== undefined) return
    // Its records have no time: that of the file stands for it.
    if (info.records > 0) entry.firstNs = BigInt(Math.round(entry.changedMs)) * NS_PER_MS
    else if (error !== undefined && error.code !== 'ERR_CAPTURE_TRUNCATED') {
      entry.state = 'foreign'
      this.tell(error.code === 'ERR_READ' ? error.message : `${entry.path}: ${error.message}`)
    }
  }

  /** Other files may be there too; one that is called like a capture is missed by whoever put it there. */
  private refuse(entry: Entry): void {
    entry.state = 'foreign'
    if (LIKE_A_CAPTURE.test(entry.path)) this.tell(`${entry.path}: not a capture, passed over`)
  }

  private passOver(entry: Entry): void {
    entry.state = 'read'
    entry.readSize = entry.size
  }

  /** What comes into a capture after a later one was begun is not read. */
  private tellGrowth(entry: Entry): void {
    if (entry.isTold || entry.size <= entry.readSize) return
    entry.isTold = true
    this.tell(
      `${entry.path} grew after a later capture was begun: what was added is not read. Give each writer a folder of its own`,
    )
  }

  private remember(head: string): void {
    this.read.add(head)
    if (this.read.size <= MOST_REMEMBERED) return
    const [oldest] = this.read
    if (oldest !== undefined) this.read.delete(oldest)
  }
}

/** Whether a file that has been read has other content now, and has not only grown: the same name, in a ring of files. */
async function isRewritten(
  { state, path, head, changedMs }: Entry,
  { mtimeMs }: Stats,
): Promise<boolean> {
  if (state !== 'read' || mtimeMs === changedMs || head === undefined) return false
  const content = await contentOf(startOf(path))
  return hashOf(content.subarray(0, head.bytes)) !== head.hash
}

function byTime(a: Entry, b: Entry): number {
  const [first, second] = [a.firstNs ?? 0n, b.firstNs ?? 0n]
  if (first !== second) return first < second ? -1 : 1
  return a.path < b.path ? -1 : 1
}

/** The first bytes of a file, none of one that cannot be read: more of a compressed one. */
function startOf(path: string): Uint8Array {
  try {
    const file = openSync(path, 'r')
    try {
      const start = firstBytes(file, HEAD_BYTES)
      const compression = compressionOf(start)
      return compression === undefined ? start : firstBytes(file, compression.startBytes)
    } finally {
      closeSync(file)
    }
  } catch {
    return new Uint8Array(0)
  }
}

function firstBytes(file: number, count: number): Uint8Array {
  const bytes = new Uint8Array(count)
  return bytes.subarray(0, readSync(file, bytes, 0, count, 0))
}

/** The first bytes of what a file holds, decompressed. */
async function contentOf(start: Uint8Array): Promise<Uint8Array> {
  const compression = compressionOf(start)
  if (compression === undefined) return start.subarray(0, HEAD_BYTES)
  try {
    const { bytes } = await beginningOf(compression, start, HEAD_BYTES)
    return bytes
  } catch {
    return start.subarray(0, 0)
  }
}

async function headOf(path: string): Promise<string> {
  return hashOf(await contentOf(startOf(path)))
}

function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('base64')
}
