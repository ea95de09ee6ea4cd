// The options of `analyze`.

import { type Command, InvalidArgumentError, Option } from 'commander'
import type { RowOrder } from '../../output/sorted-rows.js'
import { GROUPINGS, type Grouping, ORDERS, type Order } from '../../output/endpoints/collect.js'
import { ALL_COLUMN_KEYS } from '../../output/columns/columns.js'
import { MAP_NAMES, type MapName } from '../../output/columns/extra-columns.js'
import { LINE_TYPES } from '../../output/formats/format.js'
import { FORMATS } from '../../output/formats/index.js'
import { type FailLimit, failLimits } from '../fail-on.js'
import { FILTERS_HEADING, type FilterFlags, filterOptions } from '../filters.js'
import {
  type NamingFlags,
  type SharedFlags,
  anonymizeOptions,
  bomOption,
  choice,
  colourOption,
  judgingOptions,
  localTimeOption,
  namingOptions,
  option,
  pagerOption,
  progressOption,
} from '../options.js'
import { didYouMean } from '../../base/suggest.js'
import { taking } from '../../base/words.js'
import { INCIDENT_KINDS } from '../../incidents/kinds.js'
import { ENDING_NAMES } from '../../verdict/ending-names.js'
import { namesOf, oneOf, wholeNumber } from '../values.js'

/** Options of `analyze` as commander hands them over, checked. */
export interface AnalyzeFlags extends SharedFlags, FilterFlags, NamingFlags {
  readonly format: string
  readonly output?: string
  readonly outDir?: string
  readonly resume?: boolean
  readonly summary?: boolean
  readonly all?: boolean
  readonly top: number
  readonly columns?: readonly string[]
  readonly map?: MapName
  readonly types?: readonly string[]
  readonly bom?: boolean
  readonly sort?: Sort
  readonly limit?: number
  readonly groupBy?: Grouping
  readonly progress: boolean
  readonly pager: boolean
  readonly maxConnections?: number
  readonly maxHalfOpen?: number
  readonly maxLayers?: number
  readonly failOn?: readonly FailLimit[]
  readonly merge?: boolean
  readonly mergeSeries?: boolean
  readonly jobs?: number
  readonly strict?: boolean
}

/** The format that is a page for a browser, with a runner of its own. */
export const PAGE_FORMAT = 'html'

const DEFAULT_TOP = 3
const MAX_JOBS = 256
const ANY = Number.MAX_SAFE_INTEGER

const EXAMPLES = `
Examples:
  tcp-teardown capture.pcap                               how every connection ended
  tcp-teardown --all captures/ 'old/*.pcapng.gz'          folders and globs, every connection
  tcp-teardown --verdict rst_after_kill capture.pcap      only resets by an endpoint
  tcp-teardown --format ndjson capture.pcap | jq .        one JSON object a line
  tcpdump -U -w - tcp | tcp-teardown -f ndjson -          live, endings as they happen

Exit codes: 0 done, 1 a --fail-on ending was found, 2 an error, 130 or 143 interrupted (SIGINT, SIGTERM).
A damaged capture is analyzed up to the damage and named on stderr.`

/** Adds `analyze`, which is also what runs when no command is named. */
export function addAnalyze(
  program: Command,
  action: (inputs: readonly string[], flags: AnalyzeFlags) => Promise<void>,
): void {
  const command = program
    .command('analyze', { isDefault: true })
    .description('judge every connection of the captures; the word analyze may be left out')
    .argument(
      '<capture...>',
      'pcap or pcapng files (also by gzip, zstd or LZ4), folders, globs, URLs (https, s3), or - for standard input',
    )
  addAll(command, 'Output:', outputOptions())
  addAll(command, FILTERS_HEADING, filterOptions())
  addAll(command, 'Analysis:', [
    ...judgingOptions(),
    ...boundOptions(),
    failOnOption(),
    ...mergeOptions(),
    option(
      '--jobs <n>',
      'threads, for captures or the rows of a large one (default: the cores, where worth it)',
      wholeNumber(1, MAX_JOBS),
    ),
    new Option('--strict', 'treat a capture that is cut short as an error'),
  ])
  command.addHelpText('after', EXAMPLES).action(action)
}

/** `--fail-on`. */
export function failOnOption(): Option {
  return option(
    '--fail-on <names>',
    'exit with 1 if a connection ended so (verdict, cause or verdict.cause), or on an incident, whatever the filters say of its connections; more than some: refused>3, slow_close>1%',
    taking(failLimits, [...ENDING_NAMES, ...INCIDENT_KINDS.map(({ kind }) => kind)], true),
  )
}

