// Runs of commands: which way each goes.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Base } from '../corpus.js'
import { Random } from '../random.js'
import type { OneRun } from '../series.js'
import { tryAnonymize } from './anonymize.js'
import { tryAnything } from './anything.js'
import { tryExplain } from './explain.js'
import { tryFormats } from './formats.js'
import { tryMerge } from './merge.js'
import { tryNaming } from './naming.js'
import { tryFile, tryFolder, tryJobs } from './places.js'
import { type Main, Program } from './program.js'
import { Trial } from './trial.js'

/** What is tried, each as often as its share says. */
const WAYS: readonly (readonly [share: number, way: (trial: Trial) => Promise<void>])[] = [
  [24, tryFormats],
  [12, tryMerge],
  [12, tryFile],
  [12, tryFolder],
  [10, tryAnonymize],
  [12, tryExplain],
  [5, tryNaming],
  [12, tryAnything],
  // Threads take a hundred times as long to start as a run takes.
  [1, tryJobs],
]
const SHARES = WAYS.reduce((sum, [share]) => sum + share, 0)

/** Commands to be run, in a folder of their own. */
export class Commands {
  readonly scratch: string
  private readonly program: Program
  private readonly bases: readonly Base[]
  private readonly seed: number

  constructor(main: Main, bases: readonly Base[], seed: number) {
    this.program = new Program(main)
    this.bases = bases
    this.seed = seed
    this.scratch = mkdtempSync(join(tmpdir(), 'tcp-teardown-fuzz-'))
  }

  /** One run; throws what does not hold, with the commands that show it. */
  readonly oneRun: OneRun = async (run) => {
    const { bases, seed } = this
    const trial = new Trial(this.program, this.scratch, { bases, seed, run })
    try {
      await wayOf(seed, run)(trial)
    } catch (error) {
      throw trial.withCommands(error)
    }
  }

  close(): void {
    rmSync(this.scratch, { recursive: true })
  }
}

function wayOf(seed: number, run: number): (trial: Trial) => Promise<void> {
  let at = new Random(seed ^ 0x5bd1e995, run).below(SHARES)
  for (const [share, way] of WAYS) {
    if (at < share) return way
    at -= share
  }
  return tryAnything
}
