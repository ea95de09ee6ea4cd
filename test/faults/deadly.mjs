// Preloaded by the tests of workers: a thread that opens a capture named after a death dies it.
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { isMainThread } from 'node:worker_threads'

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
