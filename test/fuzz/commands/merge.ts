// Captures read as one timeline: nothing is lost, and the order in which they are named is of no account.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildPcap } from '../../support/capture-builder.js'
import { expectThat } from '../broken.js'
import { recordsOf } from '../observe.js'
import { talksOf } from '../talks.js'
import type { CaptureFile } from './inputs.js'
import { judgingOptions } from './options.js'
import { type CaptureRow, ndjsonResults, type Results, type Row } from './parse.js'
import { dealt, halvesOf } from './split.js'
import type { Trial } from './trial.js'

const TALKS_MAX = 5
const ADDS_UP = 'a merged capture has the packets of its parts'
const NO_ORDER = 'a merged capture does not depend on the order of its parts'
const SAME_AS_WHOLE = 'a capture that was split and merged is the whole'

/** Tries captures one by one, as one, and the other way round. */
export async function tryMerge(trial: Trial): Promise<void> {
  const { paths, random } = trial
  const judging = judgingOptions(random)
  const alone: CaptureRow[] = []
  for (const path of paths) {
    const { stdout } = await trial.run(['analyze', '-f', 'ndjson', ...judging, path])
    alone.push(...ndjsonResults(stdout).captures)
  }
  const merged = await mergedOf(trial, judging, paths)
  checkSums(merged, alone)
  if (paths.length > 1 && startApart(trial, alone)) {
    const turned = await mergedOf(trial, judging, [...paths].reverse())
    expectSame(turned, merged, NO_ORDER, (row) => row)
  }
  await trySplit(trial, judging)
}

function checkSums(merged: Results, alone: readonly CaptureRow[]): void {
  const [capture] = merged.captures
  const packets = alone.reduce((sum, row) => sum + row.packets, 0)
  expectThat(
    capture?.packets === packets && merged.captures.length === 1,
    ADDS_UP,
    `${capture?.packets} packets, ${packets} in the parts`,
  )
  const damaged = alone.filter(({ error }) => error !== undefined).length
  const error = capture?.error
  const isTold = (error !== undefined) === damaged > 0
  expectThat(isTold, ADDS_UP, `${damaged} parts are damaged, ${JSON.stringify(error)}`)
}

async function mergedOf(
  trial: Trial,
  judging: readonly string[],
  paths: readonly string[],
): Promise<Results> {
  const args = ['analyze', '-f', 'ndjson', '--merge', ...judging, ...paths]
  return ndjsonResults((await trial.run(args)).stdout)
}

/** Whether the first record of each capture has a time of its own, which then is the capture's beginning. */
function startApart({ files }: Trial, alone: readonly CaptureRow[]): boolean {
  const isInOrder = files.every(({ plain }) => plain !== undefined && recordsOf(plain).inOrder)
  const starts = alone.map((row) => row['start_time'])
  return isInOrder && new Set(starts).size === starts.length && !starts.includes(undefined)
}

function expectSame(
  found: Results,
  expected: Results,
  property: string,
  of: (row: Row) => Row,
): void {
  const texts = [found, expected].map(({ connections, captures: [capture] }) =>
    JSON.stringify([connections.map(of), capture?.packets, capture?.tcp_packets]),
  )
  expectThat(texts[0] === texts[1], property, texts.join(' and '))
}

/** A capture of conversations side by side: what is read in another order is judged in another way. */
function talkFile({ inputs, random }: Trial): CaptureFile {
  const path = join(inputs, 'talk')
  const plain = buildPcap(talksOf(random, TALKS_MAX).records, { format: 'pcap-ns' })
  writeFileSync(path, plain)
  return { path, plain }
}

/** One capture alone and through `--merge`, whole and in parts. */
async function trySplit(trial: Trial, judging: readonly string[]): Promise<void> {
  const { random } = trial
  const { path, plain } = random.oneIn(2) ? random.pick(trial.files) : talkFile(trial)
  const args = ['-f', 'ndjson', ...judging, path]
  const whole = await trial.run(['analyze', ...args])
  const alone = await trial.run(['analyze', '--merge', ...args])
  expectThat(alone.stdout === whole.stdout, 'one capture merged is that capture', alone.stdout)
  const results = ndjsonResults(whole.stdout)
  // Behind damage in the middle nothing is read of the whole, but what is in the second half of it.
  const code = results.captures[0]?.error?.code ?? 'ERR_CAPTURE_TRUNCATED'
  if (plain === undefined || code !== 'ERR_CAPTURE_TRUNCATED') return
  const pieces = random.oneIn(2) ? halvesOf(plain, random) : dealt(plain, random)
  const parts = pieces.map((bytes, i) => {
    const part = join(trial.inputs, `part-${i}`)
    writeFileSync(part, bytes)
    return part
  })
  if (parts.length === 0) return
  const merged = await mergedOf(trial, judging, parts)
  expectSame(merged, results, SAME_AS_WHOLE, (row) => ({ ...row, capture: '' }))
}
