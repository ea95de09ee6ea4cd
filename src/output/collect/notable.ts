// The notable connections: a few texts of each ending, kept until the end of the run.

import type { Collector } from '../../incidents/collector.js'
import { type Ending, rowOf } from '../../verdict/endings.js'
import type { ColumnSource } from '../columns/column.js'

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
  private listed = new Map<Ending, string[]>()

  constructor(options: NotableOptions) {
    this.options = options
  }

  add(c: ColumnSource): void {
    const { all, entry } = this.options
    const ending = c.j.ending
    if (!all && rowOf(ending).quiet) return
    const list = this.listOf(ending)
    if (list.length < this.most) list.push(entry(c))
  }

  take(): NotableState {
    const { listed } = this
    this.listed = new Map()
    return listed
  }

  absorb(state: NotableState): void {
    for (const [ending, texts] of state) {
      const list = this.listOf(ending)
      list.push(...texts.slice(0, Math.max(0, this.most - list.length)))
    }
  }

  private get most(): number {
    return this.options.all ? Infinity : this.options.top
  }

  private listOf(ending: Ending): string[] {
    const known = this.listed.get(ending)
    if (known !== undefined) return known
    const made: string[] = []
    this.listed.set(ending, made)
    return made
  }
}
