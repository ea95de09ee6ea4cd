// Addresses as text. Nothing is ever resolved.

import type { Whole } from '../../tcp/record/view.js'

/** Text of the address at `word` of a connection record. */
export function addressText(ints: Int32Array, word: number, isV6: boolean): string {
  return isV6 ? ipv6Text(ints, word) : ipv4Text(ints[word] as number)
}

/** Replaces addresses, always the same way. */
export interface Anonymizer {
  /** The address in place of an IPv4 address, as a word in network order. */
  ipv4(word: number): number
  /** The words in place of the four words of an IPv6 address at `at`. */
  ipv6(words: Int32Array, at: number): Int32Array
}

/** Where an address is read, and what is shown instead of it. */
export interface AddressSource {
  readonly e: Whole
  readonly anonymizer: Anonymizer | undefined
}

/** Address of one side as it is shown. */
export function shownAddress(from: AddressSource, side: number): string {
  const { e, anonymizer } = from
  const word = shownIpv4(from, side)
  if (word !== undefined) return ipv4Text(word)
  const { ints } = e.own
  const at = e.addressAt(side)
  return anonymizer === undefined ? ipv6Text(ints, at) : ipv6Text(anonymizer.ipv6(ints, at), 0)
}

/** The same as a word, for IPv4 only. */
export function shownIpv4({ e, anonymizer }: AddressSource, side: number): number | undefined {
  if (e.isIpv6) return undefined
  const word = e.own.ints[e.addressAt(side)] as number
  return anonymizer === undefined ? word : anonymizer.ipv4(word)
}

function ipv4Text(word: number): string {
  return `${word >>> 24}.${(word >>> 16) & 0xff}.${(word >>> 8) & 0xff}.${word & 0xff}`
}

/** RFC 5952: lower case, no leading zeros, the longest run of two or more zero groups shortened. */
function ipv6Text(ints: Int32Array, word: number): string {
  const groups: number[] = []
  for (let i = 0; i < 4; i++) {
    const part = ints[word + i] as number
    groups.push(part >>> 16, part & 0xffff)
  }
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff) {
    return `::ffff:${ipv4Text(ints[word + 3] as number)}`
  }
  const [from, length] = longestZeroRun(groups)
  const hex = groups.map((group) => group.toString(16))
  if (length < 2) return hex.join(':')
  return `${hex.slice(0, from).join(':')}::${hex.slice(from + length).join(':')}`
}

function longestZeroRun(groups: readonly number[]): readonly [from: number, length: number] {
  let best: readonly [number, number] = [0, 0]
  for (let from = 0; from < groups.length; from++) {
    let length = 0
    while (from + length < groups.length && groups[from + length] === 0) length++
    if (length > best[1]) best = [from, length]
    from += length
  }
  return best
}

/** `10.0.0.1:80` or `[2001:db8::1]:80`. */
export function endpointText(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
}

/** Address and port of one side as they are shown. */
export function shownEndpoint(from: AddressSource, side: number): string {
  return endpointText(shownAddress(from, side), from.e.portOf(side))
}
