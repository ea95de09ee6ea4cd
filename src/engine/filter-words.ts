// What filters take as text, the same on a command line and in the library: one parser for each.

import { ValueError } from '../base/errors.js'
import { type Network, parseNetwork } from '../base/network.js'
import { didYouMean } from '../base/suggest.js'
import { spanOrSeconds, timeNs } from '../base/time-words.js'
import { type Words, taking } from '../base/words.js'
import { CLOSERS, CONFIDENCES } from '../verdict/answer.js'
import { ENDING_NAMES, endingNames } from '../verdict/ending-names.js'
import { FINDINGS } from '../verdict/findings.js'
import { FLAGS } from '../verdict/flags.js'
import { SEES } from '../verdict/sees.js'
import type { EndPattern, FilterOptions, PayloadText, Range, Wanted } from './filter.js'

const MAX_PORT = 65_535
const ANY = Number.MAX_SAFE_INTEGER

/** Parses the text of a filter; `before` is what an earlier text of the same filter gave. */
type WordsOf<T> = ((text: string, before?: T) => T) & Partial<Words>

/**
 * The parser of each filter. Lists are comma-separated; a value with `!` before it is one that may not be. Each throws a
 * {@link ValueError} for what it does not take.
 */
export const FILTER_WORDS: {
  readonly [K in keyof FilterOptions]-?: WordsOf<Required<FilterOptions>[K]>
} = {
  verdict: taking(endings, ENDING_NAMES, true),
  cause: taking(endings, ENDING_NAMES, true),
  closer: names(CLOSERS),
  confidence: names(CONFIDENCES),
  finding: names(
    FINDINGS.map(({ code }) => code),
    'tcp-teardown explain findings lists all',
  ),
  flag: names(
    FLAGS.map(({ name }) => name),
    'tcp-teardown explain flags lists all',
  ),
  sees: names(SEES.map(({ name }) => name)),
  host: listOf(network),
  server: listOf(end),
  client: listOf(end),
  port: listOf(rangeOf(MAX_PORT)),
  stream: listOf(rangeOf(ANY)),
  since: timeNs,
  until: timeNs,
  minDuration: spanOrSeconds,
  contains: payloadText,
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

/** Names of endings. */
function endings(text: string, before: Wanted<string> = { any: [], none: [] }): Wanted<string> {
  const { any, none } = listOf(endingNames)(text)
  return {
    any: [...new Set([...before.any, ...any.flat()])],
    none: [...new Set([...before.none, ...none.flat()])],
  }
}

function names(
  allowed: readonly string[],
  where = `it takes ${allowed.join(', ')}`,
): WordsOf<Wanted<string>> {
  const parse = listOf((name) => {
    if (allowed.includes(name)) return name
    throw new ValueError(`unknown name '${name}'; ${didYouMean(name, allowed) ?? where}`)
  })
  return taking(parse, allowed, true)
}

/** Parses an address or a network. Names are never resolved. */
function network(text: string): Network {
  const found = parseNetwork(text)
  if (found !== undefined) return found
  throw new ValueError(`'${text}' is not an IPv4 or IPv6 address, or a network such as 10.0.0.0/8`)
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
  throw new ValueError(
    `'${text}' is no end of a connection, such as 10.0.0.1, 10.0.0.0/8, 10.0.0.1:443, [2001:db8::1]:443 or :443`,
  )
}

function rangeOf(most: number): (text: string) => Range {
  return (text) => {
    const [, first = '', last = first] = /^(\d+)(?:\s*-\s*(\d+))?$/.exec(text) ?? []
    const [from, to] = [Number(first), Number(last)]
    if (first !== '' && from <= to && to <= most) return { from, to }
    const limit = most === ANY ? '' : ` up to ${most}`
    throw new ValueError(`'${text}' is neither a whole number${limit} nor a range such as 10-20`)
  }
}

/** The bytes of a text; \\xHH stands for a byte, and ! before all for a payload without it. */
function payloadText(typed: string, before?: PayloadText): PayloadText {
  if (before !== undefined) throw new ValueError('it can be given once')
  const isWanted = !typed.startsWith('!')
  const text = isWanted ? typed : typed.slice(1)
  if (text === '') throw new ValueError('it takes a text')
  const parts = text.split(/(\\x[\da-f]{2})/i)
  const encoder = new TextEncoder()
  const bytes = parts.flatMap((part) =>
    /^\\x[\da-f]{2}$/i.test(part) ? parseInt(part.slice(2), 16) : Array.from(encoder.encode(part)),
  )
  return { bytes: Uint8Array.from(bytes), isWanted }
}
