// The published schema of rule files, and what `check` takes: they have to agree on every file.

import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { checkRules } from '../../../src/check/rule.js'
import { COLUMNS } from '../../../src/output/columns/columns.js'
import { runs } from '../../support/runs.js'

const DOCS = new URL('../../../docs/', import.meta.url)
const schema = JSON.parse(readFileSync(new URL('rules.schema.json', DOCS), 'utf8')) as object
const isValid = new Ajv2020({ strict: true, strictRequired: false, allowUnionTypes: true }).compile(
  schema,
)

function isTaken(value: unknown): boolean {
  try {
    checkRules(value, 'rules')
    return true
  } catch {
    return false
  }
}

/** Whether both take a file. */
function verdictsOn(value: unknown): { schema: boolean; check: boolean } {
  return { schema: isValid(value), check: isTaken(value) }
}

const BOTH_TAKE = { schema: true, check: true }
const BOTH_REFUSE = { schema: false, check: false }

test('the rules of the documents', () => {
  const text = readFileSync(new URL('rules.yaml', DOCS), 'utf8')
  expect(text).toMatch(/^# yaml-language-server: \$schema=rules\.schema\.json\n/)
  expect(verdictsOn(parse(text))).toEqual(BOTH_TAKE)
})

describe('right:', () => {
  test.each<object>([
    {},
    { where: {} },
    { where: { verdict: 'rst_after_kill', closer: ['client', 'both'] } },
    { where: { ending: '!graceful_fin.normal' }, at_most: '1.5 %' },
    { where: { cause: ['!normal', '!half_close'] }, of: { server_port: 8080 } },
    { each: { kill_to_teardown_s: '<= 0.2', client_bytes: ['> -1'] } },
    { where: { client_port: [1, '2', 3.5] } },
    { where: { client_port: ['!1', '!2'] } },
    { where: { client_guessed: true } },
    { where: { client_guessed: '!true' } },
    { where: { client_ip: ['10.0.0.1', '10.0.0.2'], server_sees: 'ECONNRESET' } },
    { where: { client_port: 1e-7 } },
    { incident: 'process_death', endpoint: '10.0.0.9:80', at_least: 'likely', at_most: 2 },
  ])('%j', (rule) => {
    expect(verdictsOn({ rules: [{ name: 'r', ...rule }] })).toEqual(BOTH_TAKE)
  })
})

describe('wrong:', () => {
  test.each<object>([
    { name: '' },
    { wher: {} },
    { where: [] },
    { where: { verdikt: 'x' } },
    { where: { verdict: 'x' } },
    { where: { verdict: '< 5' } },
    { where: { closer: [] } },
    { where: { closer: ['!client', 'server'] } },
    { where: { client_sees: 'ECONRESET' } },
    { where: { client_ip: '< 1' } },
    { where: { client_ip: ' >= 1' } },
    { where: { client_guessed: 'yes' } },
    { where: { client_port: ['< 1', '> 2'] } },
    { where: { client_port: [1, '!2'] } },
    { where: { client_port: 'http' } },
    { where: { client_port: Infinity } },
    { where: { stream: {} } },
    { at_most: 0.01 },
    { at_most: -1 },
    { at_most: '%' },
    { incident: 'death' },
    { incident: 'idle_timer', where: {} },
    { incident: 'idle_timer', of: {} },
    { incident: 'idle_timer', at_most: '1%' },
    { endpoint: '10.0.0.9:80' },
    { at_least: 'likely' },
  ])('%j', (rule) => {
    expect(verdictsOn({ rules: [{ name: 'r', ...rule }] })).toEqual(BOTH_REFUSE)
  })

  test.each<unknown>([undefined, null, [], {}, { rules: [] }, { rules: ['x'] }, { rules: [{}] }])(
    'the file %j',
    (value) => {
      expect(verdictsOn(value)).toEqual(BOTH_REFUSE)
    },
  )
})

/** Values of conditions, right and wrong ones of every kind of column. */
const value = fc.oneof(
  fc.constantFrom('client', '!client', 'normal', '!normal', 'graceful_fin', 'likely', 'idle'),
  fc.constantFrom(
    '<= 0.2',
    '>1',
    ' = -3 ',
    '< a',
    '!> 1',
    '5',
    '!5',
    '-0.5',
    '5.',
    'true',
    '!false',
  ),
  fc.oneof(fc.integer(), fc.double(), fc.boolean(), fc.string({ maxLength: 3 })),
  fc.constantFrom(null, {}),
)
const condition = fc.dictionary(
  fc.constantFrom(...COLUMNS.map(({ key }) => key), 'ending', 'verdikt'),
  fc.oneof(value, fc.array(value, { maxLength: 3 })),
  { maxKeys: 2 },
)
const rule = fc.record(
  {
    name: fc.constantFrom('r', '', 1),
    where: condition,
    each: condition,
    of: condition,
    at_most: fc.constantFrom(0, 1, 0.5, -1, '1%', '1.5 %', '%', '1'),
    incident: fc.constantFrom('process_death', 'idle_timer', 'death'),
    endpoint: fc.constantFrom('10.0.0.9', 5),
    at_least: fc.constantFrom('likely', 'sure'),
    other: fc.constant(1),
  },
  { requiredKeys: [] },
)
/** Rules with few parts, so that many of them are right. */
const fewParts = fc
  .tuple(
    rule,
    fc.subarray(['where', 'each', 'of', 'at_most', 'incident', 'endpoint', 'at_least'], {
      maxLength: 2,
    }),
  )
  .map(([all, kept]) =>
    Object.fromEntries(
      Object.entries({ ...all, name: 'r' }).filter(([key]) => key === 'name' || kept.includes(key)),
    ),
  )

test('whatever a rule is, the schema takes it if check does', () => {
  const taken = { yes: 0, no: 0 }
  fc.assert(
    fc.property(fc.oneof(rule, fewParts), (each) => {
      const { schema: bySchema, check } = verdictsOn({ rules: [each] })
      taken[check ? 'yes' : 'no']++
      expect(bySchema).toBe(check)
    }),
    { numRuns: runs(10_000) },
  )
  expect(Math.min(taken.yes, taken.no)).toBeGreaterThan(1000)
})
