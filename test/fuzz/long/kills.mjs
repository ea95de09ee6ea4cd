// Kills of the running program. Each run is a kill that came in time.
import { built, runSeries, say } from './report.mjs'

const { Kills } = await built('kills/campaign.js')

const RUNS = 500
const CONNECTIONS = 20_000

/** Runs as the options say. */
export async function run(values) {
  const kills = new Kills(Number(values.seed), CONNECTIONS)
  await runSeries(kills.oneRun, values, RUNS)
  say(`${kills.late} more kills came too late`)
  if (values.only === undefined) kills.close()
  else say(`captures and results in ${kills.scratch}`)
}
