// The command once, in a process of its own, which then says what it took: milliseconds of processor time, and megabytes at
// its most.
import { readFileSync } from 'node:fs'
import { main } from '../../../dist/main.js'

const before = process.cpuUsage()
await main(['node', 'tcp-teardown', ...process.argv.slice(2)])
const { user, system } = process.cpuUsage(before)
process.send({ ms: (user + system) / 1000, megabytes: peakKilobytes() / 1024 })
process.exitCode = 0

/** On Linux what the system says of a process counts the one it was forked from; its own is in /proc. */
function peakKilobytes() {
  try {
    const [, own] = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))
    return Number(own)
  } catch {
    return process.resourceUsage().maxRSS
  }
}
