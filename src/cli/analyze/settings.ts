// From the options as typed to settings the run can rely on.

import { TeardownError } from '../../base/errors.js'
import type { AnalyzerOptions } from '../../engine/capture-analyzer.js'
import type { FilterOptions } from '../../engine/filter.js'
import { COLUMN_KEYS } from '../../output/columns/columns.js'
import { FORMATS } from '../../output/formats/index.js'
import { CLOSERS } from '../../verdict/answer.js'
import { ENDINGS, VERDICTS, endingOf } from '../../verdict/endings.js'
import { type AnonymizeFlags, anonymizeKeyOf } from '../anonymize-key.js'
import { parseHosts, parseNames, parseNumbers } from '../values.js'

/** Options of `analyze` as commander hands them over. */
export interface AnalyzeFlags extends AnonymizeFlags {
  readonly format?: string
  readonly output?: string
  readonly summary?: boolean
  readonly all?: boolean
  readonly top?: string
  readonly columns?: string
  readonly verdict?: string
  readonly cause?: string
  readonly closer?: string
  readonly host?: string
  readonly port?: string
  readonly stream?: string
  readonly idle?: string
  readonly killedAt?: string
  readonly failOn?: string
  readonly strict?: boolean
  readonly progress?: boolean
  readonly color?: string
  readonly jobs?: string
  readonly merge?: boolean
  readonly mergeSeries?: boolean
  readonly maxConnections?: string
  readonly maxHalfOpen?: string
  readonly maxLayers?: string
  readonly outDir?: string
  readonly resume?: boolean
}

/** Checked settings of `analyze`: plain data. */
export interface AnalyzeSettings extends AnalyzerOptions {
  readonly output: string
  readonly strict: boolean
  readonly progress: boolean
  /** Captures at a time; undefined for as many as are worth it. */
  readonly jobs: number | undefined
  /** Which captures are one timeline: all, those of a rotation by their names, or none. */
  readonly merge: 'all' | 'series' | undefined
  /** Folder for one result file a capture. */
  readonly outDir: string | undefined
  /** Leave out what is done and unchanged there. */
  readonly resume: boolean
}

/** The same before it is known what is read and where the results go. */
export type RequestedSettings = Omit<AnalyzeSettings, 'nameCaptures' | 'width'>

const MAX_PORT = 65_535
const MAX_STREAM = Number.MAX_SAFE_INTEGER
const DEFAULT_FORMAT = 'table'
const DEFAULT_TOP = 5

/** Names that select connections by ending: a verdict, or `verdict.cause`. */
const ENDING_NAMES: readonly string[] = [
  ...VERDICTS.map((row) => row.verdict),
  ...ENDINGS.map(endingOf),
]
const MAX_JOBS = 256

/**
 * Checks all options at once.
 *
 * @throws {TeardownError} ERR_OPTION naming the option as it was typed.
 */
export function analyzeSettings(flags: AnalyzeFlags): RequestedSettings {
  const format = oneOf(
    '--format',
    flags.format ?? DEFAULT_FORMAT,
    FORMATS.map(({ name }) => name),
  )
  const output = flags.output ?? '-'
  return {
    format,
    output,
    summaryOnly: flags.summary ?? false,
    all: flags.all ?? false,
    top: flags.top === undefined ? DEFAULT_TOP : wholeNumber('--top', flags.top),
    columns: flags.columns === undefined ? undefined : chosenColumns(flags.columns),
    filter: filterOf(flags),
    idleS: flags.idle === undefined ? undefined : nonNegative('--idle', flags.idle),
    maxConnections: boundOf('--max-connections', flags.maxConnections),
    maxHalfOpen: boundOf('--max-half-open', flags.maxHalfOpen),
    maxLayers: boundOf('--max-layers', flags.maxLayers),
    killedAtNs: flags.killedAt === undefined ? undefined : timeNs('--killed-at', flags.killedAt),
    anonymizeKey: anonymizeKeyOf(flags),
    failOn: flags.failOn === undefined ? [] : parseNames('--fail-on', flags.failOn, ENDING_NAMES),
    strict: flags.strict ?? false,
    outDir: outDirOf(flags),
    resume: flags.resume ?? false,
    merge: flags.merge === true ? 'all' : flags.mergeSeries === true ? 'series' : undefined,
    jobs: flags.jobs === undefined ? undefined : jobsOf(flags.jobs),
    progress: flags.progress !== false && process.stderr.isTTY,
    colour: wantsColour(
      oneOf('--color', flags.color ?? 'auto', ['auto', 'always', 'never']),
      output,
    ),
  }
}

