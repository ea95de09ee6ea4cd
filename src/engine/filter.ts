// Which connections are reported: what the filter options ask for, as plain data and as one test.

import { type Network, isIn } from '../base/network.js'
import { flagNames } from '../verdict/flags.js'
import { CONN_CONTAINS } from '../tcp/record/bits.js'
import { firstTeardown } from '../verdict/timings.js'
import type { ColumnSource } from '../output/columns/column.js'

/** Values of which one has to fit, if there are any, and values of which none may. */
export interface Wanted<T> {
  readonly any: readonly T[]
  readonly none: readonly T[]
}

/** Numbers from `from` to `to`, both included. */
export interface Range {
  readonly from: number
  readonly to: number
}

/** One end of connections: a network, ports, or both. */
export interface EndPattern {
  readonly network: Network | undefined
  readonly port: number | undefined
}

/** Bytes of a payload that a connection has to have, or must not have. */
export interface PayloadText {
  readonly bytes: Uint8Array
  readonly isWanted: boolean
}

/** Filters as given, those that are. Endings are verdicts, or `verdict.cause`. */
export interface FilterOptions {
  readonly verdict?: Wanted<string>
  readonly cause?: Wanted<string>
  readonly closer?: Wanted<string>
  readonly confidence?: Wanted<string>
  readonly flag?: Wanted<string>
  /** Codes of findings. */
  readonly finding?: Wanted<string>
  /** What one of the two programs saw. */
  readonly sees?: Wanted<string>
  readonly host?: Wanted<Network>
  readonly server?: Wanted<EndPattern>
  readonly client?: Wanted<EndPattern>
  readonly port?: Wanted<Range>
  readonly stream?: Wanted<Range>
  /** When a connection ended: not before, and not after, ns since 1970. */
  readonly since?: bigint
  readonly until?: bigint
  /** From its first packet to its last, ns. */
  readonly minDuration?: number
  /** What the payload holds, or does not hold; looked for while packets are read. */
  readonly contains?: PayloadText
}

/** Whether a connection is to be reported. */
export type ConnectionFilter = (from: ColumnSource) => boolean

/** Makes the test of one filter. */
type TestOf<T> = (value: T) => ConnectionFilter

/** How each filter tests: one row for each. */
const TESTS: { readonly [K in keyof Required<FilterOptions>]: TestOf<Required<FilterOptions>[K]> } =
  {
    verdict: (names) => (c) => fits(names, (name) => isEnding(name, c)),
    cause: (names) => (c) => fits(names, (name) => isEnding(name, c)),
    closer: (names) => (c) => fits(names, (name) => c.j.closer === name),
    confidence: (names) => (c) => fits(names, (name) => c.j.confidence === name),
    flag: (names) => (c) => {
      const flags = flagNames(c.e, c.j.derived)
      return fits(names, (name) => flags.includes(name))
    },
    finding: (codes) => (c) => {
      const found = c.j.findings()
      return fits(codes, (code) => found.some((finding) => finding.code === code))
    },
    sees: (names) => (c) => {
      const seen = [c.j.clientSees(), c.j.serverSees()]
      return fits(names, (name) => seen.some((each) => each === name))
    },
    host: ({ any, none }) => {
      const [isAny, isNone] = [any, none].map(addressTest)
      return (c) =>
        (any.length === 0 || SIDES.some((side) => isAny?.(c, side))) &&
        !SIDES.some((side) => isNone?.(c, side))
    },
    server: (patterns) => (c) => fits(patterns, (pattern) => isEnd(pattern, c, 1 - c.e.clientSide)),
    client: (patterns) => (c) => fits(patterns, (pattern) => isEnd(pattern, c, c.e.clientSide)),
    port: ({ any, none }) => {
      const [isAny, isNone] = [any, none].map(numberTest)
      return ({ e }) =>
        (any.length === 0 || SIDES.some((side) => isAny?.(e.portOf(side)))) &&
        !SIDES.some((side) => isNone?.(e.portOf(side)))
    },
    stream: ({ any, none }) => {
      const [isAny, isNone] = [any, none].map(numberTest)
      return ({ e }) =>
        (any.length === 0 || isAny?.(e.stream) === true) && isNone?.(e.stream) !== true
    },
    since: (ns) => (c) => endedNs(c) >= ns,
    until: (ns) => (c) => endedNs(c) <= ns,
    minDuration:
      (ns) =>
      ({ e }) =>
        e.endNs - e.startNs >= ns,
    contains:
      ({ isWanted }) =>
      ({ e }) =>
        e.has(CONN_CONTAINS) === isWanted,
  }

/** One test from all filters; every kind that is given has to match. */
export function connectionFilter(options: FilterOptions): ConnectionFilter {
  const tests = Object.entries(options).flatMap(([name, value]) => {
    const test = TESTS[name as keyof FilterOptions] as TestOf<unknown>
    return value === undefined ? [] : [test(value)]
  })
  return (from) => tests.every((test) => test(from))
}

/** Whether an ending is one of `names`: verdicts, or `verdict.cause`. */
export function endingMatches(names: readonly string[], from: ColumnSource): boolean {
  return names.some((name) => isEnding(name, from))
}

function isEnding(name: string, { j }: ColumnSource): boolean {
  return j.verdict === name || j.ending === name
}

function fits<T>({ any, none }: Wanted<T>, test: (value: T) => boolean): boolean {
  return (any.length === 0 || any.some(test)) && !none.some(test)
}

/** Whether a number is in one of some ranges; those of one number are looked up, however many there are. */
function numberTest(ranges: readonly Range[]): (n: number) => boolean {
  const singles = new Set<number>()
  const wide: Range[] = []
  for (const range of ranges) {
    if (range.from === range.to) singles.add(range.from)
    else wide.push(range)
  }
  return (n) => singles.has(n) || wide.some(({ from, to }) => n >= from && n <= to)
}

/** Whether the address of a side is in one of some networks, likewise. */
function addressTest(networks: readonly Network[]): (c: ColumnSource, side: number) => boolean {
  const singles = new Set<string>()
  const wide: Network[] = []
  for (const network of networks) {
    const { isIpv6, words, bits } = network
    if (bits === (isIpv6 ? 128 : 32)) singles.add(addressKey(words, 0, isIpv6))
    else wide.push(network)
  }
  return (c, side) => {
    const { e } = c
    if (singles.size > 0 && singles.has(addressKey(e.own.ints, e.addressAt(side), e.isIpv6)))
      return true
    return wide.some((network) => isSideIn(network, c, side))
  }
}

function addressKey(words: ArrayLike<number>, at: number, isIpv6: boolean): string {
  return isIpv6 ? `${words[at]} ${words[at + 1]} ${words[at + 2]} ${words[at + 3]}` : `${words[at]}`
}

function isEnd({ network, port }: EndPattern, c: ColumnSource, side: number): boolean {
  if (port !== undefined && c.e.portOf(side) !== port) return false
  return network === undefined || isSideIn(network, c, side)
}

/** Of the capture's own addresses, whatever is shown instead. */
function isSideIn(network: Network, { e }: ColumnSource, side: number): boolean {
  return e.isIpv6 === network.isIpv6 && isIn(network, e.own.ints, e.addressAt(side))
}

/** When a connection ended, ns since 1970: its first FIN or reset that counts, else its last packet. */
function endedNs({ e, j, baseNs }: ColumnSource): bigint {
  return baseNs + BigInt(Math.round(firstTeardown(j.derived)?.ns ?? e.endNs))
}

/** Both sides of a connection record. */
const SIDES = [0, 1]
