// A process that runs the built program over and over, started by resident.ts: a run is a message with its arguments, and
// ends with a mark on both streams and the exit code. What a run leaves in the process is taken away.
import { writeSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { main } from '../../dist/main.js'

process.on('message', (message) => void run(message))

async function run({ args, cwd, mark }) {
  process.chdir(cwd)
  const code = await main([process.execPath, 'tcp-teardown', ...args])
  process.exitCode = undefined
  for (const signal of ['SIGINT', 'SIGTERM']) process.removeAllListeners(signal)
  process.stderr.removeAllListeners('error')
  for (const fd of [1, 2]) await writeWhole(fd, mark)
  process.send({ code })
}

/** Writes to a stream that may be full. */
async function writeWhole(fd, text) {
  for (let rest = Buffer.from(text); rest.length > 0;) {
    try {
      rest = rest.subarray(writeSync(fd, rest))
    } catch (error) {
      if (error.code !== 'EAGAIN') throw error
      await sleep(1)
    }
  }
}