/** `--merge` and `--merge-series`. */
export function mergeOptions(): Option[] {
  return [
    new Option('--merge', 'read all captures as one timeline, in the order of their times'),
    new Option(
      '--merge-series',
      'likewise each series of rotated captures, as their names tell',
    ).conflicts('merge'),
  ]
}

/** What is written, and where. */
function outputOptions(): Option[] {
  return [
    choice('-f, --format <format>', 'form of the results', [
      ...FORMATS.map(({ name }) => name),
      PAGE_FORMAT,
    ]),
    new Option('-o, --output <file>', 'write results to a file instead of standard output'),
    new Option(
      '--out-dir <folder>',
      'write a result file for each capture into a folder, or below s3://BUCKET/PREFIX',
    ).conflicts('output'),
    new Option(
      '--resume',
      'with --out-dir: leave out captures whose result is there and unchanged',
    ),
    new Option('--summary', 'only the totals'),
    new Option('--all', 'list every connection, not only the notable ones (table)'),
    option('--top <n>', 'connections listed of one cause (table)', wholeNumber(0, ANY)).default(
      DEFAULT_TOP,
    ),
    ...rowOptions(),
    groupByOption(),
    bomOption(),
    ...anonymizeOptions(),
    colourOption(),
    localTimeOption('the table'),
    progressOption(),
    pagerOption('a long table'),
  ]
}

/** Which rows are written, and in which order. */
export function rowOptions(): Option[] {
  return [
    option(
      '--columns <names>',
      'only these columns, comma-separated',
      namesOf(ALL_COLUMN_KEYS, 'tcp-teardown explain columns lists all'),
    ),
    option(
      '--map <whose>',
      `a column with the words of a firewall, or of flow records, for the ending: ${MAP_NAMES.join(', ')}`,
      oneOf(MAP_NAMES),
    ),
    ...namingOptions(),
    option(
      '--sort <column>',
      'rows in the order of a column, or of time, ended, duration for short; -column: the largest first (default: as they end); counts as endpoints sorts them',
      taking(sort, [...Object.keys(SHORT_NAMES), ...ALL_COLUMN_KEYS], false),
    ),
    option('--limit <n>', 'rows at most', wholeNumber(1, ANY)),
    option(
      '--types <names>',
      `only these lines of JSON, NDJSON and CSV: ${LINE_TYPES.join(', ')}`,
      namesOf(LINE_TYPES, `it takes ${LINE_TYPES.join(', ')}`),
    ),
  ]
}

function groupByOption(): Option {
  return option(
    '--group-by <what>',
    `no connections but counts by ${GROUPINGS.join(', ')}, as of endpoints`,
    oneOf(GROUPINGS),
  ).conflicts([
    'columns',
    'map',
    'fields',
    'time',
    'types',
    'localTime',
    'all',
    'outDir',
    'failOn',
    'merge',
    'mergeSeries',
  ])
}

/** `--max-connections` and its like. */
export function boundOptions(): Option[] {
  return [
    option(
      '--max-connections <n>',
      'connections followed at once (default: 300000)',
      wholeNumber(1, ANY),
    ),
    option('--max-half-open <n>', 'of these, not open yet (default: 131072)', wholeNumber(1, ANY)),
    option(
      '--max-layers <n>',
      'headers looked into in one frame (default: 64)',
      wholeNumber(1, ANY),
    ),
  ]
}

/** Names of columns that are long to type. */
const SHORT_NAMES: Readonly<Record<string, string>> = {
  time: 'start_time',
  ended: 'ended_at',
  duration: 'duration_s',
}

/** An order of rows, of counts, or of both. */
export interface Sort {
  readonly rows?: RowOrder
  readonly counts?: Order
}

/** Parses what rows or counts are sorted by; which of them there are is known later. */
function sort(text: string): Sort {
  const isDescending = text.startsWith('-')
  const name = isDescending ? text.slice(1) : text
  const column = SHORT_NAMES[name] ?? name
  // Counts are sorted with the most first, however it is asked for.
  const counts = ORDERS.find((order) => order === name)
  if (ALL_COLUMN_KEYS.includes(column))
    return { rows: { column, isDescending }, ...(counts === undefined ? {} : { counts }) }
  if (counts !== undefined) return { counts }
  const hint = didYouMean(name, [...Object.keys(SHORT_NAMES), ...ALL_COLUMN_KEYS])
  throw new InvalidArgumentError(
    `unknown column '${name}'; ${hint ?? 'tcp-teardown explain columns lists all'}`,
  )
}

function addAll(command: Command, heading: string, options: readonly Option[]): void {
  command.optionsGroup(heading)
  for (const each of options) command.addOption(each)
}
