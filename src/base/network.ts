// Networks of addresses as people write them: 10.0.0.7, 10.0.0.0/8, 2001:db8::/32.

/** Addresses that share their first bits. */
export interface Network {
  readonly isIpv6: boolean
  /** Four words of 32 bits, of which IPv4 takes the first. */
  readonly words: readonly number[]
  /** How many bits from the first on have to be equal. */
  readonly bits: number
}

/** Reads an address or a network in CIDR form; undefined for what is neither. */
export function parseNetwork(text: string): Network | undefined {
  const [, address = '', prefix] = /^([^/]+?)(?:\/(\d{1,3}))?$/.exec(text.trim()) ?? []
  const bare = address.replace(/^\[(.*)\]$/, '$1')
  const v4 = ipv4Word(bare)
  if (v4 !== undefined) return network(false, [v4, 0, 0, 0], prefix, 32)
  // Its zone is of the machine that captured: no packet carries it.
  const words = ipv6Words(bare.replace(/%.*$/, ''))
  if (words === undefined) return undefined
  // An IPv4 address as sockets for both versions show it.
  const isMapped = words[0] === 0 && words[1] === 0 && words[2] === 0xffff
  return isMapped && prefix === undefined
    ? network(false, [words[3] as number, 0, 0, 0], undefined, 32)
    : network(true, words, prefix, 128)
}

/** Whether the address whose words begin at `at` in `ints` lies in a network. */
export function isIn({ words, bits }: Network, ints: Int32Array, at: number): boolean {
  let left = bits
  for (let i = 0; i < 4 && left > 0; i++, left -= 32) {
    const mask = left >= 32 ? -1 : -1 << (32 - left)
    if ((((ints[at + i] as number) ^ (words[i] as number)) & mask) !== 0) return false
  }
  return true
}

function network(
  isIpv6: boolean,
  words: readonly number[],
  prefix: string | undefined,
  most: number,
): Network | undefined {
  const bits = prefix === undefined ? most : Number(prefix)
  return bits > most ? undefined : { isIpv6, words: words.map((word) => word | 0), bits }
}

function ipv4Word(text: string): number | undefined {
  const parts = text.split('.')
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part)))
    return undefined
  const bytes = parts.map(Number)
  if (bytes.some((byte) => byte > 255)) return undefined
  return bytes.reduce((word, byte) => (word << 8) | byte, 0)
}

const GROUPS = 8

function ipv6Words(text: string): number[] | undefined {
  const halves = text.split('::')
  if (!text.includes(':') || halves.length > 2) return undefined
  const [head, tail] = halves.map(groupsOf)
  if (head === undefined || (halves.length === 2 && tail === undefined)) return undefined
  const missing = GROUPS - head.length - (tail?.length ?? 0)
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined
  const groups = [...head, ...Array.from({ length: missing }, () => 0), ...(tail ?? [])]
  return [0, 2, 4, 6].map((at) => ((groups[at] as number) << 16) | (groups[at + 1] as number))
}

/** The groups of 16 bits of one half, of which the last may be an IPv4 address. */
function groupsOf(half: string): number[] | undefined {
  if (half === '') return []
  const groups: number[] = []
  for (const [at, part] of half.split(':').entries()) {
    const v4 = at === half.split(':').length - 1 ? ipv4Word(part) : undefined
    if (v4 !== undefined) groups.push(v4 >>> 16, v4 & 0xffff)
    else if (/^[\da-f]{1,4}$/i.test(part)) groups.push(Number.parseInt(part, 16))
    else return undefined
  }
  return groups
}
