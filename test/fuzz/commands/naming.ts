// Ways to name captures: a folder and a glob are the captures they stand for.

import { join } from 'node:path'
import { expectThat } from '../broken.js'
import { judgingOptions } from './options.js'
import { ndjsonResults } from './parse.js'
import type { Trial } from './trial.js'

const PROPERTY = 'a folder is the captures in it'

/** Tries a folder or a glob, and then what was found by their names. */
export async function tryNaming(trial: Trial): Promise<void> {
  const { inputs, random } = trial
  const args = ['analyze', '-f', 'ndjson', ...judgingOptions(random)]
  const name = random.pick([inputs, `${inputs}/`, join(inputs, '**/*'), join(inputs, '*')])
  const told = await trial.run([...args, name])
  if (told.stdout === '') {
    expectThat(told.code === 2, PROPERTY, `exit code ${told.code}`)
    return
  }
  const names = ndjsonResults(told.stdout).captures.map(({ capture }) => capture)
  const again = await trial.run([...args, ...names])
  expectThat(again.stdout === told.stdout, PROPERTY, `${again.stdout} and ${told.stdout}`)
  expectThat(again.code === told.code, PROPERTY, `exit codes ${again.code} and ${told.code}`)
}
