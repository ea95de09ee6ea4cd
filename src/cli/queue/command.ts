// The options of `submit`, `worker` and `status`.

import { type Command, InvalidArgumentError, Option } from 'commander'
import { FORMATS } from '../../output/formats/index.js'
import {
  type AnalyzeFlags,
  boundOptions,
  failOnOption,
  mergeOptions,
  rowOptions,
} from '../analyze/command.js'
import { FILTERS_HEADING, filterOptions } from '../filters.js'
import { anonymizeOptions, bomOption, choice, judgingOptions, option } from '../options.js'
import { GROUPINGS, type Grouping } from '../../output/endpoints/collect.js'
import { oneOf, wholeNumber } from '../values.js'

/** Options of every command of a queue. */
interface QueueFlags {
  readonly queue: string
  readonly prefix: string
}

/** Options of `submit` as commander hands them over, checked. */
export interface SubmitFlags
  extends
    QueueFlags,
    Pick<AnalyzeFlags, 'format' | 'anonymize' | 'anonymizeKey' | 'merge' | 'mergeSeries'> {
  readonly outDir: string
  readonly wait?: boolean
  readonly totals: (typeof TOTALS)[number]
  readonly groupBy?: Grouping
  readonly shards: number
  readonly tries: number
  readonly priority?: number
}

/** Options of `worker`. */
export interface WorkerFlags extends QueueFlags {
  readonly jobs?: number
  readonly untilEmpty?: boolean
  /** Seconds. */
  readonly lease: number
}

/** Options of `status`. */
export interface StatusFlags extends QueueFlags {
  readonly format: 'text' | 'json'
  readonly limit: number
}

/** What is run for each command. */
export interface QueueActions {
  readonly submit: (
    inputs: readonly string[],
    options: readonly string[],
    flags: SubmitFlags,
  ) => Promise<void>
  readonly worker: (flags: WorkerFlags) => Promise<void>
  readonly status: (flags: StatusFlags) => Promise<void>
}

const DEFAULT_PREFIX = 'tcp-teardown'
const DEFAULT_TRIES = 3
const DEFAULT_LEASE_S = 30
const DEFAULT_LIMIT = 20
const MOST_SHARDS = 1000
const MOST_TRIES = 100
/** The least important that the queue knows. */
const MOST_PRIORITY = 2_097_152
const MOST_JOBS = 256
const MOST_LEASE_S = 3600
const ANY = Number.MAX_SAFE_INTEGER
const TOTALS = ['table', 'ndjson', 'json'] as const
const ROWS = ['ndjson', ...FORMATS.map(({ name }) => name).filter((name) => name !== 'ndjson')]

const SUBMIT_EXAMPLES = `
Examples:
  tcp-teardown submit --queue redis://queue:6379 --out-dir /mnt/results /mnt/captures
  tcp-teardown submit --queue redis://queue:6379 --out-dir s3://results/ -f parquet --wait s3://captures/

Exit codes: 0 done, 1 a --fail-on ending was found (--wait), 2 an error, 130 or 143 interrupted (SIGINT, SIGTERM): jobs go on.`

const WORKER_EXAMPLES = `
Examples:
  tcp-teardown worker --queue redis://queue:6379                 until it is told to stop
  tcp-teardown worker --queue redis://queue:6379 --until-empty   until nothing is left

Exit codes: 0 done, 2 an error. SIGTERM and Ctrl-C give back what is under way.`

const STATUS_EXAMPLES = `
Examples:
  tcp-teardown status --queue redis://queue:6379
  watch -n 5 tcp-teardown status --queue redis://queue:6379

Exit codes: 0 done, 2 an error.`

/** Adds the three commands. */
export function addQueue(program: Command, actions: QueueActions): void {
  addSubmit(program, actions.submit)
  const worker = program
    .command('worker')
    .description('take captures from a queue and analyze them, each in a process of its own')
  for (const each of [
    ...queueOptions(),
    option('--jobs <n>', 'captures at once (default: the cores)', wholeNumber(1, MOST_JOBS)),
    new Option('--until-empty', 'end when nothing waits and nothing is under way'),
    option(
      '--lease <seconds>',
      'how long a job of a worker that is gone waits before another takes it',
      wholeNumber(1, MOST_LEASE_S),
    ).default(DEFAULT_LEASE_S),
  ])
    worker.addOption(each)
  worker.addHelpText('after', WORKER_EXAMPLES).action((flags: WorkerFlags) => actions.worker(flags))
  const status = program
    .command('status')
    .description('what a queue holds: waiting, under way, done, given up and why')
  for (const each of [
    ...queueOptions(),
    choice('-f, --format <format>', 'form of the results', ['text', 'json']),
    option('--limit <n>', 'captures named of each kind', wholeNumber(1, ANY)).default(
      DEFAULT_LIMIT,
    ),
  ])
    status.addOption(each)
  status.addHelpText('after', STATUS_EXAMPLES).action((flags: StatusFlags) => actions.status(flags))
}

