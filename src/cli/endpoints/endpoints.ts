// `tcp-teardown endpoints`: connections counted by server, client, port or network.

import { TeardownError } from '../../base/errors.js'
import { statOf } from '../../capture/stat.js'
import { discoverCaptures } from '../../capture/discover.js'
import { analyzeSource } from '../../engine/analyze-source.js'
import { type FilterOptions, connectionFilter } from '../../engine/filter.js'
import { anonymizerOf } from '../../engine/capture-analyzer.js'
import { EndpointCollector } from '../../output/endpoints/collect.js'
import { endpointDocument } from '../../output/endpoints/document.js'
import { anonymizeKeyOf } from '../anonymize-key.js'
import { isDumb, lookOf, warn } from '../context.js'
import { EXIT_DONE, EXIT_ERROR } from '../exit-codes.js'
import { atExit } from '../exit-hooks.js'
import { Output } from '../output.js'
import { pagerCommand } from '../pager.js'
import { filterOver } from '../filters.js'
import { bomOf } from '../options.js'
import type { RunSize } from '../progress.js'
import type { EndpointsFlags } from './command.js'

/** Runs `endpoints` and returns the exit code. */
export async function runEndpoints(
  inputs: readonly string[],
  flags: EndpointsFlags,
  signal: AbortSignal,
): Promise<number> {
  const { captures } = await discoverCaptures(inputs, signal)
  if (captures.length === 0) {
    throw new TeardownError('ERR_OPTION', `no capture found below ${inputs.join(', ')}`)
  }
  const { by, over, format, top, sort } = flags
  const hasMark = bomOf(flags.bom, format)
  const path = flags.output ?? '-'
  const look = lookOf(path, flags.color)
  const isTable = format === 'table'
  const output = new Output(path, {
    isAscii: look.isAscii && isTable,
    pager: isTable ? pagerCommand(flags.pager) : undefined,
  })
  const collector = new EndpointCollector(by, over)
  const filter = await filterOver(captures, flags, signal)
  try {
    const exitCode = await collect(captures, collector, filter, flags, signal)
    const options = { by, overNs: over, top, hasMark, ...look }
    output.writeBytes(
      new TextEncoder().encode(
        endpointDocument(
          format,
          collector.all(sort).slice(0, flags.limit),
          captures.length,
          options,
        ),
      ),
    )
    output.close()
    return exitCode
  } catch (error) {
    output.discard()
    throw error
  }
}

function sizeOf(captures: readonly string[]): RunSize {
  const sizes = captures.map((path) => statOf(path)?.size ?? NaN)
  return { captures: captures.length, bytes: sizes.reduce((sum, bytes) => sum + bytes, 0) }
}

async function collect(
  captures: readonly string[],
  collector: EndpointCollector,
  filter: FilterOptions,
  flags: EndpointsFlags,
  signal: AbortSignal,
): Promise<number> {
  const isWanted = connectionFilter(filter)
  const settings = {
    signal,
    contains: filter.contains?.bytes,
    idleS: flags.idle,
    killedAtNs: flags.killedAt,
    anonymizer: anonymizerOf(anonymizeKeyOf(flags)),
  }
  const shows = flags.progress && process.stderr.isTTY && !isDumb()
  const bar = shows ? new (await import('../progress.js')).ProgressBar(sizeOf(captures)) : undefined
  const forget = atExit(() => bar?.stop())
  let exitCode = EXIT_DONE
  try {
    for (const capture of captures) {
      const { error } = await analyzeSource(
        capture,
        { onConnection: (c) => void (isWanted(c) && collector.add(c)) },
        { ...settings, onProgress: (progress) => bar?.update(capture, progress) },
      )
      bar?.finish(capture)
      if (signal.aborted) break
      if (error === undefined) continue
      bar?.stop()
      warn(error.code === 'ERR_READ' ? error.message : `${capture}: ${error.message}`)
      if (error.code !== 'ERR_CAPTURE_TRUNCATED') exitCode = EXIT_ERROR
    }
  } finally {
    bar?.stop()
    forget()
  }
  return exitCode
}
