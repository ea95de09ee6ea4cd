// Rows in the order of a column: their bytes wait until all are known. Of as many as are asked for the first are kept, so that memory
// follows what is asked for and not what there is.

import { ByteWriter } from './bytes/writer.js'
import { type Column, type ColumnSource, readColumn } from './columns/column.js'
import type { Format } from './formats/format.js'

/** How rows are ordered. */
export interface RowOrder {
  /** Key of the column. */
  readonly column: string
  readonly isDescending: boolean
}

/** Keeps bytes, and gives them back. */
export interface RowBytes {
  /** Adds bytes, and returns where they are. */
  append(bytes: Uint8Array): number
  /** Bytes that were added; valid until the next call. */
  read(at: number, length: number): Uint8Array
  clear(): void
}

interface KeptRow {
  /** Undefined when the connection has no such value: those come last. */
  readonly value: string | number | undefined
  readonly at: number
  readonly length: number
}

/** Collects rows. */
export class SortedRows {
  private readonly format: Format
  private readonly column: Column
  private readonly order: RowOrder
  private readonly limit: number
  private readonly store: RowBytes
  private readonly out = new ByteWriter()
  private rows: KeptRow[] = []
  /** From which value on a row is too late, once as many as are asked for are kept. */
  private last: KeptRow | undefined

  constructor(format: Format, column: Column, order: RowOrder, limit: number, store: RowBytes) {
    this.format = format
    this.column = column
    this.order = order
    this.limit = limit
    this.store = store
  }

  /** Adds the row of a connection. */
  add(c: ColumnSource): void {
    const { format, out, store } = this
    if (format.row === undefined) return
    const value = keyOf(readColumn(this.column, c))
    if (this.last !== undefined && this.compare({ value }, this.last) >= 0) return
    out.clear()
    format.row(c, out)
    const bytes = out.written()
    this.rows.push({ value, at: store.append(bytes), length: bytes.length })
    if (this.rows.length >= 2 * Math.max(this.limit, FEWEST)) this.drop()
  }

  /** Hands all rows over in order, and forgets them. */
  empty(take: (bytes: Uint8Array) => void): void {
    this.sort()
    for (const { at, length } of this.rows.slice(0, this.limit)) take(this.store.read(at, length))
    this.rows = []
    this.last = undefined
    this.store.clear()
  }

  private drop(): void {
    this.sort()
    this.rows.length = Math.min(this.rows.length, this.limit)
    this.last = this.rows.length === this.limit ? this.rows.at(-1) : undefined
  }

  /** Rows with the same value stay in the order in which they came. */
  private sort(): void {
    this.rows.sort((a, b) => this.compare(a, b))
  }

  private compare(a: Pick<KeptRow, 'value'>, b: Pick<KeptRow, 'value'>): number {
    if (a.value === undefined || b.value === undefined)
      return Number(a.value === undefined) - Number(b.value === undefined)
    const order = a.value < b.value ? -1 : a.value > b.value ? 1 : 0
    return this.order.isDescending ? -order : order
  }
}

/** Fewer rows are not worth to be dropped. */
const FEWEST = 1000

/** What is compared of a value: numbers as numbers, everything else as text. */
function keyOf(value: ReturnType<typeof readColumn>): string | number | undefined {
  if (value === undefined || typeof value === 'number' || typeof value === 'string') return value
  if (typeof value === 'boolean') return String(value)
  return value.map((item) => (typeof item === 'string' ? item : JSON.stringify(item))).join(' ')
}
