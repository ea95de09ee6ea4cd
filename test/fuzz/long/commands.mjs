// Command lines over small captures. One run alone leaves its captures behind, for its commands to be tried by hand.
import { main } from '../../../dist/main.js'
import { ROOT, built, runSeries, say } from './report.mjs'

const { Commands } = await built('commands/campaign.js')
const { corpus } = await built('corpus.js')

const RUNS = 200_000

/** Runs as the options say. */
export async function run(values) {
  const commands = new Commands(main, corpus(ROOT), Number(values.seed))
  await runSeries(commands.oneRun, values, RUNS)
  if (values.only === undefined) commands.close()
  else say(`captures in ${commands.scratch}`)
}
