// A field of a line of output: its key, its form, and what it means.

/** A JSON Schema of one value. */
export type ValueSchema = Readonly<Record<string, unknown>>

/** A field of a type of lines. */
export interface Field<K extends string = string> {
  readonly key: K
  readonly schema: ValueSchema
  readonly meaning: string
  /** In every line of its type. */
  readonly isAlways: boolean
}

/** Any text. */
export const TEXT: ValueSchema = { type: 'string' }
/** ISO 8601 in UTC with nine digits; `before year 0` and `after year 9999` stand for times that are on no calendar. */
export const TIME: ValueSchema = { type: 'string', format: 'date-time' }
/** A count. */
export const WHOLE: ValueSchema = { type: 'integer', minimum: 0 }
/** Seconds. */
export const SECONDS: ValueSchema = { type: 'number', minimum: 0 }
/** Any number. */
export const NUMBER: ValueSchema = { type: 'number' }
/** Yes or no. */
export const FLAG: ValueSchema = { type: 'boolean' }
/** Counts by name. */
export const COUNTS: ValueSchema = { type: 'object', additionalProperties: WHOLE }

/** One of some words. */
export function oneOf(words: readonly string[]): ValueSchema {
  return { type: 'string', enum: words }
}

/** A list of values. */
export function listOf(items: ValueSchema): ValueSchema {
  return { type: 'array', items }
}

/** An object with some fields. */
export function objectOf(
  fields: Readonly<Record<string, ValueSchema>>,
  required: readonly string[],
): ValueSchema {
  return { type: 'object', properties: fields, required }
}

/** A field of every line. */
export function always<K extends string>(key: K, schema: ValueSchema, meaning: string): Field<K> {
  return { key, schema, meaning, isAlways: true }
}

/** A field that is absent where it has no value. */
export function sometimes<K extends string>(
  key: K,
  schema: ValueSchema,
  meaning: string,
): Field<K> {
  return { key, schema, meaning, isAlways: false }
}
