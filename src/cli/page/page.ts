// `tcp-teardown analyze -f html`: one page with everything, to open and to send.

import { TeardownError } from '../../base/errors.js'
import { discoverCaptures } from '../../capture/discover.js'
import { statOf } from '../../capture/stat.js'
import { type PageContent, pageParts } from '../../output/page/page-document.js'
import { passedOverText, refuseToOverwrite, timelinesOf } from '../analyze/analyze.js'
import type { AnalyzeFlags } from '../analyze/command.js'
import { isLive } from '../analyze/sequential.js'
import { anonymizeKeyOf } from '../anonymize-key.js'
import { isDumb, warn } from '../context.js'
import { EXIT_DONE, EXIT_ERROR, EXIT_MATCHED } from '../exit-codes.js'
import { atExit } from '../exit-hooks.js'
import { exceeded } from '../fail-on.js'
import { filterOver } from '../filters.js'
import { Output } from '../output.js'
import { ProgressBar } from '../progress.js'
import { filterWords } from './filter-words.js'
import { PageRun, type PageSettings } from './page-run.js'
import { refuseRowOptions } from './refusals.js'
import { builtPage, pack } from './template.js'

/** Runs `analyze -f html` and returns the exit code. `args` are the arguments as they were typed. */
export async function runPage(
  inputs: readonly string[],
  flags: AnalyzeFlags,
  args: readonly string[],
  signal: AbortSignal,
): Promise<number> {
  refuseRowOptions(flags)
  const { captures, passedOver } = await discoverCaptures(inputs, signal)
  if (passedOver.length > 0) warn(passedOverText(inputs, passedOver))
  if (captures.length === 0)
    throw new TeardownError('ERR_OPTION', `no capture found below ${inputs.join(', ')}`)
  const path = flags.output ?? '-'
  refuseToOverwrite(captures, path)
  const merge = flags.merge === true ? 'all' : flags.mergeSeries === true ? 'series' : undefined
  const timelines = timelinesOf(captures, merge)
  const filter = await filterOver(captures, flags, signal)
  const anonymizeKey = anonymizeKeyOf(flags)
  const template = builtPage('page')
  const output = new Output(path)
  try {
    const run = new PageRun({
      analysis: boundsOf(flags),
      filter,
      filters: filterWords(args, anonymizeKey !== undefined),
      anonymizeKey,
    })
    const isWhole = await readAll(run, timelines, flags, signal)
    if (!isWhole) {
      output.discard()
      warn(`${path}: not written: interrupted`)
      return EXIT_DONE
    }
    const content = await run.content(signal)
    write(output, template, content)
    return exitCodeOf(run, content, flags)
  } catch (error) {
    output.discard()
    throw error
  }
}

function boundsOf(flags: AnalyzeFlags): PageSettings['analysis'] {
  const { idle: idleS, killedAt: killedAtNs, maxConnections, maxHalfOpen, maxLayers } = flags
  return { idleS, killedAtNs, maxConnections, maxHalfOpen, maxLayers }
}

function write(output: Output, template: string, content: PageContent): void {
  for (const part of pageParts(template, content, pack)) output.write(part)
  output.close()
}

/** Reads every timeline; false when that was interrupted, unless it is how the reading of a pipe ends. */
async function readAll(
  run: PageRun,
  timelines: readonly (readonly string[])[],
  flags: AnalyzeFlags,
  signal: AbortSignal,
): Promise<boolean> {
  const sizes = timelines.flat().map((path) => statOf(path)?.size ?? NaN)
  const size = { captures: timelines.length, bytes: sizes.reduce((sum, each) => sum + each, 0) }
  const shows = flags.progress && process.stderr.isTTY && !isDumb()
  const bar = shows ? new ProgressBar(size) : undefined
  const forget = atExit(() => bar?.stop())
  try {
    for (const timeline of timelines) {
      const [name = '-'] = timeline
      const live = timeline.length === 1 && isLive(name)
      const { error } = await run.read(timeline, live, signal, (progress) =>
        bar?.update(name, progress),
      )
      bar?.finish(name)
      if (signal.aborted) return live && timelines.length === 1
      if (error === undefined) continue
      bar?.stop()
      warn(error.code === 'ERR_READ' ? error.message : `${name}: ${error.message}`)
    }
    return true
  } finally {
    bar?.stop()
    forget()
  }
}

function exitCodeOf(run: PageRun, { head }: PageContent, flags: AnalyzeFlags): number {
  const lines = exceeded(flags.failOn ?? [], { summary: head.summary, incidents: run.kinds })
  for (const line of lines) warn(line)
  // A capture that stops inside a record is what an interrupted one looks like.
  const isFailed = head.captures.some(
    ({ error }) =>
      error !== undefined && (error.code !== 'ERR_CAPTURE_TRUNCATED' || flags.strict === true),
  )
  if (isFailed) return EXIT_ERROR
  return lines.length > 0 ? EXIT_MATCHED : EXIT_DONE
}
