// The list of columns is the output contract: names, order rules, docs, and the interface library users see.

import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { COLUMNS, connectionObject } from '../../../../src/output/columns/columns.js'
import { type Column, readColumn } from '../../../../src/output/columns/column.js'
import { eachConnection, NORMAL, REFUSED } from '../formats/reporting.js'

const UNITS = new Set(['s', 'ms', 'ns', 'bytes', 'packets'])

/** `readonly key?: type` of every field of an interface in a source file. */
interface InterfaceField {
  readonly optional: boolean
  readonly type: string
  readonly doc: string
}

function fieldsOf(path: string, name: string): Map<string, InterfaceField> {
  const text = readFileSync(new URL(path, import.meta.url), 'utf8')
  const body = new RegExp(`interface ${name} {\\n(.*?)\\n}`, 's').exec(text)?.[1] ?? ''
  const fields = [...body.matchAll(/^(?: {2}\/\*\* (.+) \*\/\n)? {2}readonly (\w+)(\??): (.+)$/gm)]
  return new Map(
    fields.map(([, doc = '', key = '', mark, type = '']) => [
      key,
      { optional: mark === '?', type, doc },
    ]),
  )
}

describe.each(COLUMNS.map((column) => [column.key, column] as const))('%s', (key, column) => {
  test('is snake_case with the unit last', () => {
    expect(key).toMatch(/^[a-z]+(_[a-z0-9]+)*$/)
    const words = key.split('_')
    expect(words.slice(0, -1).filter((word) => UNITS.has(word))).toEqual([])
    if (column.type === 'number') expect(words.at(-1)).toBe('s')
  })

  test('is documented by a sentence', () => {
    expect(column.doc).toMatch(/^[^a-z].{8,}\.$/s)
  })
})

test('keys are unique', () => {
  expect(new Set(COLUMNS.map((c) => c.key)).size).toBe(COLUMNS.length)
})

test('documentation is unique', () => {
  expect(new Set(COLUMNS.map((c) => c.doc)).size).toBe(COLUMNS.length)
})

const INTERFACE = fieldsOf('../../../../src/engine/connection.ts', 'ConnectionColumns')
/** A verdict and its cause are a type of their own. */
const PLAIN = COLUMNS.filter(({ key }) => key !== 'verdict' && key !== 'cause')

describe('the interface Connection', () => {
  test('has a field for every column, in the same order', () => {
    expect([...INTERFACE.keys()]).toEqual(PLAIN.map((c) => c.key))
  })

  test('documents each as the list of columns does', () => {
    const docs = [...INTERFACE].map(([key, { doc }]) => [key, doc])
    const [, ...documented] = PLAIN.map((c) => [c.key, c.doc])
    expect(docs).toEqual([['type', ''], ...documented])
  })

  test('leaves optional what is not always there', () => {
    const always = PLAIN.filter((c) => c.always).map((c) => c.key)
    const required = [...INTERFACE].filter(([, field]) => !field.optional).map(([key]) => key)
    expect(required).toEqual(always)
  })

  const TYPES: Readonly<Record<string, Column['type'][]>> = {
    number: ['integer', 'number'],
    boolean: ['boolean'],
    'readonly FlagName[]': ['strings'],
    'readonly KernelReason[]': ['strings'],
    'readonly Ending[]': ['strings'],
    'readonly EvidenceRow[]': ['evidence'],
    'readonly FindingItem[]': ['findings'],
  }
  test.each(PLAIN.map((c) => [c.key, c.type] as const))('%s has type %s', (key, type) => {
    expect(TYPES[INTERFACE.get(key)?.type ?? ''] ?? ['string']).toContain(type)
  })
})

const JSON_TYPES: Readonly<Record<Column['type'], (value: unknown) => boolean>> = {
  string: (v) => typeof v === 'string' && v !== '',
  integer: (v) => Number.isInteger(v) && Number(v) >= 0,
  number: (v) => typeof v === 'number' && v >= 0 && v < Infinity,
  boolean: (v) => typeof v === 'boolean',
  strings: (v) => Array.isArray(v) && v.length > 0 && v.every((part) => typeof part === 'string'),
  evidence: (v) => Array.isArray(v) && v.length > 0,
  findings: (v) => Array.isArray(v) && v.length > 0,
}

test.each([
  ['a close', NORMAL],
  ['a refusal', REFUSED],
])('values of %s have the types of their columns, and constant ones are there', (_name, text) => {
  const wrong: string[] = []
  eachConnection([{ text }], (from) => {
    for (const column of COLUMNS) {
      const { key, type, always } = column
      const value = readColumn(column, from)
      if (value === undefined ? always : !JSON_TYPES[type](value)) wrong.push(key)
    }
  })
  expect(wrong).toEqual([])
})

test('what did not happen is left out', () => {
  let row: Record<string, unknown> = {}
  eachConnection([{ text: REFUSED }], (from) => {
    row = connectionObject(from, COLUMNS)
  })
  expect(Object.keys(row)).not.toContain('client_guessed')
  expect(Object.keys(row)).not.toContain('encapsulation')
  expect(Object.keys(row).filter((key) => key.includes('fin'))).toEqual([])
  expect(Object.values(row)).not.toContain(undefined)
})

test('chosen columns come in the order asked for', () => {
  const chosen = ['verdict', 'stream', 'client_ip'].map(
    (key) => COLUMNS.find((c) => c.key === key) as Column,
  )
  eachConnection([{ text: REFUSED }], (from) => {
    const row = Object.entries(connectionObject(from, chosen))
    expect(row).toEqual([
      ['verdict', 'handshake_failed'],
      ['stream', 0],
      ['client_ip', '10.0.0.1'],
    ])
  })
})
