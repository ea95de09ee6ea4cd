// Random options, and what they ask for in words of the check.

import { isIPv6 } from 'node:net'
import { ENDINGS, endingOf } from '../../../src/verdict/endings.js'
import type { Random } from '../random.js'
import type { CaptureRow, Row } from './parse.js'

/** Options that change what is found, in whatever format. */
export function judgingOptions(random: Random): string[] {
  const options: (readonly string[])[] = [
    ['--idle', random.pick(['0', '1', '0.5', '60', '1e9'])],
    ['--max-connections', random.pick(['1', '2', '5', '500000'])],
    ['--max-half-open', random.pick(['1', '2', '9007199254740991'])],
    ['--max-layers', random.pick(['1', '2', '5', '1000'])],
    ['--killed-at', random.pick(['0', '1700000000.5', '2023-11-14T22:13:21Z', '999999999999'])],
  ]
  return options.filter(() => random.oneIn(6)).flat()
}

/** Options of the judgement that `explain` has too. */
export function explainOptions(judging: readonly string[]): string[] {
  return judging.flatMap((name, at) =>
    name === '--idle' || name === '--killed-at' ? [name, judging[at + 1] ?? ''] : [],
  )
}

/** A filter as options, and as a test of rows. */
export interface Filter {
  readonly options: readonly string[]
  readonly holds: (row: Row) => boolean
}

const CLOSERS = ['client', 'server', 'both', 'middlebox', 'none', 'unknown']

/** A filter that has something to do with the rows there are. */
export function filterFor(rows: readonly Row[], random: Random): Filter {
  const kinds = [endingFilter, closerFilter, hostFilter, portFilter, streamFilter]
  const parts = kinds.filter(() => random.oneIn(3)).map((kind) => kind(rows, random))
  return {
    options: parts.flatMap(({ options }) => options),
    holds: (row) => parts.every(({ holds }) => holds(row)),
  }
}

/** A value of some rows, or another one. */
function values(rows: readonly Row[], key: string, other: unknown, random: Random): string[] {
  return Array.from({ length: random.between(1, 3) }, () =>
    String(rows.length === 0 || random.oneIn(6) ? other : random.pick(rows)[key]),
  )
}

/** Names of endings, and whether a row has one of them. */
export function endingFilter(rows: readonly Row[], random: Random): Filter {
  const { verdict, cause } = random.pick(ENDINGS)
  const names = values(
    rows,
    random.pick(['verdict', 'cause']),
    random.pick([verdict, cause, `${verdict}.${cause}`]),
    random,
  )
  return {
    options: [random.pick(['--verdict', '--cause']), names.join()],
    holds: (row) => isNamed(row, names),
  }
}

/** Whether a row's ending is one of the names. */
export function isNamed({ verdict, cause }: Row, names: readonly string[]): boolean {
  return names.some((name) =>
    [verdict, cause, `${String(verdict)}.${String(cause)}`].includes(name),
  )
}

function closerFilter(rows: readonly Row[], random: Random): Filter {
  const names = values(rows, 'closer', random.pick(CLOSERS), random)
  return {
    options: ['--closer', names.join()],
    holds: ({ closer }) => names.includes(String(closer)),
  }
}

function hostFilter(rows: readonly Row[], random: Random): Filter {
  const key = random.pick(['client_ip', 'server_ip'])
  const hosts = values(rows, key, random.pick(['192.0.2.1', '::1', '2001:db8::1']), random)
  return {
    options: ['--host', hosts.join(random.pick([',', ', ']))],
    holds: (row) => [row['client_ip'], row['server_ip']].some((ip) => hosts.includes(String(ip))),
  }
}

function portFilter(rows: readonly Row[], random: Random): Filter {
  const ports = values(rows, random.pick(['client_port', 'server_port']), 65_535, random)
  return {
    options: ['--port', ports.join()],
    holds: (row) =>
      [row['client_port'], row['server_port']].some((port) => ports.includes(String(port))),
  }
}

function streamFilter(rows: readonly Row[], random: Random): Filter {
  const streams = values(rows, 'stream', random.below(9), random)
  return {
    options: ['--stream', streams.join()],
    holds: ({ stream }) => streams.includes(String(stream)),
  }
}

/** An end as `--client` takes it. */
export function endText(row: Row, side: 'client' | 'server'): string {
  const [ip, port] = [String(row[`${side}_ip`]), String(row[`${side}_port`])]
  return isIPv6(ip) ? `[${ip}]:${port}` : `${ip}:${port}`
}

/** Every ending's name. */
export const ENDING_NAMES: readonly string[] = ENDINGS.map(endingOf)

/** The exit code that the captures' rows ask for. */
export function codeFor(
  captures: readonly CaptureRow[],
  isStrict: boolean,
  isMatched: boolean,
): number {
  const failed = captures.some(
    ({ error }) => error !== undefined && (isStrict || error.code !== 'ERR_CAPTURE_TRUNCATED'),
  )
  return failed ? 2 : isMatched ? 1 : 0
}
