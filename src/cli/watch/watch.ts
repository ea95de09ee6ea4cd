// `tcp-teardown watch`: endings and incidents while packets are captured.

import { TeardownError } from '../../base/errors.js'
import { shownInput } from '../../capture/remote/url.js'
import { statOf } from '../../capture/stat.js'
import { anonymizerOf } from '../../engine/capture-analyzer.js'
import { connectionFilter } from '../../engine/filter.js'
import type { LiveFormat } from '../../output/live/format.js'
import { jsonLines } from '../../output/live/json-lines.js'
import { otlpLines } from '../../output/live/otlp-lines.js'
import { textLines } from '../../output/live/text-lines.js'
import { LiveWriter } from '../../output/live/writer.js'
import { tableStyle } from '../../output/style.js'
import { metricsText } from '../../output/metrics/exposition.js'
import { type FollowOptions, followFile, followFolder } from '../../watch/follow.js'
import { WatchSession } from '../../watch/session.js'
import { filterOf } from '../filters.js'
import { anonymizeKeyOf } from '../anonymize-key.js'
import { type Look, lookOf, warn } from '../context.js'
import { EXIT_DONE, EXIT_ERROR } from '../exit-codes.js'
import { LiveStatus } from '../live-status.js'
import { afterGrace } from '../interrupt.js'
import { namingOf } from '../options.js'
import { Output } from '../output.js'
import { CapturingCommand } from './capturing-command.js'
import type { WatchFlags } from './command.js'
import type { MetricsServer } from './metrics-server.js'

const NS_PER_MS = 1e6
/** How often the line at the bottom of the terminal is renewed. */
const STATUS_MS = 500

/** Runs `watch` over a source or a command, and returns the exit code. */
export async function runWatch(
  source: string | undefined,
  command: readonly string[],
  flags: WatchFlags,
  signal: AbortSignal,
): Promise<number> {
  if ((source === undefined) === (command.length === 0)) {
    throw new TeardownError(
      'ERR_OPTION',
      'watch needs one source: -, a folder, a capture, or -- and a command that captures',
    )
  }
  const isText = flags.format === 'text'
  const look = lookOf('-', flags.color)
  const format = linesOf(flags, look)
  const output = new Output('-', { isAscii: look.isAscii && isText })
  const status = look.rows === undefined ? undefined : new LiveStatus('Ctrl-C ends the watch')
  // The line at the bottom goes before anything is written.
  const lines = {
    writeBytes: (bytes: Uint8Array): void => {
      status?.clear()
      output.writeBytes(bytes)
    },
  }
  const session = new WatchSession(
    source === undefined ? command.join(' ') : shownInput(source),
    sessionOptions(flags),
    new LiveWriter(format, lines),
    () => output.flush(),
  )
  const server = await metricsServer(flags, session)
  const { analysis } = session
  const showing = setInterval(() => status?.show(analysis.packets, analysis.openCount), STATUS_MS)
  const stop = AbortSignal.any([signal, session.failure.signal])
  try {
    const exitCode = await readAll(source, command, session, stop)
    session.failure.signal.throwIfAborted()
    session.finish()
    output.close()
    return exitCode
  } catch (error) {
    session.stop()
    output.discard()
    throw error
  } finally {
    clearInterval(showing)
    server?.stop()
    status?.clear()
  }
}

/** How lines are written. */
function linesOf(flags: WatchFlags, { width, colour }: Look): LiveFormat {
  const { format, columns } = flags
  const naming = namingOf(flags, format)
  if (format === 'text') return textLines({ width, style: tableStyle(colour) })
  return format === 'otlp' ? otlpLines(columns) : jsonLines({ columns, ...naming })
}

/** Serves metrics, where they are asked for. */
async function metricsServer(
  { metrics: address }: WatchFlags,
  session: WatchSession,
): Promise<MetricsServer | undefined> {
  if (address === undefined) return undefined
  try {
    // Loaded where it is needed: HTTP costs some milliseconds of the start.
    const { MetricsServer: Serving } = await import('./metrics-server.js')
    const server = await Serving.start(address, (form) => {
      const source = session.metrics()
      return source === undefined ? '' : metricsText(source, form)
    })
    warn(`metrics at ${server.url}`)
    return server
  } catch (error) {
    session.stop()
    throw error
  }
}

function sessionOptions(flags: WatchFlags): ConstructorParameters<typeof WatchSession>[1] {
  const { idle: idleS, killedAt: killedAtNs, maxConnections, maxHalfOpen, maxLayers } = flags
  const filter = filterOf(flags)
  return {
    idleS,
    killedAtNs,
    maxConnections,
    maxHalfOpen,
    maxLayers,
    anonymizer: anonymizerOf(anonymizeKeyOf(flags)),
    filter: connectionFilter(filter),
    contains: filter.contains?.bytes,
    isNotable: flags.notable ?? false,
    intervalMs: flags.every / NS_PER_MS,
    countsMetrics: flags.metrics !== undefined,
  }
}

async function readAll(
  source: string | undefined,
  command: readonly string[],
  session: WatchSession,
  signal: AbortSignal,
): Promise<number> {
  const { analysis } = session
  if (source === undefined) return readCommand(command, session, signal)
  const stat = statOf(source)
  const isFolder = stat?.isDirectory() === true
  let exitCode = EXIT_DONE
  const follow: FollowOptions = {
    signal,
    onCapture: (path) => {
      if (isFolder) session.begin(path)
    },
    onProblem: (path, problem) => {
      warn(problem.code === 'ERR_READ' ? problem.message : `${path}: ${problem.message}`)
      analysis.fail(problem)
      // What else is in the folder goes on.
      if (!isFolder) exitCode = EXIT_ERROR
    },
    tell: warn,
  }
  if (isFolder) await followFolder(source, analysis, follow)
  else if (stat?.isFile() === true) await followFile(source, analysis, follow)
  else {
    const problem = await analysis.read(source, afterGrace(signal))
    if (problem !== undefined) follow.onProblem(source, problem)
  }
  return exitCode
}

async function readCommand(
  command: readonly string[],
  { analysis }: WatchSession,
  signal: AbortSignal,
): Promise<number> {
  const later = afterGrace(signal)
  const running = new CapturingCommand(command, signal, later)
  const unread = await analysis.read(running.output, later)
  const problem = await running.problem(signal)
  const isCut = signal.aborted && unread?.code === 'ERR_CAPTURE_TRUNCATED'
  // A command that could not capture says why itself: that nothing came from it is no news.
  const told = problem ?? (isCut || (analysis.packets === 0 && signal.aborted) ? undefined : unread)
  if (told === undefined) return EXIT_DONE
  warn(told.message)
  analysis.fail(told)
  return EXIT_ERROR
}
