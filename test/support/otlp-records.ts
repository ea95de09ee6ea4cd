// Reads log records of OTLP by the rules of its JSON encoding (protobuf's), with no code of src/.

import { expect } from 'vitest'

/** An object of JSON. */
export type Json = Readonly<Record<string, unknown>>

/** An AnyValue, which has exactly one member. */
export function plainValue(value: unknown): unknown {
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
      return (content as { values: unknown[] }).values.map(plainValue)
    case 'kvlistValue':
      return attributesOf((content as { values: unknown[] }).values)
    default:
      throw new Error(`no AnyValue: ${kind}`)
  }
}

/** Pairs of keys and values, no key of which is there twice. */
export function attributesOf(pairs: readonly unknown[]): Json {
  const entries = pairs.map((pair) => {
    const { key, value, ...others } = pair as Json
    expect(others).toEqual({})
    return [key as string, plainValue(value)] as const
  })
  const made = Object.fromEntries(entries)
  expect(Object.keys(made)).toHaveLength(entries.length)
  return made
}

/** The records of lines of LogsData. */
export function recordsOf(text: string): Json[] {
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
