// Which connections are reported: `--verdict`, `--cause`, `--closer`, `--host`, `--port`, `--stream`.

import { isIP, isIPv6 } from 'node:net'
import { TeardownError } from '../../base/errors.js'
import { sideAddress } from '../../output/columns/address.js'
import type { ColumnSource } from '../../output/columns/column.js'
import { ENDINGS, VERDICTS, endingOf } from '../../verdict/endings.js'

/** Filters as given; each is a list, empty for no restriction. */
export interface FilterOptions {
  readonly verdict: readonly string[]
  readonly cause: readonly string[]
  readonly closer: readonly string[]
  readonly host: readonly string[]
  readonly port: readonly number[]
  readonly stream: readonly number[]
}

/** Whether a connection is to be reported. */
export type ConnectionFilter = (from: ColumnSource) => boolean

/** Values `closer` can have. */
export const CLOSERS: readonly string[] = [
  'client',
  'server',
  'both',
  'middlebox',
  'none',
  'unknown',
]

/** Names that select connections by ending: a verdict, a cause, or `verdict.cause`. */
export const ENDING_NAMES: readonly string[] = [
  ...VERDICTS.map((row) => row.verdict),
  ...ENDINGS.map(endingOf),
]

/** One test from all filters; every kind that is given has to match. */
export function connectionFilter(options: FilterOptions): ConnectionFilter {
  const tests: ConnectionFilter[] = []
  const { verdict, cause, closer, host, port, stream } = options
  if (verdict.length > 0) tests.push((c) => verdict.includes(c.j.verdict))
  if (cause.length > 0) {
    tests.push((c) => cause.includes(c.j.cause) || cause.includes(c.j.ending))
  }
  if (closer.length > 0) tests.push((c) => closer.includes(c.j.closer))
  if (host.length > 0) {
    // Of the capture's own addresses, whatever is shown instead.
    tests.push(({ e }) => SIDES.some((side) => host.includes(canonicalHost(sideAddress(e, side)))))
  }
  if (port.length > 0) {
    tests.push(({ e }) => SIDES.some((side) => port.includes(e.portOf(side))))
  }
  if (stream.length > 0) tests.push((c) => stream.includes(c.e.stream))
  return (from) => tests.every((test) => test(from))
}

/** Whether an ending is one of `names`: verdicts, or `verdict.cause`. */
export function endingMatches(names: readonly string[], from: ColumnSource): boolean {
  return names.includes(from.j.verdict) || names.includes(from.j.ending)
}

/**
 * Parses a comma-separated list of names, each one of `allowed`.
 *
 * @throws {TeardownError} ERR_OPTION for another name.
 */
export function parseNames(option: string, text: string, allowed: readonly string[]): string[] {
  const names = text.split(',').map((name) => name.trim())
  for (const name of names) {
    if (allowed.includes(name)) continue
    throw new TeardownError(
      'ERR_OPTION',
      `${option}: unknown name '${name}'; it takes ${allowed.join(', ')}`,
    )
  }
  return names
}

/**
 * Parses a comma-separated list of addresses into one spelling each.
 *
 * @throws {TeardownError} ERR_OPTION for anything that is no address; names are never resolved.
 */
export function parseHosts(option: string, text: string): string[] {
  return text.split(',').map((part) => {
    const address = part.trim()
    if (isIP(address) !== 0) return canonicalHost(address)
    throw new TeardownError('ERR_OPTION', `${option}: '${address}' is not an IPv4 or IPv6 address`)
  })
}

/** One spelling for all spellings of an address: that of the URL standard. */
function canonicalHost(address: string): string {
  return isIPv6(address) ? new URL(`http://[${address}]`).hostname : address
}

/**
 * Parses a comma-separated list of whole numbers from 0 to `max`.
 *
 * @throws {TeardownError} ERR_OPTION for anything else.
 */
export function parseNumbers(option: string, text: string, max: number): number[] {
  return text.split(',').map((part) => {
    const n = Number(part)
    if (!/^\d+$/.test(part.trim()) || n > max) {
      throw new TeardownError(
        'ERR_OPTION',
        `${option}: '${part}' is not a whole number from 0 to ${max}`,
      )
    }
    return n
  })
}

/** Both sides of a connection record. */
const SIDES = [0, 1]
