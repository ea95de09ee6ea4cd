// JSON as it is written: on one line, every control character escaped, so that a name in a capture cannot steer the
// terminal. (JSON.stringify leaves DEL and the C1 controls alone.)

import type { Column, ColumnSource, ColumnValue } from './columns.js'

// oxlint-disable-next-line no-control-regex -- control characters are what this is about
const NEEDS_ESCAPE = /["\\\u0000-\u001f\u007f-\u009f\u2028\u2029]/
const CONTROL = /[\u007f-\u009f\u2028\u2029]/g

/** A value as JSON on one line. */
export function jsonText(value: unknown): string {
  return JSON.stringify(value).replace(CONTROL, escaped)
}

/** Makes the JSON object of a connection, by columns that are fixed for a run. */
export class ConnectionJson {
  private readonly columns: readonly Column[]
  /** `,"key":` of each column. */
  private readonly prefixes: readonly string[]

  constructor(columns: readonly Column[]) {
    this.columns = columns
    this.prefixes = columns.map((column) => `,${JSON.stringify(column.key)}:`)
  }

  /** The object; absent values are left out. A third of the time of an object and JSON.stringify. */
  text(from: ColumnSource): string {
    let text = ''
    for (let i = 0; i < this.columns.length; i++) {
      const value = (this.columns[i] as Column).read(from)
      if (value !== undefined) text += (this.prefixes[i] as string) + valueText(value)
    }
    return `{${text.slice(1)}}`
  }
}

function valueText(value: Exclude<ColumnValue, undefined>): string {
  if (typeof value === 'string') return NEEDS_ESCAPE.test(value) ? jsonText(value) : `"${value}"`
  return typeof value === 'object' ? jsonText(value) : String(value)
}

function escaped(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`
}
