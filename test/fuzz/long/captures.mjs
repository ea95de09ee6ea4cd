// Damaged captures. Finds are made smaller and written to test/fuzz/seeds, which the short test replays.
import { writeFileSync } from 'node:fs'
import { ROOT, built, say } from './report.mjs'

const { campaign } = await built('campaign.js')
const { corpus } = await built('corpus.js')
const { inputOf } = await built('input.js')
const { minimised } = await built('minimise.js')

const RUNS = 1_000_000
const PROGRESS_RUNS = 1 << 17
const bases = corpus(ROOT)

/** Runs as the options say. */
export async function run(values) {
  // Half of the inputs end in an error that is expected: to note where each was thrown takes a tenth of the time.
  Error.stackTraceLimit = values.only === undefined ? 0 : 20
  await (values.only === undefined ? long(values) : single(values))
}

function rate({ runs, seconds }) {
  return `${runs} runs in ${seconds.toFixed(1)} s, ${Math.round(runs / seconds)} runs/s`
}

async function long(values) {
  const seed = Number(values.seed)
  const limits = {
    runs: Number(values.runs ?? RUNS),
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
  for (const { run: at, property, message, bytes } of finds) {
    const small = await minimised(bytes, property)
    const name = `${property.replaceAll(/\W+/g, '-')}-${seed}-${at}.bin`
    writeFileSync(new URL(`../seeds/${name}`, import.meta.url), small)
    say(
      `\nrun ${at}: ${message.slice(0, 1500)}\n  ${small.length} bytes in test/fuzz/seeds/${name}`,
    )
  }
  if (finds.length > 0) process.exitCode = 1
}

async function single(values) {
  const [seed, at] = [Number(values.seed), Number(values.only)]
  const { bytes } = inputOf(bases, seed, at)
  const name = `find-${seed}-${at}.bin`
  writeFileSync(name, bytes)
  const limits = { runs: 1, seconds: Infinity, finds: 1, timed: true }
  const { finds } = await campaign(bases, seed, at, limits)
  say(`${bytes.length} bytes in ${name}`)
  say(finds[0]?.message ?? 'every property holds')
  if (finds.length > 0) process.exitCode = 1
}
