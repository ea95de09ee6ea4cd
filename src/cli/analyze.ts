// `tcp-teardown analyze`: captures in, endings out.

import { statSync } from 'node:fs'
import { TeardownError } from '../base/errors.js'
import { discoverCaptures } from '../capture/discover.js'
import { type Progress, analyzeSource } from '../engine/analyze.js'
import type { CaptureReport } from '../engine/capture-report.js'
import type { ColumnSource } from '../report/column.js'
import { CsvReporter } from '../report/csv.js'
import { JsonReporter } from '../report/json.js'
import { NdjsonReporter } from '../report/ndjson.js'
import { printable } from '../report/printable.js'
import { type Reporter, SCHEMA_NAME } from '../report/reporter.js'
import { tableStyle } from '../report/style.js'
import { type Summary, Tally } from '../report/summary.js'
import { ColumnsReporter, TableReporter } from '../report/table.js'
import { EXIT_DONE, EXIT_ERROR, EXIT_MATCHED } from './exit-codes.js'
import { endingMatches } from './filters.js'
import { Output } from './output.js'
import { ProgressBar } from './progress.js'
import type { AnalyzeSettings } from './settings.js'

const DEFAULT_WIDTH = 100
const GRACE_MS = 1500
const READ_BUFFER_BYTES = 1 << 20

/** Runs `analyze` and returns the exit code. */
export async function runAnalyze(
  inputs: readonly string[],
  settings: AnalyzeSettings,
  signal: AbortSignal,
): Promise<number> {
  const captures = await discoverCaptures(inputs)
  if (captures.length === 0) {
    throw new TeardownError('ERR_OPTION', `no capture found below ${inputs.join(', ')}`)
  }
  refuseToOverwrite(captures, settings.output)
  const output = new Output(settings.output)
  try {
    return await runOver(captures, settings, output, signal)
  } catch (error) {
    output.discard()
    throw error
  }
}

async function runOver(
  captures: readonly string[],
  settings: AnalyzeSettings,
  output: Output,
  signal: AbortSignal,
): Promise<number> {
  const run = new AnalyzeRun(settings, output, captures.length > 1)
  for (const path of captures) {
    await run.analyze(path, signal)
    if (signal.aborted) break
  }
  run.finish()
  output.close()
  return run.exitCode
}

/** The output must not be one of the captures. */
function refuseToOverwrite(captures: readonly string[], output: string): void {
  const target = output === '-' ? undefined : statSync(output, { throwIfNoEntry: false })
  if (target?.isFile() !== true) return
  for (const path of captures) {
    const source = path === '-' ? undefined : statSync(path, { throwIfNoEntry: false })
    if (source?.dev !== target.dev || source.ino !== target.ino) continue
    throw new TeardownError('ERR_OPTION', `-o ${output}: is one of the captures to read`)
  }
}

/** State of one run over several captures. */
class AnalyzeRun {
  private readonly settings: AnalyzeSettings
  private readonly output: Output
  private readonly reporter: Reporter
  private readonly bar: ProgressBar | undefined
  private readonly tally = new Tally()
  private readonly totals = { captures: 0, failed: 0, packets: 0, tcpPackets: 0, readBytes: 0 }
  /** One read buffer for all captures: a new one for each costs more than a small capture. */
  private readonly buffer = new ArrayBuffer(READ_BUFFER_BYTES)
  private matched = false
  private failed = false

  constructor(settings: AnalyzeSettings, output: Output, nameCaptures: boolean) {
    this.settings = settings
    this.output = output
    this.reporter = reporterOf(settings, output, nameCaptures)
    this.bar = settings.progress ? new ProgressBar() : undefined
  }

  /** 2 for trouble, else 1 when a rule of `--fail-on` matched, else 0. */
  get exitCode(): number {
    if (this.failed) return EXIT_ERROR
    return this.matched ? EXIT_MATCHED : EXIT_DONE
  }

  async analyze(path: string, signal: AbortSignal): Promise<void> {
    const live = isLive(path)
    this.output.immediate = live
    let last: Progress | undefined
    const report = await analyzeSource(path, this, {
      live,
      signal: live ? afterGrace(signal) : signal,
      idleS: this.settings.idleS,
      killedAtNs: this.settings.killedAtNs,
      buffer: this.buffer,
      onProgress: (progress) => {
        last = progress
        this.bar?.update(path, progress)
      },
    })
    this.bar?.done(last)
    this.addCapture(report)
  }

  /** Takes a judged connection. */
  onConnection(connection: ColumnSource): void {
    this.tally.connections++
    if (!this.settings.filter(connection)) return
    this.tally.add(connection)
    const { failOn } = this.settings
    if (failOn.length > 0 && endingMatches(failOn, connection)) this.matched = true
    if (!this.settings.summaryOnly) this.reporter.connection(connection)
  }

  finish(): void {
    this.bar?.stop()
    this.reporter.finish(this.summary())
  }

  private addCapture(report: CaptureReport): void {
    this.totals.captures++
    this.totals.packets += report.packets
    this.totals.tcpPackets += report.tcp_packets
    this.totals.readBytes += report.read_bytes
    this.reporter.capture(report)
    this.warn(report)
  }

  private warn(report: CaptureReport): void {
    const { error } = report
    if (error === undefined) return
    this.totals.failed++
    // A capture that stops inside a record is what an interrupted or rotated one looks like: everything before it counts.
    if (error.code !== 'ERR_CAPTURE_TRUNCATED' || this.settings.strict) this.failed = true
    this.bar?.stop()
    process.stderr.write(
      `tcp-teardown: ${printable(report.capture)}: ${printable(error.message)}\n`,
    )
  }

  private summary(): Summary {
    return {
      type: 'summary',
      schema: SCHEMA_NAME,
      captures: this.totals.captures,
      failed_captures: this.totals.failed,
      packets: this.totals.packets,
      tcp_packets: this.totals.tcpPackets,
      read_bytes: this.totals.readBytes,
      connections: this.tally.connections,
      selected_connections: this.tally.selected,
      verdicts: this.tally.byVerdict(),
      causes: this.tally.byCause(),
      closers: this.tally.byCloser(),
    }
  }
}

/**
 * Ctrl-C reaches the whole pipeline. Whoever writes into the pipe gets this long to write out what it holds and close.
 */
function afterGrace(signal: AbortSignal): AbortSignal {
  const later = new AbortController()
  signal.addEventListener('abort', () => setTimeout(() => later.abort(), GRACE_MS).unref(), {
    once: true,
  })
  return later.signal
}

/** Standard input and FIFOs may go on for ever. */
function isLive(path: string): boolean {
  if (path === '-') return true
  return statSync(path, { throwIfNoEntry: false })?.isFile() === false
}

function reporterOf(settings: AnalyzeSettings, output: Output, nameCaptures: boolean): Reporter {
  const { format, columns } = settings
  if (format === 'json') return new JsonReporter(output, columns)
  if (format === 'ndjson') return new NdjsonReporter(output, columns)
  if (format === 'csv') return new CsvReporter(output, columns)
  const style = tableStyle(settings.colour)
  if (settings.columnsChosen) return new ColumnsReporter(output, columns, style)
  const { all, top, summaryOnly } = settings
  const width = settings.output === '-' ? (process.stdout.columns ?? DEFAULT_WIDTH) : DEFAULT_WIDTH
  return new TableReporter(output, { all, top, summaryOnly, nameCaptures, width, style })
}
