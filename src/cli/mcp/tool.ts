// What a tool is, and how its arguments are checked.

import { TeardownError } from '../../base/errors.js'
import type { Anonymizer } from '../../output/columns/address.js'
import type { Roots } from './roots.js'

/** Characters of an argument. */
const MOST_CHARACTERS = 4096

/** One argument of a tool. */
export interface Parameter {
  readonly type: 'string' | 'integer'
  readonly description: string
  readonly isRequired?: boolean
  readonly words?: readonly string[]
}

/** Arguments that have been checked. */
export class Arguments {
  private readonly values: Readonly<Record<string, unknown>>

  constructor(values: Readonly<Record<string, unknown>>) {
    this.values = values
  }

  text(name: string): string | undefined {
    return this.values[name] as string | undefined
  }

  number(name: string): number | undefined {
    return this.values[name] as number | undefined
  }

  /** One that is required. */
  needed(name: string): string {
    return this.text(name) ?? ''
  }
}

/** What all tools share. */
export interface ToolContext {
  readonly roots: Roots
  readonly anonymizer: Anonymizer | undefined
  readonly signal: AbortSignal
}

/** One tool. */
export interface Tool {
  readonly name: string
  readonly description: string
  readonly parameters: Readonly<Record<string, Parameter>>
  readonly run: (given: Arguments, context: ToolContext) => object | Promise<object>
}

/** The JSON Schema of a tool's arguments. */
export function schemaOf({ parameters }: Tool): {
  readonly type: 'object'
  readonly properties: Record<string, object>
  readonly required: string[]
  readonly additionalProperties: false
} {
  const properties = Object.entries(parameters).map(([name, { type, description, words }]) => [
    name,
    {
      type,
      description,
      ...(words === undefined ? {} : { enum: words }),
      ...(type === 'integer' ? { minimum: 0 } : {}),
    },
  ])
  return {
    type: 'object',
    properties: Object.fromEntries(properties) as Record<string, object>,
    required: Object.keys(parameters).filter((name) => parameters[name]?.isRequired === true),
    additionalProperties: false,
  }
}

/**
 * Checks arguments.
 *
 * @throws {TeardownError} ERR_OPTION for those that a tool does not take.
 */
export function checked(
  { name: tool, parameters }: Tool,
  values: Readonly<Record<string, unknown>>,
): Arguments {
  for (const [name, value] of Object.entries(values)) {
    const parameter = Object.hasOwn(parameters, name) ? parameters[name] : undefined
    if (parameter === undefined)
      throw refused(tool, `there is no '${name}', but ${Object.keys(parameters).join(', ')}`)
    const { type, words } = parameter
    const fits =
      type === 'string'
        ? typeof value === 'string'
        : Number.isSafeInteger(value) && Number(value) >= 0
    if (String(value).length > MOST_CHARACTERS) throw refused(tool, `${name} is too long`)
    if (!fits) throw refused(tool, `${name} is ${type === 'string' ? 'a text' : 'a whole number'}`)
    if (words !== undefined && !words.includes(String(value)))
      throw refused(tool, `${name} is one of ${words.join(', ')}`)
  }
  for (const [name, { isRequired }] of Object.entries(parameters))
    if (isRequired === true && values[name] === undefined) throw refused(tool, `${name} is missing`)
  return new Arguments(values)
}

function refused(tool: string, why: string): TeardownError {
  return new TeardownError('ERR_OPTION', `${tool}: ${why}`)
}