function outDirOf({
  outDir,
  output,
  resume,
  anonymize,
  anonymizeKey,
}: AnalyzeFlags): string | undefined {
  if (outDir !== undefined && output !== undefined) {
    throw new TeardownError('ERR_OPTION', '--out-dir and -o exclude each other')
  }
  if (outDir === undefined && resume === true) {
    throw new TeardownError('ERR_OPTION', '--resume goes with --out-dir')
  }
  if (resume === true && anonymize === true && anonymizeKey === undefined) {
    throw new TeardownError(
      'ERR_OPTION',
      '--resume with --anonymize needs --anonymize-key: every run has a key of its own without it',
    )
  }
  return outDir
}

function boundOf(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const most = wholeNumber(option, text)
  if (most >= 1) return most
  throw new TeardownError('ERR_OPTION', `${option}: at least one`)
}

function jobsOf(text: string): number {
  const jobs = wholeNumber('--jobs', text)
  if (jobs >= 1 && jobs <= MAX_JOBS) return jobs
  throw new TeardownError('ERR_OPTION', `--jobs: ${jobs} is not from 1 to ${MAX_JOBS}`)
}

function filterOf(flags: AnalyzeFlags): FilterOptions {
  const causes = [...new Set<string>(ENDINGS.map((row) => row.cause)), ...ENDING_NAMES]
  return {
    verdict: namesOf(
      '--verdict',
      flags.verdict,
      VERDICTS.map((row) => row.verdict),
    ),
    cause: namesOf('--cause', flags.cause, causes),
    closer: namesOf('--closer', flags.closer, CLOSERS),
    host: flags.host === undefined ? [] : parseHosts('--host', flags.host),
    port: flags.port === undefined ? [] : parseNumbers('--port', flags.port, MAX_PORT),
    stream: flags.stream === undefined ? [] : parseNumbers('--stream', flags.stream, MAX_STREAM),
  }
}

function namesOf(option: string, text: string | undefined, allowed: readonly string[]): string[] {
  return text === undefined ? [] : parseNames(option, text, allowed)
}

function chosenColumns(text: string): string[] {
  return [...new Set(parseNames('--columns', text, COLUMN_KEYS))]
}

function oneOf<T extends string>(option: string, text: string, allowed: readonly T[]): T {
  const found = allowed.find((name) => name === text)
  if (found !== undefined) return found
  throw new TeardownError(
    'ERR_OPTION',
    `${option}: unknown '${text}'; it takes ${allowed.join(', ')}`,
  )
}

function wholeNumber(option: string, text: string): number {
  const [n, ...more] = parseNumbers(option, text, Number.MAX_SAFE_INTEGER)
  if (n !== undefined && more.length === 0) return n
  throw new TeardownError('ERR_OPTION', `${option}: '${text}' is not one whole number`)
}

function nonNegative(option: string, text: string): number {
  const n = Number(text)
  if (text.trim() !== '' && n >= 0 && Number.isFinite(n)) return n
  throw new TeardownError('ERR_OPTION', `${option}: '${text}' is not a number of seconds`)
}

/** NO_COLOR and FORCE_COLOR as https://no-color.org and Node have them. */
function wantsColour(when: 'auto' | 'always' | 'never', output: string): boolean {
  if (when !== 'auto') return when === 'always'
  const { NO_COLOR, FORCE_COLOR } = process.env
  if (NO_COLOR !== undefined && NO_COLOR !== '') return false
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== '0') return true
  return output === '-' && process.stdout.isTTY
}

const NS_PER_S = 1_000_000_000n
/** ISO 8601 with a zone, split before its fraction; or seconds since 1970. */
const ISO_TIME = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?(Z|[+-]\d{2}:\d{2})$/
const EPOCH_TIME = /^(\d{1,12})(?:\.(\d{1,9}))?$/

/** A time in ns since 1970, exact to the digit. */
function timeNs(option: string, text: string): bigint {
  const epoch = EPOCH_TIME.exec(text)
  if (epoch !== null) return BigInt(epoch[1] ?? '0') * NS_PER_S + fractionNs(epoch[2])
  const iso = ISO_TIME.exec(text)
  const ms = iso === null || !isDate(iso[1] ?? '') ? NaN : Date.parse(`${iso[1]}${iso[3]}`)
  if (!Number.isNaN(ms)) return BigInt(ms) * 1_000_000n + fractionNs(iso?.[2])
  throw new TeardownError(
    'ERR_OPTION',
    `${option}: '${text}' is neither seconds since 1970 nor a time such as 2026-11-23T07:31:08.5Z`,
  )
}

/** Whether a date and time are on the calendar: Date.parse takes 30 February for 2 March. */
function isDate(text: string): boolean {
  const ms = Date.parse(`${text}Z`)
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(text)
}

function fractionNs(digits: string | undefined): bigint {
  return BigInt((digits ?? '').padEnd(9, '0'))
}
