// What options take: each function parses the text of one option as commander's `argParser`, and throws its
// InvalidArgumentError, to which commander adds the option.

import { InvalidArgumentError } from 'commander'
import { didYouMean } from '../base/suggest.js'
import { type Words, taking } from '../base/words.js'

/** A parser for one of `allowed`. */
export function oneOf<T extends string>(allowed: readonly T[]): ((text: string) => T) & Words {
  function parse(text: string): T {
    const found = allowed.find((name) => name === text.trim())
    if (found !== undefined) return found
    const hint = didYouMean(text, allowed)
    throw new InvalidArgumentError(`unknown '${text}'; ${hint ?? `it takes ${allowed.join(', ')}`}`)
  }
  return taking(parse, allowed, false)
}

/** A parser for a comma-separated list of names, each one of `allowed`; `where` tells where they are listed. */
export function namesOf(
  allowed: readonly string[],
  where: string,
): ((text: string) => string[]) & Words {
  function parse(text: string): string[] {
    const names = text.split(',').map((name) => name.trim())
    for (const name of names) {
      if (allowed.includes(name)) continue
      const hint = didYouMean(name, allowed) ?? where
      throw new InvalidArgumentError(`unknown name '${name}'; ${hint}`)
    }
    return [...new Set(names)]
  }
  return taking(parse, allowed, true)
}

/** A parser for one whole number from `min` to `max`. */
export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const n = Number(text)
    if (/^\d+$/.test(text.trim()) && n >= min && n <= max) return n
    const range = max === Number.MAX_SAFE_INTEGER ? `, ${min} or more` : ` from ${min} to ${max}`
    throw new InvalidArgumentError(`'${text.trim()}' is not a whole number${range}`)
  }
}

/** Where a server listens. */
export interface ListenAddress {
  readonly host: string
  readonly port: number
}

const LOOPBACK = '127.0.0.1'
const PORT_MAX = 65_535

/** Parses `[host:]port`, an IPv6 address in brackets; without a host nobody but this one is answered. Port 0 is any free one. */
export function listenAddress(text: string): ListenAddress {
  const [, ipv6, name, digits = ''] =
    /^(?:(?:\[([\da-f:.]+)\]|([^\s:[\]]+)):)?(\d{1,5})$/i.exec(text.trim()) ?? []
  const port = Number(digits)
  if (digits !== '' && port <= PORT_MAX) return { host: ipv6 ?? name ?? LOOPBACK, port }
  throw new InvalidArgumentError(
    `'${text}' is no [host:]port, such as 9177, 0.0.0.0:9177 or [::1]:9177`,
  )
}
