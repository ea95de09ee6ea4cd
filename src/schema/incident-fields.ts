// The fields of `incident` lines.

import { INCIDENT_KINDS } from '../incidents/kinds.js'
import { INCIDENT_FIELDS as FIELDS, type IncidentField } from '../output/incidents/row.js'
import { CONFIDENCES } from '../verdict/answer.js'
import {
  COUNTS,
  type Field,
  NUMBER,
  TEXT,
  TIME,
  type ValueSchema,
  WHOLE,
  listOf,
  oneOf,
} from './field.js'

const TYPES: Readonly<Record<IncidentField['type'], ValueSchema>> = {
  string: TEXT,
  strings: listOf(TEXT),
  integer: WHOLE,
  integers: listOf(WHOLE),
  number: NUMBER,
  counts: COUNTS,
}

const WORDS: Readonly<Record<string, ValueSchema>> = {
  kind: oneOf(INCIDENT_KINDS.map(({ kind }) => kind)),
  confidence: oneOf(CONFIDENCES),
  start_time: TIME,
  end_time: TIME,
}

/** Numbers stand behind what all incidents have. */
const LAST_OF_ALL = 'streams'

/** What is said of an incident. */
export const INCIDENT_FIELDS: readonly Field[] = FIELDS.map(({ key, type, meaning }, at) => ({
  key,
  schema: WORDS[key] ?? TYPES[type],
  meaning,
  isAlways: at <= FIELDS.findIndex((field) => field.key === LAST_OF_ALL),
}))
