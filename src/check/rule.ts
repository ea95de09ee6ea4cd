// The rules of `check`: which connections or incidents they are about, and how many there may be.

import { TeardownError } from '../base/errors.js'
import type { Confidence } from '../verdict/answer.js'
import { INCIDENT_KINDS } from '../incidents/kinds.js'
import { type Condition, conditionOf } from './condition.js'

/** How many there may be: a number, or a share of some connections. */
export type Limit =
  | { readonly kind: 'count'; readonly most: number }
  | { readonly kind: 'share'; readonly most: number }

/** One rule. */
export interface CheckRule {
  readonly name: string
  /** The kind of incident it is about; undefined for a rule about connections. */
  readonly incident: string | undefined
  /** The service or host of such an incident; undefined for any. */
  readonly endpoint: string | undefined
  /** Incidents that are less sure do not count. */
  readonly atLeast: Confidence
  /** Connections it is about. */
  readonly where: Condition
  /** What each of them has to be; undefined when `where` itself says what is not wanted. */
  readonly each: Condition | undefined
  /** What a share is of. */
  readonly of: Condition
  readonly limit: Limit
}

/** A share of connections. */
export const SHARE: RegExp = /^(\d+(?:\.\d+)?)\s*%$/
const KEYS = ['name', 'where', 'each', 'of', 'at_most', 'incident', 'endpoint', 'at_least']
/** Confidence of incidents, the least sure first. */
export const CONFIDENCES: readonly Confidence[] = ['possible', 'likely', 'certain']
const KINDS: readonly string[] = INCIDENT_KINDS.map(({ kind }) => kind)

/**
 * Reads the rules of a file; `value` is its content.
 *
 * @throws {TeardownError} ERR_OPTION with the place that is wrong.
 */
export function checkRules(value: unknown, file: string): CheckRule[] {
  const rules = isRecord(value) ? value['rules'] : undefined
  if (!Array.isArray(rules) || rules.length === 0)
    throw new TeardownError('ERR_OPTION', `${file}: expected a list of rules under "rules"`)
  const read = rules.map((rule: unknown, at) => ruleOf(rule, `${file}: rules[${at}]`))
  const names = read.map(({ name }) => name)
  const twice = names.find((name, at) => names.indexOf(name) !== at)
  if (twice !== undefined)
    throw new TeardownError('ERR_OPTION', `${file}: two rules are called '${twice}'`)
  return read
}

function ruleOf(value: unknown, where: string): CheckRule {
  if (!isRecord(value)) throw new TeardownError('ERR_OPTION', `${where}: expected a rule`)
  const other = Object.keys(value).find((key) => !KEYS.includes(key))
  if (other !== undefined)
    throw new TeardownError(
      'ERR_OPTION',
      `${where}: unknown key '${other}'; a rule has ${KEYS.join(', ')}`,
    )
  const { name, incident, endpoint, at_least: atLeast = 'possible' } = value
  if (typeof name !== 'string' || name === '')
    throw new TeardownError('ERR_OPTION', `${where}: a rule needs a name`)
  checkSubject(value, where)
  const limit = limitOf(value['at_most'], `${where}.at_most`)
  if (incident !== undefined && limit.kind === 'share')
    throw new TeardownError('ERR_OPTION', `${where}.at_most: expected a number of incidents`)
  return {
    name,
    incident: incident as string | undefined,
    endpoint: endpoint as string | undefined,
    atLeast: atLeast as Confidence,
    where: conditionOf(value['where'], `${where}.where`),
    each: value['each'] === undefined ? undefined : conditionOf(value['each'], `${where}.each`),
    of: conditionOf(value['of'], `${where}.of`),
    limit,
  }
}

/** A rule is about incidents, or about connections. */
function checkSubject(value: Record<string, unknown>, where: string): void {
  const { incident, endpoint, at_least: atLeast } = value
  if (incident !== undefined && !KINDS.some((kind) => kind === incident))
    throw new TeardownError('ERR_OPTION', `${where}.incident: expected one of ${KINDS.join(', ')}`)
  if (incident !== undefined && ['where', 'each', 'of'].some((key) => value[key] !== undefined))
    throw new TeardownError(
      'ERR_OPTION',
      `${where}: a rule is about an incident or about connections`,
    )
  if (endpoint !== undefined && (typeof endpoint !== 'string' || incident === undefined))
    throw new TeardownError(
      'ERR_OPTION',
      `${where}.endpoint: expected ip:port or an address, of a rule about an incident`,
    )
  const isSure = CONFIDENCES.some((word) => word === atLeast)
  if (atLeast !== undefined && (!isSure || incident === undefined))
    throw new TeardownError(
      'ERR_OPTION',
      `${where}.at_least: expected one of ${CONFIDENCES.join(', ')}, of a rule about an incident`,
    )
}

function limitOf(value: unknown, where: string): Limit {
  if (value === undefined) return { kind: 'count', most: 0 }
  if (Number.isInteger(value) && (value as number) >= 0)
    return { kind: 'count', most: value as number }
  if (typeof value === 'number' && value > 0 && value < 1)
    throw new TeardownError(
      'ERR_OPTION',
      `${where}: a share is a percentage, such as ${100 * value}%`,
    )
  const [, percent] = (typeof value === 'string' && SHARE.exec(value)) || []
  if (percent !== undefined) return { kind: 'share', most: Number(percent) / 100 }
  throw new TeardownError('ERR_OPTION', `${where}: expected a number or a percentage such as 1%`)
}

/** Whether an incident of this confidence counts. */
export function isSureEnough(confidence: Confidence, { atLeast }: CheckRule): boolean {
  return CONFIDENCES.indexOf(confidence) >= CONFIDENCES.indexOf(atLeast)
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
