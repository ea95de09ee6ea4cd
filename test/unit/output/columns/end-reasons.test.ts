// Words of firewalls and flow records for endings.

import { expect, test } from 'vitest'
import {
  ASA_REASONS,
  FLOW_END_REASONS,
  PANOS_REASONS,
  WAYS,
  WORDS,
} from '../../../../src/output/columns/end-reasons.js'
import { schemaOf } from '../../../../src/schema/json-schema.js'
import { LINE_TYPES } from '../../../../src/schema/line-types.js'
import { ENDINGS, endingOf } from '../../../../src/verdict/endings.js'

test('every ending has a way, every way is used', () => {
  expect(Object.keys(WAYS)).toEqual(ENDINGS.map(endingOf))
  expect(new Set(Object.values(WAYS))).toEqual(new Set(Object.keys(WORDS)))
})

test('words are those of the firewalls', () => {
  expect(ASA_REASONS).toEqual([
    'TCP FINs',
    'TCP Reset-I',
    'TCP Reset-O',
    'FIN Timeout',
    'SYN Timeout',
    'Conn-timeout',
    'Unknown',
  ])
  expect(PANOS_REASONS).toEqual([
    'tcp-fin',
    'tcp-rst-from-client',
    'tcp-rst-from-server',
    'aged-out',
    'tcp-reuse',
    'unknown',
  ])
  expect(FLOW_END_REASONS).toEqual([1, 3, 4, 5])
})

test('the schema has them, in no row by itself', () => {
  const line = LINE_TYPES.find(({ type }) => type === 'connection')
  const schema = schemaOf(line as (typeof LINE_TYPES)[number]) as {
    properties: Record<string, object>
    required: string[]
  }
  expect(schema.properties['flow_end_reason']).toMatchObject({ enum: [1, 3, 4, 5] })
  expect(schema.required).not.toContain('flow_end_reason')
})
