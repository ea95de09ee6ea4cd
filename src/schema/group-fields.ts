// The fields of `group` lines, which count connections.

import { GROUPINGS } from '../output/endpoints/collect.js'
import { ENDPOINT_FIELDS } from '../output/endpoints/fields.js'
import {
  COUNTS,
  type Field,
  NUMBER,
  TEXT,
  TIME,
  type ValueSchema,
  WHOLE,
  always,
  oneOf,
} from './field.js'

const FORMS: Readonly<Record<string, ValueSchema>> = {
  endpoint: TEXT,
  time: TIME,
  first_time: TIME,
  last_time: TIME,
  connections: WHOLE,
  causes: COUNTS,
}

/** What is said of an endpoint, or of whatever connections are counted by. */
export const GROUP_FIELDS: readonly Field[] = [
  always('by', oneOf(GROUPINGS), 'What connections are counted by.'),
  ...ENDPOINT_FIELDS.map(({ key, meaning }) => ({
    key,
    schema: FORMS[key] ?? NUMBER,
    meaning,
    isAlways: key === 'endpoint' || key === 'connections' || key === 'causes',
  })),
]
