// Input twice and four times as large: processor time, the best of three, and memory. A run is a shape.
import { fork } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { built, say } from './report.mjs'

const { SHAPES } = await built('doubling/shapes.js')

const MEASURED = fileURLToPath(new URL('measured.mjs', import.meta.url))
const TRIES = 3
/** Four times the size may take so much more time. */
const RATIO_MAX = 5.5
/** Less than that is mostly what any run takes. */
const LEAST_MS = 20
const MEGABYTES_MAX = 512

/** Runs as the options say. */
export async function run(values) {
  const first = Number(values.only ?? values.first)
  const count = values.only === undefined ? Number(values.runs ?? SHAPES.length) : 1
  const scratch = mkdtempSync(join(tmpdir(), 'tcp-teardown-doubling-'))
  let finds = 0
  for (const [i, shape] of SHAPES.slice(first, first + count).entries()) {
    const costs = []
    for (const times of [1, 2, 4]) costs.push(await best(shape, times * shape.timed, scratch))
    const [once, , four] = costs
    const ratio = four.ms / Math.max(once.ms, LEAST_MS)
    const isFind = ratio > RATIO_MAX || four.megabytes > MEGABYTES_MAX
    if (isFind) finds++
    const times = costs.map(({ ms }) => Math.round(ms)).join(', ')
    const mark = isFind ? 'FIND' : 'ok'
    const numbers = `${times} ms, ${ratio.toFixed(1)} times, ${Math.round(once.megabytes)} to ${Math.round(four.megabytes)} MB`
    say(
      `${String(first + i).padStart(3)} ${mark.padEnd(4)} ${shape.name} (${shape.timed}): ${numbers}`,
    )
  }
  rmSync(scratch, { recursive: true })
  say(`${finds} finds`)
  if (finds > 0) process.exitCode = 1
}

/** The least a size takes. */
async function best({ make }, n, scratch) {
  let least = { ms: Infinity, megabytes: Infinity }
  for (let tries = 0; tries < TRIES; tries++) {
    const folder = join(scratch, 'input')
    mkdirSync(folder)
    const { ms, megabytes } = await measured(make(n, folder))
    rmSync(folder, { recursive: true })
    least = { ms: Math.min(ms, least.ms), megabytes: Math.min(megabytes, least.megabytes) }
  }
  return least
}

function measured(args) {
  return new Promise((resolve, reject) => {
    const child = fork(MEASURED, args, { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] })
    child.on('message', resolve)
    child.on('exit', () => reject(new Error(`no measure of ${args.join(' ').slice(0, 200)}`)))
  })
}
