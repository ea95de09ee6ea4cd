// Preloaded by the tests of workers: a thread that opens a capture named after a death dies it, and one that is given
// more than DIE_AFTER_TASKS tasks exits.
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { isMainThread, parentPort } from 'node:worker_threads'

const DEATHS = {
  'exits.pcap': () => process.exit(7),
  'throws.pcap': () => {
    fs.fstatSync = () => {
      throw new Error('a bug')
    }
    syncBuiltinESMExports()
  },
  'eats.pcap': () => {
    for (const all = []; ;) all.push(Array.from({ length: 1e5 }, (_, i) => ({ i })))
  },
}

if (!isMainThread) {
  const { openSync } = fs
  fs.openSync = (path, ...more) => {
    DEATHS[String(path).split('/').at(-1)]?.()
    return openSync(path, ...more)
  }
  syncBuiltinESMExports()
}

const { DIE_AFTER_TASKS } = process.env
if (!isMainThread && DIE_AFTER_TASKS !== undefined) {
  let tasks = 0
  parentPort.on('message', () => {
    tasks++
    if (tasks > Number(DIE_AFTER_TASKS)) process.exit(7)
  })
}
