// Any options with any values, sensible or not: whatever comes of it, it comes in good order.

import { rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { COLUMN_KEYS } from '../../../src/output/columns/columns.js'
import { FORMATS } from '../../../src/output/formats/index.js'
import type { Random } from '../random.js'
import { ENDING_NAMES } from './options.js'
import { csvRows, jsonResults, ndjsonResults } from './parse.js'
import type { Trial } from './trial.js'

const NUMBERS = ['0', '1', '-1', '1.5', '', 'x', '9007199254740992', '1e3', '0x10', ' 7 ', 'NaN']
const LISTS = [',', 'a,b', '1,,2', '1,1,1', '10.0.0.1', '::1,fe80::1%eth0', '999.1.1.1', '65536']

type Value = (random: Random) => string

const anyNumber: Value = (random) => random.pick(NUMBERS)
const anyList: Value = (random) => random.pick(LISTS)
const anyEnding: Value = (random) =>
  random.oneIn(3)
    ? anyList(random)
    : random.pick([...ENDING_NAMES, 'rst-after-kill / abort', 'abort'])
const anyColumns: Value = (random) =>
  random.oneIn(4) ? anyList(random) : `${random.pick(COLUMN_KEYS)},${random.pick(COLUMN_KEYS)}`
const anyTime: Value = (random) =>
  random.pick([...NUMBERS, '2026-11-23T07:31:08.5Z', '2026-02-30T00:00:00Z', '99999999999999'])

const FLAGS = [
  '--summary',
  '--all',
  '--strict',
  '--merge',
  '--merge-series',
  '--no-progress',
  '--anonymize',
]
const VALUED: readonly (readonly [name: string, value: Value])[] = [
  ['-f', (random) => random.pick([...FORMATS.map(({ name }) => name), 'xml', 'text', ''])],
  ['--map', (random) => random.pick(['asa', 'panos', 'ipfix', 'ios'])],
  ['--fields', (random) => random.pick(['native', 'ecs', 'otel', 'elastic'])],
  ['--time', (random) => random.pick(['iso', 'epoch', 'now'])],
  ['--color', (random) => random.pick(['auto', 'always', 'never', 'perhaps'])],
  ['--top', anyNumber],
  ['--idle', anyNumber],
  ['--max-connections', anyNumber],
  ['--max-half-open', anyNumber],
  ['--max-layers', anyNumber],
  ['--killed-at', anyTime],
  ['--columns', anyColumns],
  ['--verdict', anyEnding],
  ['--cause', anyEnding],
  ['--fail-on', anyEnding],
  ['--closer', (random) => random.pick(['client', 'server,both', 'nobody', ''])],
  ['--host', anyList],
  ['--port', anyList],
  ['--stream', anyList],
  [
    '--client',
    (random) => random.pick(['10.0.0.1:80', '[::1]:1', 'x', '10.0.0.1:', '1.2.3.4:70000']),
  ],
]

/** Tries one command of any options. */
export async function tryAnything(trial: Trial): Promise<void> {
  const { random } = trial
  const args: string[] = []
  for (let more = random.below(6); more > 0; more--) {
    if (random.oneIn(3)) args.push(random.pick(FLAGS))
    else {
      const [name, value] = random.pick(VALUED)
      args.push(name, value(random))
    }
  }
  if (random.oneIn(6)) args.push('-o', join(trial.results, random.pick(['new', 'none/new', '.'])))
  if (random.oneIn(8))
    args.push('--out-dir', join(trial.results, random.pick(['new', '.', 'a/b/c'])))
  if (random.oneIn(8)) args.push('--resume')
  const command = random.pick([['analyze'], ['explain'], []])
  const told = await trial.run([...command, ...args, ...inputsOf(trial)])
  if (told.stdout !== '' && !args.includes('--columns') && command[0] !== 'explain') {
    checkForm(args, told.stdout)
  }
  rmSync(trial.results, { recursive: true })
}

function inputsOf({ random, paths, inputs }: Trial): string[] {
  const [first = ''] = paths
  switch (random.below(8)) {
    case 0:
      return [inputs]
    case 1:
      return [join(dirname(first), '*')]
    case 2:
      return [join(inputs, '**/*.{pcap,pcapng}'), ...paths]
    case 3:
      return [join(inputs, 'missing.pcap')]
    case 4:
      return [random.pick([...ENDING_NAMES, 'abrot', ''])]
    case 5:
      return [first]
    default:
      return paths
  }
}

function checkForm(args: readonly string[], stdout: string): void {
  const format = args[args.lastIndexOf('-f') + 1]
  if (!args.includes('-f')) return
  if (format === 'ndjson') ndjsonResults(stdout)
  else if (format === 'json') jsonResults(stdout)
  else if (format === 'csv') csvRows(stdout)
}
