// Every type of line that a program may read, each with its fields: `tcp-teardown schema` and the reference are made of this.

import { CAPTURE_FIELDS, SUMMARY_FIELDS } from './capture-fields.js'
import { CONNECTION_FIELDS } from './connection-fields.js'
import type { Field } from './field.js'
import { GROUP_FIELDS } from './group-fields.js'
import { INCIDENT_FIELDS } from './incident-fields.js'
import { TYPE_NAMES, type TypeName } from './type-names.js'
import { FILE_FIELDS, INTERVAL_FIELDS } from './live-fields.js'

/** A type of lines. */
export interface LineType {
  /** What stands in the field `type`. */
  readonly type: TypeName
  readonly meaning: string
  readonly fields: readonly Field[]
}

/** What each type is. */
const TYPES: Readonly<Record<TypeName, Omit<LineType, 'type'>>> = {
  connection: { meaning: 'How one connection ended.', fields: CONNECTION_FIELDS },
  incident: {
    meaning: 'What several connections tell of a service, a host or a path.',
    fields: INCIDENT_FIELDS,
  },
  capture: { meaning: 'What one capture is, when it has been read.', fields: CAPTURE_FIELDS },
  summary: { meaning: 'Totals, the last line.', fields: SUMMARY_FIELDS },
  group: {
    meaning: 'Counts of connections that have something in common (`endpoints`, `--group-by`).',
    fields: GROUP_FIELDS,
  },
  interval: { meaning: 'What happened in a span of time (`watch`).', fields: INTERVAL_FIELDS },
  file: { meaning: 'A capture of a folder is begun (`watch`).', fields: FILE_FIELDS },
}

/** Every type of line of the output, with its fields. */
export const LINE_TYPES: readonly LineType[] = TYPE_NAMES.map((type) => {
  const { meaning, fields } = TYPES[type]
  return { type, meaning, fields }
})
