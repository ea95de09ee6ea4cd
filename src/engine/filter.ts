// Which connections are reported: `--verdict`, `--cause`, `--closer`, `--finding`, `--sees`, `--host`, `--port`, `--stream`.

import { isIPv6 } from 'node:net'
import { sideAddress } from '../output/columns/address.js'
import type { ColumnSource } from '../output/columns/column.js'

/** Filters as given; each is a list, empty for no restriction. Endings are verdicts, or `verdict.cause`. */
export interface FilterOptions {
  readonly verdict: readonly string[]
  readonly cause: readonly string[]
  readonly closer: readonly string[]
  /** Codes of findings. */
  readonly finding: readonly string[]
  /** What one of the two programs saw. */
  readonly sees: readonly string[]
  readonly host: readonly string[]
  readonly port: readonly number[]
  readonly stream: readonly number[]
}

/** Whether a connection is to be reported. */
export type ConnectionFilter = (from: ColumnSource) => boolean

/** One test from all filters; every kind that is given has to match. */
export function connectionFilter(options: FilterOptions): ConnectionFilter {
  const tests: ConnectionFilter[] = []
  const { verdict, cause, closer, finding, sees, host, port, stream } = options
  if (verdict.length > 0) tests.push((c) => endingMatches(verdict, c))
  if (cause.length > 0) tests.push((c) => endingMatches(cause, c))
  if (closer.length > 0) tests.push((c) => closer.includes(c.j.closer))
  if (finding.length > 0)
    tests.push(({ j }) => j.findings().some(({ code }) => finding.includes(code)))
  if (sees.length > 0)
    tests.push(
      ({ j }) => sees.includes(j.clientSees() ?? '') || sees.includes(j.serverSees() ?? ''),
    )
  if (host.length > 0) {
    // Of the capture's own addresses, whatever is shown instead.
    const hosts = new Set(host)
    tests.push(({ e }) => SIDES.some((side) => hosts.has(canonicalHost(sideAddress(e, side)))))
  }
  if (port.length > 0) {
    const ports = new Set(port)
    tests.push(({ e }) => SIDES.some((side) => ports.has(e.portOf(side))))
  }
  if (stream.length > 0) {
    const streams = new Set(stream)
    tests.push((c) => streams.has(c.e.stream))
  }
  return (from) => tests.every((test) => test(from))
}

/** Whether an ending is one of `names`: verdicts, or `verdict.cause`. */
export function endingMatches(names: readonly string[], from: ColumnSource): boolean {
  return names.includes(from.j.verdict) || names.includes(from.j.ending)
}

/** One spelling for all spellings of an address: that of the URL standard. */
export function canonicalHost(address: string): string {
  return isIPv6(address) ? new URL(`http://[${address}]`).hostname : address
}

/** Both sides of a connection record. */
const SIDES = [0, 1]