function addSubmit(program: Command, action: QueueActions['submit']): void {
  const command = program
    .command('submit')
    .description('file a job for each capture in a queue, for workers on any machine')
    .argument('<capture...>', 'as of analyze; workers find them under the same paths or URLs')
  command.optionsGroup('Queue:')
  for (const each of filingOptions()) command.addOption(each)
  const options: string[] = []
  for (const [heading, list] of passedOptions()) {
    command.optionsGroup(heading)
    for (const each of list) {
      command.addOption(each)
      // As it was typed: that is what goes through the queue.
      command.on(`option:${each.name()}`, (text?: string) => {
        options.push(text === undefined ? `--${each.name()}` : `--${each.name()}=${text}`)
      })
    }
  }
  command
    .addHelpText('after', SUBMIT_EXAMPLES)
    .action((inputs: readonly string[], flags: SubmitFlags) =>
      action(
        inputs,
        options.some((each) => each.startsWith('--format='))
          ? options
          : [`--format=${flags.format}`, ...options],
        flags,
      ),
    )
}

/** Options about the jobs. */
function filingOptions(): Option[] {
  return [
    ...queueOptions(),
    new Option(
      '--out-dir <folder>',
      'where workers write a result and a manifest for each capture; s3://BUCKET/PREFIX too',
    ).makeOptionMandatory(),
    new Option('--wait', 'end when all is done, with the totals'),
    choice('--totals <form>', 'form of the totals', TOTALS),
    option(
      '--group-by <what>',
      `count by ${GROUPINGS.join(', ')} besides: with --wait these counts instead of totals`,
      oneOf(GROUPINGS),
    ),
    option(
      '--shards <n>',
      'jobs that share the judging and the rows of each timeline, for few that are very long',
      wholeNumber(1, MOST_SHARDS),
    ).default(1),
    option(
      '--tries <n>',
      'attempts before a capture is given up',
      wholeNumber(1, MOST_TRIES),
    ).default(DEFAULT_TRIES),
    option(
      '--priority <n>',
      '1 comes first, and what has none before all that have one',
      wholeNumber(1, MOST_PRIORITY),
    ),
    ...mergeOptions(),
  ]
}

/** Options of `analyze` that go through the queue, by their heading. */
function passedOptions(): (readonly [string, readonly Option[]])[] {
  return [
    [
      'Output:',
      [
        choice('-f, --format <format>', 'form of the results', ROWS),
        new Option('--summary', 'only the totals'),
        ...rowOptions(),
        bomOption(),
        ...anonymizeOptions(),
      ],
    ],
    [FILTERS_HEADING, filterOptions(true)],
    [
      'Analysis:',
      [
        ...judgingOptions(),
        ...boundOptions(),
        failOnOption(),
        new Option('--strict', 'treat a capture that is cut short as an error'),
      ],
    ],
  ]
}

function queueOptions(): Option[] {
  return [
    option('--queue <url>', 'the queue: redis://HOST:PORT/DATABASE, rediss:// with TLS', queueUrl)
      .env('TCP_TEARDOWN_QUEUE')
      .makeOptionMandatory(),
    option('--prefix <name>', 'keys begin so: a queue of its own for each tenant', prefix).default(
      DEFAULT_PREFIX,
    ),
  ]
}

function queueUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url !== undefined && /^rediss?:$/.test(url.protocol) && /^\/?\d*$/.test(url.pathname))
    return text
  throw new InvalidArgumentError(
    'it takes redis://HOST:PORT/DATABASE or rediss://HOST:PORT/DATABASE',
  )
}

/** Keys are made of parts with colons between them. */
function prefix(text: string): string {
  if (/^[\w.-]+$/.test(text)) return text
  throw new InvalidArgumentError(`'${text}' has other characters than letters, digits, . _ and -`)
}
