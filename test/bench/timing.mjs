// Runs a command and tells what it took.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

/** Whether a program is installed. */
export function isThere([program]) {
  return program === process.execPath || spawnSync('which', [program]).status === 0
}

/** Seconds, processor seconds over all threads, and peak memory of one run; a run is stopped after `limitMs`. */
export function run(command, limitMs = 0) {
  const started = process.hrtime.bigint()
  const [program, ...args] = command
  // GNU time tells the peak memory of a child, which Node does not; timeout stops what it has started as well.
  const limited = limitMs > 0 ? ['timeout', '-s', 'KILL', String(limitMs / 1000)] : []
  const timed = existsSync('/usr/bin/time') ? ['/usr/bin/time', '-f', '%M %U %S'] : []
  const [first, ...rest] = [...limited, ...timed, program, ...args]
  const child = spawnSync(first, rest, { stdio: ['ignore', 'ignore', 'pipe'], maxBuffer: 1 << 26 })
  const seconds = Number(process.hrtime.bigint() - started) / 1e9
  const told = /(\d+) ([\d.]+) ([\d.]+)\s*$/.exec(String(child.stderr)) ?? []
  const [, peakKb = NaN, user = NaN, system = NaN] = told.map(Number)
  return {
    seconds,
    cpuSeconds: user + system,
    peakMb: peakKb / 1024,
    tooLong: limitMs > 0 && seconds >= limitMs / 1000,
  }
}

/** The value in the middle. */
export function median(numbers) {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)]
}
