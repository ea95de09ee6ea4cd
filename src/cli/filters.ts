// The filters of all commands about captures: one set of options, and what they take.

import type { Option } from 'commander'
import { TeardownError } from '../base/errors.js'
import type { FilterOptions } from '../engine/filter.js'
import { FILTER_WORDS } from '../engine/filter-words.js'
import { type CaptureSpan, captureSpan } from '../engine/capture-span.js'
import { statOf } from '../capture/stat.js'
import { CLOSERS, CONFIDENCES } from '../verdict/answer.js'
import { type Moment, moment, momentNs, needsSpan } from './moment.js'
import { option } from './options.js'

/** Filters as commander hands them over, checked. */
export interface FilterFlags extends Omit<FilterOptions, 'since' | 'until'> {
  readonly since?: Moment
  readonly until?: Moment
  /** Times without a zone are of clocks here. */
  readonly localTime?: boolean
}

/** Their heading in the help. */
export const FILTERS_HEADING =
  'Filters (lists with commas, !value for not; all given kinds must match):'

/** The options; what is live has no end to count from. Lists are comma-separated; a value with `!` before it is one that may not be. */
export function filterOptions(isLive = false): Option[] {
  return [
    option('--verdict <names>', 'only connections that ended so', FILTER_WORDS.verdict),
    option(
      '--cause <names>',
      'likewise; both take verdict, cause or verdict.cause',
      FILTER_WORDS.cause,
    ),
    option(
      '--closer <names>',
      `only connections ended by ${CLOSERS.join(', ')}`,
      FILTER_WORDS.closer,
    ),
    option(
      '--confidence <names>',
      `only ${CONFIDENCES.join(', ')} verdicts`,
      FILTER_WORDS.confidence,
    ),
    option(
      '--finding <codes>',
      'only connections with one of these findings (explain findings lists them)',
      FILTER_WORDS.finding,
    ),
    option(
      '--flag <names>',
      'only connections with one of these flags (explain flags lists them)',
      FILTER_WORDS.flag,
    ),
    option(
      '--sees <errors>',
      'only connections of which a program saw one of these, such as ECONNRESET',
      FILTER_WORDS.sees,
    ),
    option(
      '--host <addresses>',
      'only connections with these addresses or networks',
      FILTER_WORDS.host,
    ),
    option(
      '--server <ends>',
      'only to these servers: address, network, :port, address:port',
      FILTER_WORDS.server,
    ),
    option('--client <ends>', 'only from these clients, likewise', FILTER_WORDS.client),
    option(
      '--port <ports>',
      'only connections with these ports, such as 80,8000-8099',
      FILTER_WORDS.port,
    ),
    option(
      '--stream <numbers>',
      "only these streams (Wireshark's tcp.stream), such as 3,10-20",
      FILTER_WORDS.stream,
    ),
    ...timeOptions(isLive),
    option(
      '--min-duration <time>',
      'only connections that lasted so long, such as 250ms or 5m',
      FILTER_WORDS.minDuration,
    ),
    option(
      '--contains <text>',
      'only connections whose payload holds this text, as a request id; !text: does not',
      FILTER_WORDS.contains,
    ),
  ]
}

/** `--since` and `--until`. */
function timeOptions(isLive: boolean): Option[] {
  const more = isLive ? '' : ', 20:01:20, -5m from the end'
  return [
    option(
      '--since <time>',
      `only what ended then or later: ISO 8601, seconds since 1970${more}`,
      moment,
    ),
    option('--until <time>', 'only what ended until then', moment),
  ]
}

/** Whether any filter is given. */
export function isFiltered(flags: FilterFlags): boolean {
  const { since, until, ...others } = flags
  return (since ?? until) !== undefined || Object.keys(filterOf(others)).length > 0
}

/**
 * The filters that are given.
 *
 * @param of The times of what is read, for times that depend on them.
 * @throws {TeardownError} ERR_OPTION for a time that does where they are not known.
 */
export function filterOf(flags: FilterFlags, of?: CaptureSpan): FilterOptions {
  const { since, until, localTime: isLocal = false } = flags
  const all = {
    verdict: flags.verdict,
    cause: flags.cause,
    closer: flags.closer,
    confidence: flags.confidence,
    finding: flags.finding,
    flag: flags.flag,
    sees: flags.sees,
    host: flags.host,
    server: flags.server,
    client: flags.client,
    port: flags.port,
    stream: flags.stream,
    since: since === undefined ? undefined : momentNs(since, of, isLocal),
    until: until === undefined ? undefined : momentNs(until, of, isLocal),
    minDuration: flags.minDuration,
    contains: flags.contains,
  }
  if (all.since !== undefined && all.until !== undefined && all.since > all.until)
    throw new TeardownError('ERR_OPTION', '--since is later than --until')
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined))
}

/** The filters that are given, for captures that are read for their times where a filter depends on those. */
export async function filterOver(
  captures: readonly string[],
  flags: FilterFlags,
  signal: AbortSignal,
): Promise<FilterOptions> {
  if (![flags.since, flags.until].some(needsSpan)) return filterOf(flags)
  if (captures.some((path) => statOf(path)?.isFile() !== true)) return filterOf(flags)
  let whole: CaptureSpan | undefined
  for (const path of captures) {
    const each = await captureSpan(path, signal)
    if (whole === undefined || each === undefined) whole ??= each
    else
      whole = {
        fromNs: each.fromNs < whole.fromNs ? each.fromNs : whole.fromNs,
        toNs: each.toNs > whole.toNs ? each.toNs : whole.toNs,
      }
  }
  return filterOf(flags, whole ?? { fromNs: 0n, toNs: 0n })
}
