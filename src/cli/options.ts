// Options that several commands have, and how options are made.

import { Argument, type Command, InvalidArgumentError, Option } from 'commander'
import { TeardownError, ValueError } from '../base/errors.js'
import { seconds, timeNs } from '../base/time-words.js'
import type { Words } from '../base/words.js'
import { FIELD_SETS, type FieldSet } from '../output/fields/names.js'
import type { AnonymizeFlags } from './anonymize-key.js'
import { keyIn } from './anonymize-key.js'
import { COLOUR_CHOICES, type ColourChoice } from './context.js'
import { oneOf } from './values.js'

/** Values of the options that every command about captures has. */
export interface SharedFlags extends AnonymizeFlags {
  readonly color: ColourChoice
  readonly idle?: number
  readonly killedAt?: bigint
}

const WORDS = new WeakMap<Option, Words>()

/** The words that an option takes, where they are known. */
export function wordsOf(of: Option): Words | undefined {
  return of.argChoices === undefined ? WORDS.get(of) : { words: of.argChoices, isList: false }
}

const BESIDE_FILES = new WeakMap<Argument, readonly string[]>()

/** An argument that is a file or one of some words. */
export function fileOrWord(name: string, description: string, words: readonly string[]): Argument {
  const made = new Argument(name, description)
  BESIDE_FILES.set(made, words)
  return made
}

/** The words that an argument may be instead of a file; undefined where it is no such argument. */
export function wordsBesideFiles(argument: Argument): readonly string[] | undefined {
  return BESIDE_FILES.get(argument)
}

/** An option whose value `parse` checks; `before` is what an earlier use of it gave. */
export function option<T>(
  flags: string,
  description: string,
  parse: ((text: string, before?: T) => T) & Partial<Words>,
): Option {
  const made = new Option(flags, description).argParser<T | undefined>((text, before) => {
    try {
      return parse(text, before)
    } catch (error) {
      // Commander adds the option to what is said.
      throw error instanceof ValueError ? new InvalidArgumentError(error.message) : error
    }
  })
  const { words, isList = false } = parse
  if (words !== undefined) WORDS.set(made, { words, isList })
  return made
}

/** An option with one of a few values, the first of which is the default. */
export function choice(flags: string, description: string, names: readonly string[]): Option {
  // The parser after the choices: it knows which of them is near.
  return new Option(flags, description)
    .choices(names)
    .default(names[0])
    .argParser<string>(oneOf(names))
}

/** Values of `--fields` and `--time`. */
export interface NamingFlags {
  readonly fields: FieldSet
  readonly time: 'iso' | 'epoch'
}

/** `--fields` and `--time`. */
export function namingOptions(): Option[] {
  return [
    choice(
      '--fields <names>',
      'names of the fields of connections: ours, or of Elastic Common Schema or OpenTelemetry; these have no other lines (ndjson)',
      FIELD_SETS,
    ),
    choice('--time <form>', 'times of connections in ISO 8601, or in seconds since 1970 (ndjson)', [
      'iso',
      'epoch',
    ]),
  ]
}

/**
 * What both say.
 *
 * @throws {TeardownError} ERR_OPTION for a format without them.
 */
export function namingOf(
  { fields, time }: NamingFlags,
  format: string,
): { readonly fields: FieldSet; readonly isEpoch: boolean } {
  const isEpoch = time === 'epoch'
  if (format !== 'ndjson' && (fields !== 'native' || isEpoch)) {
    const name = isEpoch ? '--time' : '--fields'
    throw new TeardownError('ERR_OPTION', `${name} goes with --format ndjson`)
  }
  return { fields, isEpoch }
}

/** `--bom`. */
export function bomOption(): Option {
  return new Option(
    '--bom',
    'begin with a byte order mark: Excel takes the text for UTF-8 by it (csv)',
  )
}

/**
 * What it says.
 *
 * @throws {TeardownError} ERR_OPTION for a format without it.
 */
export function bomOf(flag: boolean | undefined, format: string): boolean {
  if (flag === true && format !== 'csv')
    throw new TeardownError('ERR_OPTION', '--bom goes with --format csv')
  return flag ?? false
}

/** `--anonymize` and `--anonymize-key`. */
export function anonymizeOptions(): Option[] {
  return [
    new Option(
      '--anonymize',
      'replace addresses, keeping networks together; with a new key every run',
    ),
    option(
      '--anonymize-key <file>',
      'the same with a key: 32 bytes or 64 hexadecimal digits',
      keyIn,
    ).implies({ anonymize: true }),
  ]
}

/** `--no-pager`, for `what` is long. */
export function pagerOption(what: string): Option {
  return new Option('--no-pager', `${what} goes to the terminal without $PAGER or less`)
}

/** `--no-progress`. */
export function progressOption(): Option {
  return new Option('--no-progress', 'no progress bar on stderr')
}

/** Takes `--no-pager` and `--no-progress` also where there is neither: scripts give them to all commands. */
export function acceptQuietOptions(command: Command): void {
  const known = new Set(command.options.map(({ long }) => long))
  for (const flag of ['--no-pager', '--no-progress'])
    if (!known.has(flag)) command.addOption(new Option(flag).hideHelp())
}

/** `--color`. */
export function colourOption(): Option {
  return choice('--color <when>', 'when to use colours', COLOUR_CHOICES)
}

/** `--local-time`, of times in `what`. */
export function localTimeOption(what: string): Option {
  return new Option('--local-time', `times of ${what} as clocks here show them, not in UTC`)
}

/** Whether times are local ones: only in `format`, programs get UTC, and so do rows of chosen columns. */
export function localTimeOf(
  flag: boolean | undefined,
  chosen: string,
  format: string,
  hasRows = false,
): boolean {
  if (flag !== true || (chosen === format && !hasRows)) return flag ?? false
  throw new TeardownError('ERR_OPTION', `--local-time goes with the ${format}: programs get UTC`)
}

/** `--idle` and `--killed-at`. */
export function judgingOptions(): Option[] {
  return [
    option(
      '--idle <seconds>',
      'silence after which an open connection counts as idle (default: 60, or a fifth of a shorter capture)',
      seconds,
    ),
    option(
      '--killed-at <time>',
      'report the time from this kill to each teardown (ISO 8601 or seconds since 1970)',
      timeNs,
    ),
  ]
}
