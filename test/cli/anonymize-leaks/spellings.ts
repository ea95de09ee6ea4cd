// The addresses that are planted, and all the ways to write them.

/** Bytes of which neither four in a row nor three of them are anywhere by chance. */
export const PLANTED: Uint8Array = Uint8Array.of(0x5b, 0x71, 0xd9, 0xa7)
/** The same, read in the other byte order. */
export const SWAPPED: Uint8Array = PLANTED.slice().reverse()
/** Its lower three bytes: a number that a length may be. */
export const PLANTED_TAIL: Uint8Array = Uint8Array.of(0, 0x71, 0xd9, 0xa7)
/** An IPv6 address. */
export const PLANTED_V6: Uint8Array = Uint8Array.from(
  Buffer.from('2a0f9a3c71d5e84bb6c25f0793dec1a9', 'hex'),
)

const SEPARATORS = ['', '.', ' ', ':', '-', '_', ' 0x', ', ']
const ZERO_OF_ARABIC = 0x660

/** A word in network order. */
function word(bytes: Uint8Array): number {
  return Buffer.from(bytes).readUInt32BE()
}

function inArabicDigits(text: string): string {
  return text.replace(/\d/g, (digit) => String.fromCodePoint(ZERO_OF_ARABIC + Number(digit)))
}

/** Four bytes as people and programs write them. */
function spellingsOfWord(bytes: Uint8Array): string[] {
  const decimals = [...bytes].map(String)
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0'))
  const halves = [hex.slice(0, 2).join(''), hex.slice(2).join('')]
  const number = word(bytes)
  const digits = [number, number - 0x1_0000_0000, number >>> 8, number & 0xff_ffff]
  // Labels of MPLS have 20 bits.
  digits.push(number >>> 12, number & 0xf_ffff)
  const numbers = digits.flatMap((each) => [`${each}`, each.toLocaleString('en')])
  const dotted = decimals.join('.')
  return [
    ...SEPARATORS.flatMap((by) => [decimals.join(by), hex.join(by)]),
    ...['-', ':', '.'].map((by) => halves.join(by)),
    ...numbers,
    ...[dotted, `${number}`].map(inArabicDigits),
    ...[Buffer.from(bytes), Buffer.from(dotted)].map(base64),
    number.toString(8),
  ]
}

/** Base64, as far as it does not depend on what follows. */
function base64(bytes: Buffer): string {
  return bytes.subarray(0, bytes.length - (bytes.length % 3)).toString('base64')
}

function spellingsOfV6(bytes: Uint8Array): string[] {
  const hex = Buffer.from(bytes).toString('hex')
  const groups = hex.match(/.{4}/g) ?? []
  const pairs = hex.match(/../g) ?? []
  const plain = groups.map((group) => group.replace(/^0+/, ''))
  return [
    ...SEPARATORS.flatMap((by) => [groups.join(by), plain.join(by), pairs.join(by)]),
    [...pairs].reverse().join(''),
    [...hex].reverse().join('.'),
    BigInt(`0x${hex}`).toString(),
    Buffer.from(bytes).toString('base64').slice(0, 20),
    // Half of it is enough to know a network.
    plain.slice(0, 4).join(':'),
    plain.slice(4).join(':'),
    plain.slice(0, 4).join('-'),
    BigInt(`0x${hex.slice(0, 16)}`).toString(),
  ]
}

const SHORT = 6

/** Every spelling that must be in no output, in lower case but for base64. */
export const SPELLINGS: readonly string[] = [
  ...new Set([
    ...spellingsOfWord(PLANTED),
    ...spellingsOfWord(SWAPPED),
    ...spellingsOfV6(PLANTED_V6),
  ]),
].filter((spelling) => spelling.length >= SHORT)

/** Texts that hold an address, as names and comments may. */
export const TEXTS: readonly string[] = [
  ...SPELLINGS,
  '192.168.19725',
  '2001-db8--1',
  'c0-a8-4d-d',
  '0xa3234',
  'ip-10-50-52',
]

const CASELESS = new RegExp(
  SPELLINGS.map((each) => each.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|'),
  'i',
)

/** The lines of a text that an address is in. */
export function leaksIn(text: string): string[] {
  return text
    .split('\n')
    .filter((line) => CASELESS.test(line) || TEXTS.some((each) => line.includes(each)))
}
