// Connections that are shown: the worst ones of an ending, or all of them.

import { duration } from '../../base/text.js'
import { firstTeardown } from '../../verdict/timings.js'
import { bytesAtRisk } from '../../verdict/findings/payload.js'
import { isoTime } from '../bytes/time.js'
import { shownEndpoint } from '../columns/address.js'
import type { ColumnSource } from '../columns/column.js'

/** Length of the texts kept of one ending: some ten thousand of them. */
const MAX_CHARS = 3 << 20

/** One connection as it is shown: plain data. */
export interface Example {
  readonly capture: string
  readonly client: string
  readonly server: string
  readonly encapsulation: string
  readonly stream: number
  /** When it ended, ISO 8601. */
  readonly ended: string
  /** How long it lasted, for people. */
  readonly lasted: string
  readonly confidence: string
  readonly explanation: string
  /** How bad it is among those of its ending. */
  readonly badness: number
}

/**
 * How bad a connection is among those of its ending: bytes at risk where it was reset, else how long somebody waited for it, or
 * it took to end.
 */
export function badnessOf({ e, j }: ColumnSource): number {
  const { derived: s, verdict } = j
  if (verdict === 'handshake_failed') return e.endNs - e.startNs
  if (verdict === 'lingering_established') return e.quietNs
  if (BY_RESET.has(verdict))
    return bytesAtRisk(e, s, e.client, e.server) + bytesAtRisk(e, s, e.server, e.client)
  return e.endNs - (firstTeardown(s)?.ns ?? e.startNs)
}

const BY_RESET: ReadonlySet<string> = new Set<string>([
  'rst_after_kill',
  'rst_abort',
  'reset_other',
])

function exampleOf(c: ColumnSource, badness: number): Example {
  const { e, j, baseNs } = c
  return {
    capture: c.captureName,
    client: shownEndpoint(c, e.clientSide),
    server: shownEndpoint(c, 1 - e.clientSide),
    encapsulation: c.encapsulation,
    stream: e.stream,
    ended: isoTime(baseNs, firstTeardown(j.derived)?.ns ?? e.endNs),
    lasted: duration(e.endNs - e.startNs),
    confidence: j.confidence,
    explanation: j.explanation(),
    badness,
  }
}

/** Keeps connections of one ending: with `isAll` as many as there is room for, else the `most` worst ones. */
export class Examples {
  list: Example[] = []
  private readonly most: number
  private readonly isAll: boolean
  private chars = 0

  constructor(most: number, isAll: boolean) {
    this.most = most
    this.isAll = isAll
  }

  add(c: ColumnSource): void {
    if (this.isAll) {
      if (this.chars < MAX_CHARS) this.append(exampleOf(c, 0))
      return
    }
    const badness = badnessOf(c)
    const last = this.list.at(-1)
    if (this.list.length < this.most || (last !== undefined && badness > last.badness))
      this.insert(exampleOf(c, badness))
  }

  absorb(examples: readonly Example[]): void {
    for (const each of examples) {
      if (!this.isAll) this.insert(each)
      else if (this.chars < MAX_CHARS) this.append(each)
    }
  }

  private append(example: Example): void {
    this.list.push(example)
    this.chars += charsOf(example)
  }

  /** Of those that are as bad the first ones stay. */
  private insert(example: Example): void {
    const at = this.list.findIndex(({ badness }) => badness < example.badness)
    this.list.splice(at < 0 ? this.list.length : at, 0, example)
    this.list.length = Math.min(this.list.length, this.most)
  }
}

/** Characters that an example takes up, about. */
export function charsOf({ explanation, capture, client, server }: Example): number {
  return explanation.length + capture.length + client.length + server.length + 60
}
