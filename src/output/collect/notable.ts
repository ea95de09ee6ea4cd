// The notable connections: a few texts of each ending, kept until the end of the run.

import type { Collector } from '../../incidents/collector.js'
import { type Ending, rowOf } from '../../verdict/endings.js'
import type { ColumnSource } from '../columns/column.js'

/**
 * Length of the texts kept of one ending: some ten thousand of them. Of each ending, so that it does not depend on how the
 * connections were shared out over threads.
 */
const MAX_CHARS = 3 << 20

/** Endings with the texts kept of each. */
export type NotableState = ReadonlyMap<Ending, readonly string[]>

/** Which connections are listed, and how. */
export interface NotableOptions {
  /** Endings of no interest by themselves too, and as many as there are. */
  readonly all: boolean
  /** Texts kept of one ending. */
  readonly top: number
  readonly entry: (c: ColumnSource) => string
}

/** Collects texts of connections by ending. */
export class NotableCollector implements Collector<ColumnSource, NotableState> {
  private readonly options: NotableOptions
  private listed = new Map<Ending, TextList>()

  constructor(options: NotableOptions) {
    this.options = options
  }

  add(c: ColumnSource): void {
    const { all, entry } = this.options
    const ending = c.j.ending
    if (!all && !isNotableConnection(c)) return
    const list = this.listOf(ending)
    if (list.hasRoom) list.add(entry(c))
  }

  take(): NotableState {
    const state = new Map<Ending, readonly string[]>()
    for (const [ending, { texts }] of this.listed) state.set(ending, texts)
    this.listed = new Map()
    return state
  }

  absorb(state: NotableState): void {
    for (const [ending, texts] of state) {
      const list = this.listOf(ending)
      for (const text of texts) if (list.hasRoom) list.add(text)
    }
  }

  private listOf(ending: Ending): TextList {
    const known = this.listed.get(ending)
    if (known !== undefined) return known
    const made = new TextList(this.options.all ? Infinity : this.options.top)
    this.listed.set(ending, made)
    return made
  }
}

/** Findings that make a connection worth a line although its ending is of no interest. */
const NOTABLE = new Set(['half_closed', 'rst_ignored', 'rst_storm', 'payload_at_risk', 'tls_alert'])

/** Whether a connection is worth a line by itself. */
export function isNotableConnection({ j }: ColumnSource): boolean {
  return rowOf(j.ending).severity > 0 || j.findings().some(({ code }) => NOTABLE.has(code))
}

/** The first texts of one ending. */
class TextList {
  readonly texts: string[] = []
  private readonly most: number
  private chars = 0

  constructor(most: number) {
    this.most = most
  }

  get hasRoom(): boolean {
    return this.texts.length < this.most && this.chars < MAX_CHARS
  }

  add(text: string): void {
    this.texts.push(text)
    this.chars += text.length
  }
}

/** Memory that texts on their way take up. */
export function bytesOfNotable(state: NotableState): number {
  let chars = 0
  for (const texts of state.values()) for (const text of texts) chars += text.length
  return 2 * chars
}
