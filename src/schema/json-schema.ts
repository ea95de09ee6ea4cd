// JSON Schema (2020-12) of the lines of output.

import { SCHEMA_NAME } from '../output/schema-name.js'
import { LINE_TYPES, type LineType } from './line-types.js'

const DIALECT = 'https://json-schema.org/draft/2020-12/schema'

/** The schema of one type of lines. Later versions may add fields. */
export function schemaOf({ type, meaning, fields }: LineType): object {
  const properties = fields.map(({ key, schema, meaning: description }) => [
    key,
    { ...schema, description },
  ])
  return {
    $schema: DIALECT,
    $id: `urn:${SCHEMA_NAME.replace('/', ':')}:${type}`,
    title: type,
    description: meaning,
    type: 'object',
    properties: { type: { const: type }, ...Object.fromEntries(properties) },
    required: ['type', ...fields.filter(({ isAlways }) => isAlways).map(({ key }) => key)],
  }
}

/** The schema of any line. */
export function schemaOfAll(): object {
  const parts = LINE_TYPES.map((line) => [line.type, schemaOf(line)])
  return {
    $schema: DIALECT,
    $id: `urn:${SCHEMA_NAME.replace('/', ':')}`,
    title: SCHEMA_NAME,
    description:
      'Any line of the NDJSON output; every object of the JSON documents is one of these.',
    oneOf: LINE_TYPES.map(({ type }) => ({ $ref: `#/$defs/${type}` })),
    $defs: Object.fromEntries(parts),
  }
}
