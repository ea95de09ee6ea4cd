// Reading where nobody knows when a read comes back: devices, and files of other machines. It happens in a thread of the
// system's, so that this one goes on, and is given up when a signal says so.

import { statfsSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { unlessAborted } from '../base/unless-aborted.js'

const CHUNK_BYTES = 1 << 20

/** Types of file systems behind a network or another process, from linux/magic.h and their own headers. */
const REMOTE_TYPES: ReadonlySet<number> = new Set([
  0x6969, // NFS
  0x517b, // SMB
  0xff534d42, // CIFS
  0xfe534d42, // SMB2
  0x65735546, // FUSE: sshfs, s3fs, gcsfuse
  0x01021997, // 9P
  0x00c36400, // Ceph
  0x5346414f, // AFS
  0x6b414653, // kAFS
  0x73757245, // Coda
  0x0bd00bd0, // Lustre
  0x47504653, // GPFS
])

/** Whether a file is read over a network, or through a process, that may not answer. */
export function isRemote(path: string): boolean {
  try {
    return REMOTE_TYPES.has(statfsSync(path).type)
  } catch {
    return false
  }
}

let underWay = 0

/** Whether a thread still stands in a read: the process does not end by itself then. */
export function hasReadsUnderWay(): boolean {
  return underWay > 0
}

/** The bytes at a path; rejects with the reason of `signal` as soon as that is aborted, also in the middle of a read. */
export async function* patientChunks(
  path: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  const file = await unlessAborted(counted(open(path)), signal)
  let last: Promise<unknown> = Promise.resolve()
  try {
    for (;;) {
      const chunk = new Uint8Array(CHUNK_BYTES)
      const reading = file.read(chunk)
      last = reading.catch(() => undefined)
      const { bytesRead } = await unlessAborted(counted(reading), signal)
      if (bytesRead === 0) break
      yield chunk.subarray(0, bytesRead)
    }
  } finally {
    const closed = last.then(() => file.close())
    closed.catch(() => undefined)
    if (signal?.aborted !== true) await closed
  }
}

/** The same as `work`, counted while it is under way. */
function counted<T>(work: Promise<T>): Promise<T> {
  underWay++
  work.then(oneLess, oneLess)
  return work
}

function oneLess(): void {
  underWay--
}
