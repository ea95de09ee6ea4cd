// Packets pushed into the library.
import { ROOT, built, runSeries, say } from './report.mjs'

const { Pushes } = await built('push/campaign.js')
const { corpus } = await built('corpus.js')

/** A plain one, one that reads or settles otherwise, one whose callback throws. */
const ANALYZERS = 3
/** A million analyzers. */
const RUNS = Math.ceil(1e6 / ANALYZERS)

/** Runs as the options say. */
export async function run(values) {
  say(`${ANALYZERS} analyzers a run`)
  await runSeries(new Pushes(corpus(ROOT), Number(values.seed)).oneRun, values, RUNS)
}
