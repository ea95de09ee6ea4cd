#!/usr/bin/env node
// The long run of the fuzzing, in one process.
//
//   npm run fuzz                              a million inputs, or ten minutes
//   npm run fuzz -- --runs 1e7 --seconds 3600 --seed 7
//   npm run fuzz -- --seed 7 --only 123456    one input once more, written to find-SEED-RUN.bin
//
// A seed and a run give the same input wherever the same captures lie in samples/ and ../shared/captures. Finds are made
// smaller and written to test/fuzz/seeds, which the short test replays. Exits with 1 if there are any.
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '1000000' },
    seconds: { type: 'string', default: '600' },
    seed: { type: 'string', default: '1' },
    first: { type: 'string', default: '0' },
    only: { type: 'string' },
    'max-finds': { type: 'string', default: '20' },
  },
})

const built = (name) => import(new URL(`../../.fuzz/test/fuzz/${name}`, import.meta.url).href)
const { campaign } = await built('campaign.js')
const { corpus } = await built('corpus.js')
const { inputOf } = await built('input.js')
const { minimised } = await built('minimise.js')

// Half of the inputs end in an error that is expected: to note where each was thrown takes a tenth of the time.
Error.stackTraceLimit = 0

const PROGRESS_RUNS = 1 << 17
const ROOT = new URL('../../', import.meta.url)
const seed = Number(values.seed)
const bases = corpus(ROOT)
const say = (text) => process.stdout.write(`${text}\n`)

function rate({ runs, seconds }) {
  return `${runs} runs in ${seconds.toFixed(1)} s, ${Math.round(runs / seconds)} runs/s`
}

async function long() {
  const limits = {
    runs: Number(values.runs),
    seconds: Number(values.seconds),
    finds: Number(values['max-finds']),
    timed: true,
  }
  say(`seed ${seed}, ${bases.length} captures to begin with`)
  const before = process.cpuUsage()
  const result = await campaign(bases, seed, Number(values.first), limits, (soFar) => {
    if (soFar.runs % PROGRESS_RUNS === 0) say(`${rate(soFar)}, ${soFar.finds.length} finds`)
  })
  const { slowest, finds } = result
  const { user, system } = process.cpuUsage(before)
  say(
    `${rate(result)}, ${Math.round(result.runs / ((user + system) / 1e6))} for each second of processor time`,
  )
  say(`${Math.round(result.bytes / result.runs)} bytes an input`)
  say(`peak memory ${Math.round(process.resourceUsage().maxRSS / 1024)} MB`)
  say(
    `slowest: run ${slowest.run}, ${Math.round(slowest.nsPerByte)} ns/byte, ${slowest.bytes} bytes`,
  )
  say(`${finds.length} finds`)
  for (const { run, property, message, bytes } of finds) {
    const small = await minimised(bytes, property)
    const name = `${property.replaceAll(/\W+/g, '-')}-${seed}-${run}.bin`
    writeFileSync(new URL(`seeds/${name}`, import.meta.url), small)
    say(
      `\nrun ${run}: ${message.slice(0, 1500)}\n  ${small.length} bytes in test/fuzz/seeds/${name}`,
    )
  }
  if (finds.length > 0) process.exitCode = 1
}

async function single(run) {
  Error.stackTraceLimit = 20
  const { bytes } = inputOf(bases, seed, run)
  const name = `find-${seed}-${run}.bin`
  writeFileSync(name, bytes)
  const limits = { runs: 1, seconds: Infinity, finds: 1, timed: true }
  const { finds } = await campaign(bases, seed, run, limits)
  say(`${bytes.length} bytes in ${name}`)
  say(finds[0]?.message ?? 'every property holds')
  if (finds.length > 0) process.exitCode = 1
}

await (values.only === undefined ? long() : single(Number(values.only)))
