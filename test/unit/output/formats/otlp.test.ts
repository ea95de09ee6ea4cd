// OTLP in JSON, read by the rules of its protobuf encoding.

import { expect, test } from 'vitest'
import { fieldColumns } from '../../../../src/output/fields/columns.js'
import { COLUMNS } from '../../../../src/output/columns/columns.js'
import { NORMAL, REFUSED, reported } from './reporting.js'

type Json = Readonly<Record<string, unknown>>

/** An AnyValue, which has exactly one member. */
function plain(value: unknown): unknown {
  const entries = Object.entries(value as Json)
  expect(entries).toHaveLength(1)
  const [kind = '', content] = entries[0] ?? []
  switch (kind) {
    case 'stringValue':
      expect(typeof content).toBe('string')
      return content
    case 'boolValue':
      expect(typeof content).toBe('boolean')
      return content
    case 'intValue':
      expect(content).toMatch(/^-?\d+$/)
      return Number(content)
    case 'doubleValue':
      expect(typeof content).toBe('number')
      return content
    case 'arrayValue':
      return (content as { values: unknown[] }).values.map(plain)
    case 'kvlistValue':
      return attributesOf((content as { values: unknown[] }).values)
    default:
      throw new Error(`no AnyValue: ${kind}`)
  }
}

function attributesOf(pairs: readonly unknown[]): Json {
  const entries = pairs.map((pair) => {
    const { key, value, ...others } = pair as Json
    expect(others).toEqual({})
    return [key as string, plain(value)] as const
  })
  const made = Object.fromEntries(entries)
  expect(Object.keys(made)).toHaveLength(entries.length)
  return made
}

/** The records of lines of LogsData. */
function recordsOf(text: string): Json[] {
  const lines = text.trimEnd().split('\n')
  return lines.flatMap((line) => {
    const data = JSON.parse(line) as {
      resourceLogs: { resource: { attributes: unknown[] }; scopeLogs: { logRecords: Json[] }[] }[]
    }
    return data.resourceLogs.flatMap(({ resource, scopeLogs }) => {
      expect(attributesOf(resource.attributes)).toEqual({ 'service.name': 'tcp-teardown' })
      return scopeLogs.flatMap(({ logRecords }) => logRecords)
    })
  })
}

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
    expect({ ...attributesOf(attributes as unknown[]), body: plain(body) }).toEqual(rest)
  }
})

test('chosen columns, and no line of another type', () => {
  const run = [{ text: NORMAL }]
  const [record = {}] = recordsOf(reported(run, { format: 'otlp', columns: ['closer'] }))
  expect(Object.keys(record)).toEqual(['eventName', 'severityText', 'severityNumber', 'attributes'])
  expect(Object.keys(attributesOf(record['attributes'] as unknown[]))).toContain(
    'tcp_teardown.closer',
  )
  expect(reported(run, { format: 'otlp', types: ['summary'] })).toBe('')
  const names = fieldColumns(COLUMNS, 'otel').map(({ key }) => key)
  expect(names).toContain('timestamp')
})
