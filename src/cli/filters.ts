// The filters of all commands about captures: one set of options, and what they take.

import { InvalidArgumentError, type Option } from 'commander'
import { TeardownError } from '../base/errors.js'
import { type Network, parseNetwork } from '../base/network.js'
import type { EndPattern, FilterOptions, PayloadText, Range, Wanted } from '../engine/filter.js'
import { type CaptureSpan, captureSpan } from '../engine/capture-span.js'
import { statOf } from '../capture/stat.js'
import { CLOSERS, CONFIDENCES } from '../verdict/answer.js'
import { FINDINGS } from '../verdict/findings.js'
import { FLAGS } from '../verdict/flags.js'
import { SEES } from '../verdict/sees.js'
import { type Moment, moment, momentNs, needsSpan } from './moment.js'
import { endingNames } from './names.js'
import { option } from './options.js'
import { didYouMean } from './suggest.js'
import { spanOrSeconds } from './values.js'

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

const MAX_PORT = 65_535
const ANY = Number.MAX_SAFE_INTEGER

/** The options; what is live has no end to count from. Lists are comma-separated; a value with `!` before it is one that may not be. */
export function filterOptions(isLive = false): Option[] {
  return [
    option('--verdict <names>', 'only connections that ended so', namesBy(endingNames)),
    option(
      '--cause <names>',
      'likewise; both take verdict, cause or verdict.cause',
      namesBy(endingNames),
    ),
    option('--closer <names>', `only connections ended by ${CLOSERS.join(', ')}`, names(CLOSERS)),
    option('--confidence <names>', `only ${CONFIDENCES.join(', ')} verdicts`, names(CONFIDENCES)),
    option(
      '--finding <codes>',
      'only connections with one of these findings (explain findings lists them)',
      names(
        FINDINGS.map(({ code }) => code),
        'tcp-teardown explain findings lists all',
      ),
    ),
    option(
      '--flag <names>',
      'only connections with one of these flags (explain flags lists them)',
      names(
        FLAGS.map(({ name }) => name),
        'tcp-teardown explain flags lists all',
      ),
    ),
    option(
      '--sees <errors>',
      'only connections of which a program saw one of these, such as ECONNRESET',
      names(SEES.map(({ name }) => name)),
    ),
    option(
      '--host <addresses>',
      'only connections with these addresses or networks',
      listOf(network),
    ),
    option(
      '--server <ends>',
      'only to these servers: address, network, :port, address:port',
      listOf(end),
    ),
    option('--client <ends>', 'only from these clients, likewise', listOf(end)),
    option(
      '--port <ports>',
      'only connections with these ports, such as 80,8000-8099',
      listOf(rangeOf(MAX_PORT)),
    ),
    option(
      '--stream <numbers>',
      "only these streams (Wireshark's tcp.stream), such as 3,10-20",
      listOf(rangeOf(ANY)),
    ),
    option(
      '--since <time>',
      `only what ended then or later: ISO 8601, seconds since 1970${isLive ? '' : ', 20:01:20, -5m from the end'}`,
      moment,
    ),
    option('--until <time>', 'only what ended until then', moment),
    option(
      '--min-duration <time>',
      'only connections that lasted so long, such as 250ms or 5m',
      spanOrSeconds,
    ),
    option(
      '--contains <text>',
      'only connections whose payload holds this text, as a request id; !text: does not',
      payloadText,
    ),
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

/** Splits a list into what has to be and what may not be. */
function listOf<T>(parse: (text: string) => T): (text: string, before?: Wanted<T>) => Wanted<T> {
  return (text, before = { any: [], none: [] }) => {
    const parts = text.split(',').map((part) => part.trim())
    const any = parts.filter((part) => !part.startsWith('!')).map(parse)
    const none = parts
      .filter((part) => part.startsWith('!'))
      .map((part) => parse(part.slice(1).trim()))
    // An option that is given twice has both lists.
    return { any: [...before.any, ...any], none: [...before.none, ...none] }
  }
}

function namesBy(
  parse: (text: string) => string[],
): (text: string, before?: Wanted<string>) => Wanted<string> {
  return (text, before = { any: [], none: [] }) => {
    const { any, none } = listOf(parse)(text)
    return {
      any: [...new Set([...before.any, ...any.flat()])],
      none: [...new Set([...before.none, ...none.flat()])],
    }
  }
}

function names(
  allowed: readonly string[],
  where = `it takes ${allowed.join(', ')}`,
): (text: string, before?: Wanted<string>) => Wanted<string> {
  return listOf((name) => {
    if (allowed.includes(name)) return name
    throw new InvalidArgumentError(`unknown name '${name}'; ${didYouMean(name, allowed) ?? where}`)
  })
}

/** Parses an address or a network. Names are never resolved. */
function network(text: string): Network {
  const found = parseNetwork(text)
  if (found !== undefined) return found
  throw new InvalidArgumentError(
    `'${text}' is not an IPv4 or IPv6 address, or a network such as 10.0.0.0/8`,
  )
}

/** Parses one end of connections. */
function end(text: string): EndPattern {
  const whole = parseNetwork(text)
  if (whole !== undefined) return { network: whole, port: undefined }
  const [, address = '', port = ''] = /^(.*):(\d+)$/.exec(text) ?? []
  const isPort = port !== '' && Number(port) <= MAX_PORT
  const found = parseNetwork(address)
  if (isPort && (address === '' || found !== undefined))
    return { network: found, port: Number(port) }
  throw new InvalidArgumentError(
    `'${text}' is no end of a connection, such as 10.0.0.1, 10.0.0.0/8, 10.0.0.1:443, [2001:db8::1]:443 or :443`,
  )
}

function rangeOf(most: number): (text: string) => Range {
  return (text) => {
    const [, first = '', last = first] = /^(\d+)(?:\s*-\s*(\d+))?$/.exec(text) ?? []
    const [from, to] = [Number(first), Number(last)]
    if (first !== '' && from <= to && to <= most) return { from, to }
    const limit = most === ANY ? '' : ` up to ${most}`
    throw new InvalidArgumentError(
      `'${text}' is neither a whole number${limit} nor a range such as 10-20`,
    )
  }
}

/** The bytes of a text; \\xHH stands for a byte, and ! before all for a payload without it. */
function payloadText(typed: string, before?: PayloadText): PayloadText {
  if (before !== undefined) throw new InvalidArgumentError('it can be given once')
  const isWanted = !typed.startsWith('!')
  const text = isWanted ? typed : typed.slice(1)
  if (text === '') throw new InvalidArgumentError('it takes a text')
  const parts = text.split(/(\\x[\da-f]{2})/i)
  const bytes = Buffer.concat(
    parts.map((part) =>
      /^\\x[\da-f]{2}$/i.test(part) ? Buffer.from(part.slice(2), 'hex') : Buffer.from(part),
    ),
  )
  return { bytes, isWanted }
}
