// Columns under the names of others.

import { COLUMN_TYPES, type Column } from '../columns/column.js'
import { COLUMNS } from '../columns/columns.js'
import {
  FOREIGN_NAMES,
  type FieldSet,
  type ForeignSet,
  IN_NS,
  MADE_FIELDS,
  OWN_PREFIX,
} from './names.js'

/** What is the time of a row in both sets; without it no store takes one. */
const TIME_KEY = 'ended_at'

/** Columns as the fields of a set, behind those that only the set has, and the time. */
export function fieldColumns(chosen: readonly Column[], set: FieldSet): readonly Column[] {
  if (set === 'native') return chosen
  const hasTime = chosen.some(({ key }) => key === TIME_KEY)
  const columns = hasTime ? chosen : [...COLUMNS.filter(({ key }) => key === TIME_KEY), ...chosen]
  const made = MADE_FIELDS.filter((field) => field.set === set).map(
    ({ name, kind, meaning, raw }) => ({
      key: name,
      type: COLUMN_TYPES[kind],
      always: true,
      doc: meaning,
      kind,
      raw,
    }),
  )
  return [
    ...made,
    ...columns.flatMap((column) => namesOf(column.key, set).map((name) => named(column, name))),
  ]
}

/** What a set calls a column. */
export function namesOf(key: string, set: ForeignSet): readonly string[] {
  const names = FOREIGN_NAMES.find(({ column }) => column === key)
  return names?.[set] ?? [`${OWN_PREFIX}${key}`]
}

function named(column: Column, name: string): Column {
  if (!IN_NS.has(name)) return { ...column, key: name }
  const { raw } = column
  return { ...column, key: name, kind: 'integer', raw: (from) => Math.round(raw(from) as number) }
}
