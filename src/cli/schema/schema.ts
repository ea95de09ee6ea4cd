// `tcp-teardown schema`: what programs may expect of the output.

import { schemaOf, schemaOfAll } from '../../schema/json-schema.js'
import { LINE_TYPES } from '../../schema/line-types.js'
import { print } from '../context.js'

/** Runs `schema`. */
export function printSchema(type: string | undefined): void {
  const line = LINE_TYPES.find((each) => each.type === type)
  print(`${JSON.stringify(line === undefined ? schemaOfAll() : schemaOf(line), null, 2)}\n`)
}
