// Values of options that are lists: names, addresses, numbers.

import { isIP } from 'node:net'
import { TeardownError } from '../base/errors.js'
import { canonicalHost } from '../engine/filter.js'

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
