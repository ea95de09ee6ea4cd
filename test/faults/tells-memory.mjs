// Loaded into the program: says at its end how much memory it took at most, in MB, as the last line of standard error.

import { writeSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'

if (isMainThread) {
  process.on('exit', () => {
    writeSync(2, `\npeak ${Math.round(process.resourceUsage().maxRSS / 1024)}`)
  })
}
