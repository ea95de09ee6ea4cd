// `explain`: every connection that `analyze` lists can be shown, with the same verdict.

import { expectThat } from '../broken.js'
import { endText, explainOptions, judgingOptions } from './options.js'
import { ndjsonResults, objectOf, type Row } from './parse.js'
import type { Trial } from './trial.js'

const SHOWN = 'explain shows what analyze lists'
const STREAMS_MAX = 5

/** Tries the connections of one capture. */
export async function tryExplain(trial: Trial): Promise<void> {
  const { random } = trial
  const [path = ''] = trial.paths
  const judging = explainOptions(judgingOptions(random))
  const analyzed = await trial.run(['analyze', '-f', 'ndjson', ...judging, path])
  const { connections } = ndjsonResults(analyzed.stdout)
  const first = random.below(Math.max(1, connections.length - STREAMS_MAX))
  for (const row of connections.slice(first, first + STREAMS_MAX)) {
    await tryStream(trial, [...judging, path], row, analyzed.code)
  }
  if (connections.length > 0) await tryEnds(trial, [...judging, path], connections, analyzed.code)
  const told = await trial.run(['explain', ...judging, path])
  const code = connections.length === 1 ? analyzed.code : 2
  expectThat(told.code === code, SHOWN, `exit code ${told.code}, not ${code}`)
}

async function tryStream(
  trial: Trial,
  args: readonly string[],
  row: Row,
  code: number,
): Promise<void> {
  const { random } = trial
  const all = random.oneIn(3) ? ['--all'] : []
  const chosen = ['--stream', String(row['stream']), ...all, ...args]
  const json = await trial.run(['explain', '-f', 'json', ...chosen])
  expectThat(json.code === code, SHOWN, `exit code ${json.code}, not ${code}`)
  const { connection, packets } = objectOf(json.stdout) as Row & { packets: readonly unknown[] }
  const texts = [connection, row].map((each) => JSON.stringify(each))
  expectThat(texts[0] === texts[1], SHOWN, texts.join(' and '))
  expectThat(packets.length > 0, SHOWN, 'no packets')
  if (!random.oneIn(3)) return
  const color = random.pick(['never', 'always'])
  const text = await trial.run(['explain', '--color', color, ...chosen])
  expectThat(text.code === code, SHOWN, `exit code ${text.code}, not ${code}`)
  const isNamed = text.stdout.includes(`${String(row['verdict'])} / ${String(row['cause'])}`)
  expectThat(isNamed, SHOWN, text.stdout)
}

/** Connections that are shown where several fit. */
const MOST_SHOWN = 5

/** By its ends as they are; either way round where nothing fits otherwise. Several are one document. */
async function tryEnds(
  trial: Trial,
  args: readonly string[],
  rows: readonly Row[],
  code: number,
): Promise<void> {
  const { random } = trial
  const row = random.pick(rows)
  const ends = [endText(row, 'client'), endText(row, 'server')]
  if (random.oneIn(2)) ends.reverse()
  const [client = '', server = ''] = ends
  const fitting = (a: string, b: string): Row[] =>
    rows.filter((each) => endText(each, 'client') === a && endText(each, 'server') === b)
  const asTyped = fitting(client, server)
  const fit = asTyped.length > 0 ? asTyped : fitting(server, client)
  const by = ['--client', client, '--server', server]
  const told = await trial.run(['explain', '-f', 'json', ...by, ...args])
  const expected = fit.length <= MOST_SHOWN ? code : 2
  expectThat(told.code === expected, SHOWN, `exit code ${told.code}, not ${expected}`)
  if (fit.length > MOST_SHOWN) return
  const document = objectOf(told.stdout) as Row & { readonly connections?: readonly Row[] }
  const found = JSON.stringify(
    (document.connections ?? [document]).map((each) => each['connection']),
  )
  const wanted = JSON.stringify([...fit].sort((a, b) => Number(a['stream']) - Number(b['stream'])))
  expectThat(found === wanted, SHOWN, `${found} and ${wanted}`)
}
