// From the options of `analyze` to settings the run can rely on.

import { COLUMN_KEYS } from '../../output/columns/columns.js'
import { MAPS } from '../../output/columns/extra-columns.js'
import { TeardownError } from '../../base/errors.js'
import type { AnalyzerOptions } from '../../engine/capture-analyzer.js'
import { formatNamed } from '../../output/formats/index.js'
import { anonymizeKeyOf } from '../anonymize-key.js'
import type { FailLimit } from '../fail-on.js'
import type { FilterFlags } from '../filters.js'
import { bomOf, localTimeOf, namingOf } from '../options.js'
import { type Look, isDumb, lookOf } from '../context.js'
import { pagerCommand } from '../pager.js'
import type { AnalyzeFlags } from './command.js'

/** Checked settings of `analyze`: plain data. */
export interface AnalyzeSettings extends AnalyzerOptions, Look {
  readonly output: string
  readonly strict: boolean
  /** All of `--fail-on`. */
  readonly limits: readonly FailLimit[]
  readonly progress: boolean
  /** Somebody watches a terminal: endings of live sources are shown as they come. */
  readonly isWatched: boolean
  /** Command that shows what is longer than the terminal. */
  readonly pager: string | undefined
  /** Threads, for captures or for the rows of one; undefined for as many as are worth it. */
  readonly jobs: number | undefined
  /** Which captures are one timeline: all, those of a rotation by their names, or none. */
  readonly merge: 'all' | 'series' | undefined
  /** Folder for one result file a capture. */
  readonly outDir: string | undefined
  /** Leave out what is done and unchanged there. */
  readonly resume: boolean
}

/** The same before it is known what is read. */
export type RequestedSettings = Omit<AnalyzeSettings, 'nameCaptures' | 'filter'> & {
  readonly filterFlags: FilterFlags
}

/**
 * The settings that the options ask for.
 *
 * @throws {TeardownError} ERR_OPTION for options that lack another one.
 */
export function analyzeSettings(flags: AnalyzeFlags): RequestedSettings {
  checkResume(flags)
  checkOrder(flags)
  checkMap(flags)
  checkTerminal(flags)
  const output = flags.output ?? '-'
  // Result files are no terminal.
  const look = lookOf(flags.outDir ?? output, flags.color)
  const limits = flags.failOn ?? []
  const pager = flags.format === 'table' ? pagerCommand(flags.pager) : undefined
  return {
    ...look,
    pager,
    isWatched:
      look.rows !== undefined &&
      flags.format === 'table' &&
      flags.columns === undefined &&
      !isDumb(),
    // What programs read stays as it is.
    isAscii: look.isAscii && flags.format === 'table',
    format: flags.format,
    output,
    summaryOnly: flags.summary ?? false,
    all: flags.all ?? false,
    top: flags.top,
    columns: columnsWith(flags),
    types: typesWith(flags),
    ...namingOf(flags, flags.format),
    hasMark: bomOf(flags.bom, flags.format),
    filterFlags: flags,
    isLocalTime: localTimeOf(flags.localTime, flags.format, 'table', flags.columns !== undefined),
    order: flags.sort?.rows,
    limit: flags.limit,
    idleS: flags.idle,
    maxConnections: flags.maxConnections,
    maxHalfOpen: flags.maxHalfOpen,
    maxLayers: flags.maxLayers,
    killedAtNs: flags.killedAt,
    anonymizeKey: anonymizeKeyOf(flags),
    // What none may be is known before all is counted, and of captures that an earlier run has read.
    failOn: limits.filter(isNone).flatMap(({ endings }) => endings ?? []),
    limits,
    strict: flags.strict ?? false,
    outDir: flags.outDir,
    resume: flags.resume ?? false,
    merge: flags.merge === true ? 'all' : flags.mergeSeries === true ? 'series' : undefined,
    jobs: flags.jobs,
    progress: flags.progress && process.stderr.isTTY && !isDumb(),
  }
}

/** A limit that a single connection exceeds. */
function isNone({ endings, most, isShare }: FailLimit): boolean {
  return endings !== undefined && most === 0 && !isShare
}

/** Rows are what is sorted; the table without columns and metrics have none. */
function checkOrder({ sort, limit, format, columns }: AnalyzeFlags): void {
  if (sort !== undefined && sort.rows === undefined)
    throw new TeardownError('ERR_OPTION', `--sort ${sort.counts} goes with --group-by`)
  if ((sort ?? limit) === undefined || hasRows(format, columns)) return
  const option = sort === undefined ? '--limit' : '--sort'
  throw new TeardownError('ERR_OPTION', `${option} goes with rows: ${ROW_FORMATS}`)
}

/** Under the names of others there are connections only. */
function typesWith({ types, fields }: AnalyzeFlags): readonly string[] | undefined {
  if (fields === 'native') return types
  if (types === undefined || types.every((type) => type === 'connection')) return ['connection']
  throw new TeardownError('ERR_OPTION', `--fields ${fields} has lines of type connection only`)
}

/** The columns that are asked for, and that of `--map` behind them, or behind those that the format has. */
function columnsWith({ columns, map, format }: AnalyzeFlags): readonly string[] | undefined {
  if (map === undefined) return columns
  const before = columns ?? formatNamed(format).columns ?? COLUMN_KEYS
  return [...new Set([...before, MAPS[map]])]
}

/** What is no text is of no use on a terminal, and may change how it looks. */
function checkTerminal({ format, output = '-', outDir }: AnalyzeFlags): void {
  if (formatNamed(format).encode === undefined || outDir !== undefined) return
  if (output !== '-' || !process.stdout.isTTY) return
  throw new TeardownError(
    'ERR_OPTION',
    `--format ${format} is no text: it goes to a file (-o) or a pipe`,
  )
}

function checkMap({ map, columns, format }: AnalyzeFlags): void {
  if (map === undefined || hasRows(format, columns)) return
  throw new TeardownError('ERR_OPTION', `--map goes with rows: ${ROW_FORMATS}`)
}

/** Whether a format has rows of connections. */
function hasRows(format: string, columns: readonly string[] | undefined): boolean {
  const { writesRows } = formatNamed(format)
  return writesRows({ columns, all: false, summaryOnly: false, types: undefined })
}

const ROW_FORMATS = '--columns, or -f ndjson, json or csv'

/** Commander knows what excludes another option, not what needs one. */
function checkResume({ outDir, resume, anonymize, anonymizeKey }: AnalyzeFlags): void {
  if (resume !== true) return
  if (outDir === undefined) throw new TeardownError('ERR_OPTION', '--resume goes with --out-dir')
  if (anonymize !== true || anonymizeKey !== undefined) return
  throw new TeardownError(
    'ERR_OPTION',
    '--resume with --anonymize needs --anonymize-key: every run has a key of its own without it',
  )
}
