// What the long runs share: where things are, and how a series is run and told.

/** The top folder of the repository. */
export const ROOT = new URL('../../../', import.meta.url)

/** A module of test/fuzz, as JavaScript. */
export const built = (name) => import(new URL(`.fuzz/test/fuzz/${name}`, ROOT).href)

/** Says a line. */
export const say = (text) => void process.stdout.write(`${text}\n`)

const PROGRESS_S = 30
const MESSAGE_MAX = 6000

/** Runs a series as the options say, `runs` of it by default. */
export async function runSeries(oneRun, values, runs) {
  const { series } = await built('series.js')
  const isOne = values.only !== undefined
  const limits = {
    runs: isOne ? 1 : Number(values.runs ?? runs),
    seconds: Number(values.seconds),
    finds: Number(values['max-finds']),
  }
  let told = PROGRESS_S
  let shown = 0
  function show({ finds }) {
    for (const { run, message } of finds.slice(shown)) {
      say(`\nrun ${run}: ${message.slice(0, MESSAGE_MAX)}`)
    }
    shown = finds.length
  }
  const before = process.cpuUsage()
  const result = await series(oneRun, Number(values.only ?? values.first), limits, (soFar) => {
    show(soFar)
    if (soFar.seconds < told) return
    told += PROGRESS_S
    say(`${rate(soFar)}, ${soFar.finds.length} finds`)
  })
  const { user, system } = process.cpuUsage(before)
  const own = (result.runs / ((user + system) / 1e6)).toFixed(1)
  say(`seed ${values.seed}, ${rate(result)}, ${own} for each second of processor time`)
  say(`peak memory ${Math.round(process.resourceUsage().maxRSS / 1024)} MB`)
  say(result.finds.length === 0 ? 'every property holds' : `${result.finds.length} finds`)
  show(result)
  if (result.finds.length > 0) process.exitCode = 1
}

function rate({ runs, seconds }) {
  return `${runs} runs in ${seconds.toFixed(1)} s, ${(runs / seconds).toFixed(1)} runs/s`
}
