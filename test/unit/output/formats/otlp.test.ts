// OTLP in JSON, read by the rules of its protobuf encoding.

import { expect, test } from 'vitest'
import { fieldColumns } from '../../../../src/output/fields/columns.js'
import { COLUMNS } from '../../../../src/output/columns/columns.js'
import { type Json, attributesOf, plainValue, recordsOf } from '../../../support/otlp-records.js'
import { NORMAL, REFUSED, reported } from './reporting.js'

test('records have what the NDJSON rows have', () => {
  const runs = [{ text: NORMAL }, { text: REFUSED }]
  const records = recordsOf(reported(runs, { format: 'otlp' }))
  const rows = reported(runs, { format: 'ndjson', fields: 'otel', types: ['connection'] })
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Json)
  expect(records).toHaveLength(2)
  for (const [at, record] of records.entries()) {
    const row = rows[at] ?? {}
    const { timeUnixNano, severityText, severityNumber, eventName, body, attributes, ...others } =
      record
    expect(others).toEqual({})
    const {
      timestamp,
      severity_text: text,
      severity_number: number,
      event_name: name,
      ...rest
    } = row
    expect([severityText, severityNumber, eventName]).toEqual([text, number, name])
    expect(BigInt(timeUnixNano as string) / 1_000_000n).toBe(
      BigInt(Date.parse(String(timestamp).slice(0, 23) + 'Z')),
    )
    expect({ ...attributesOf(attributes as unknown[]), body: plainValue(body) }).toEqual(rest)
  }
})

test('chosen columns, and no line of another type', () => {
  const run = [{ text: NORMAL }]
  const [record = {}] = recordsOf(reported(run, { format: 'otlp', columns: ['closer'] }))
  expect(Object.keys(record)).toEqual([
    'eventName',
    'severityText',
    'severityNumber',
    'timeUnixNano',
    'attributes',
  ])
  expect(Object.keys(attributesOf(record['attributes'] as unknown[]))).toContain(
    'tcp_teardown.closer',
  )
  expect(reported(run, { format: 'otlp', types: ['summary'] })).toBe('')
  const names = fieldColumns(COLUMNS, 'otel').map(({ key }) => key)
  expect(names).toContain('timestamp')
})
