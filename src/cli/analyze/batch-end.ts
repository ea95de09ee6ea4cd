// What a run into a folder ends with on standard error: totals, and the captures of which something is missing, by what is wrong.

import { count, grouped } from '../../base/text.js'
import type { CaptureReport } from '../../engine/report.js'
import type { Summary } from '../../output/collect/summary.js'

/** Captures named of one kind of failure. */
const NAMED = 5
/** So few still stand on the screen, where each was told when it came. */
const FEW = 3

/** Captures that could not be read to their end, by what is wrong with them. */
export class Failures {
  private readonly kinds = new Map<string, { captures: number; readonly names: string[] }>()
  private captures = 0

  add({ capture, error }: CaptureReport): void {
    if (error === undefined || error.code === 'ERR_INTERRUPTED') return
    this.captures++
    const kind = kindOf(error.message)
    const found = this.kinds.get(kind)
    if (found === undefined) this.kinds.set(kind, { captures: 1, names: [capture] })
    else {
      found.captures++
      if (found.names.length < NAMED) found.names.push(capture)
    }
  }

  /** A first line and one for each kind, the most frequent first; empty for few failures. */
  lines(all: number): string[] {
    if (this.captures <= FEW) return []
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
