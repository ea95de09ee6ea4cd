// What a run of many captures ends with on standard error: those of which something is missing, by what is wrong, and totals.

import { count, grouped } from '../../base/text.js'
import type { CaptureReport } from '../../engine/report.js'
import type { Summary } from '../../output/collect/summary.js'

/** Captures named of one kind of failure. */
const NAMED = 5
/** So many are told one by one, when they come. */
const TOLD = 5

/** Captures that could not be read to their end, by what is wrong with them. */
export class Failures {
  private readonly kinds = new Map<string, { captures: number; readonly names: string[] }>()
  private captures = 0

  /** Adds a capture; true when it is to be told by itself. */
  add({ capture, error }: CaptureReport): boolean {
    if (error === undefined || error.code === 'ERR_INTERRUPTED') return true
    this.captures++
    const kind = kindOf(error.message)
    const found = this.kinds.get(kind)
    if (found === undefined) this.kinds.set(kind, { captures: 1, names: [capture] })
    else {
      found.captures++
      if (found.names.length < NAMED) found.names.push(capture)
    }
    return this.captures <= TOLD
  }

  /** A first line and one for each kind, the most frequent first; empty where each was told by itself. */
  lines(all: number): string[] {
    if (this.captures <= TOLD) return []
    const kinds = [...this.kinds].sort(([, a], [, b]) => b.captures - a.captures)
    return [
      `${grouped(this.captures)} of ${count(all, 'capture')} failed or ended early`,
      ...kinds.map(([kind, { captures, names }]) => {
        const more = captures > names.length ? `, and ${grouped(captures - names.length)} more` : ''
        return `${kind}: ${names.join(', ')}${more}`
      }),
    ]
  }
}

/** "60 connections, 812 packets; rst_abort 30, handshake_failed 20". */
export function totalsText({ selected_connections: n, packets, verdicts }: Summary): string {
  const counted = Object.entries(verdicts)
    .filter(([, times]) => times > 0)
    .sort(([, a], [, b]) => b - a)
  const endings = counted.map(([verdict, times]) => `${verdict} ${grouped(times)}`).join(', ')
  return `${count(n, 'connection')}, ${count(packets, 'packet')}${endings === '' ? '' : `; ${endings}`}`
}

/** What is wrong, without where. */
function kindOf(message: string): string {
  const [, what, why] = /^cannot (read|write|make) .*: (.*)$/.exec(message) ?? []
  return what === undefined ? (message.split(' at byte ')[0] ?? '') : `cannot ${what}: ${why}`
}
