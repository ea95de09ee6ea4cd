// The JSON Schema of the output, held against what is really written.

import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { LINE_TYPES } from '../../src/schema/line-types.js'
import { ROOT, run } from './run-cli.js'

const SAMPLES = join(ROOT, 'samples')
const RESTART = join(SAMPLES, 'service-kill-restart.pcap')

interface Schema {
  readonly $defs: Readonly<Record<string, object>>
  additionalProperties?: boolean
}

const checks = new Map<string, ValidateFunction>()

async function schemaText(...type: string[]): Promise<string> {
  const { code, stdout } = await run(['schema', ...type])
  expect(code).toBe(0)
  return stdout
}

beforeAll(async () => {
  const { $defs } = JSON.parse(await schemaText()) as Schema
  for (const [type, schema] of Object.entries($defs)) {
    // A consumer lets fields pass that later versions add; here none may be missing in the schema.
    const ajv = new Ajv2020({ strict: true, formats: { 'date-time': /^\d{4}-.*Z$/ } })
    checks.set(type, ajv.compile({ ...schema, additionalProperties: false }))
  }
})

/** What is wrong with lines, by their types; fails when a type is not among them. */
function problemsOf(stdout: string, ...types: string[]): string[] {
  const lines = stdout.split('\n').filter((line) => line !== '')
  const seen = new Set<string>()
  const problems = lines.flatMap((line) => {
    const row = JSON.parse(line) as { readonly type: string }
    seen.add(row.type)
    const check = checks.get(row.type)
    if (check === undefined) return [`no schema of ${row.type}`]
    return check(row) ? [] : [`${JSON.stringify(check.errors)} in ${line}`]
  })
  expect([...seen].sort()).toEqual([...types].sort())
  return problems
}

describe('holds for', () => {
  test('all that is said of all samples', async () => {
    const { stdout } = await run(['-f', 'ndjson', '--killed-at', '2026-11-26T06:30:34Z', SAMPLES])
    expect(problemsOf(stdout, 'connection', 'incident', 'capture', 'summary')).toEqual([])
  })

  test('damaged captures', async () => {
    const { stdout } = await run(['-f', 'ndjson', 'test/cli/captures', 'package.json', 'nope.pcap'])
    expect(problemsOf(stdout, 'connection', 'incident', 'capture', 'summary')).toEqual([])
    expect(stdout).toContain('"error":{')
  })

  test('counts', async () => {
    const { stdout } = await run(['endpoints', '--over', '1s', '-f', 'ndjson', RESTART])
    expect(problemsOf(stdout, 'group')).toEqual([])
  })

  test('a watch', async () => {
    const { stdout } = await run(['watch', '--every', '1ms', '-f', 'ndjson', SAMPLES, '--', 'true'])
    expect(stdout).toBe('')
    const watched = await run([
      'watch',
      '--every',
      '200ms',
      '-f',
      'ndjson',
      '--',
      'sh',
      '-c',
      `cat ${RESTART}; sleep 1`,
    ])
    expect(
      problemsOf(watched.stdout, 'connection', 'incident', 'interval', 'capture', 'summary'),
    ).toEqual([])
  })
})

test.each(LINE_TYPES.map(({ type }) => type))(
  'schema %s is the one that all have',
  async (type) => {
    const { $defs } = JSON.parse(await schemaText()) as Schema
    expect(JSON.parse(await schemaText(type))).toEqual($defs[type])
  },
)

test('one of them is any line, and no other object is', async () => {
  const check = new Ajv2020({ strict: true, formats: { 'date-time': true } }).compile(
    JSON.parse(await schemaText()) as object,
  )
  const { stdout } = await run(['-f', 'ndjson', RESTART])
  for (const line of stdout.trim().split('\n')) expect(check(JSON.parse(line))).toBe(true)
  expect(check({ type: 'connection' })).toBe(false)
  expect(check({ type: 'nothing' })).toBe(false)
})

test('a type that is none is refused', async () => {
  const { code, stderr } = await run(['schema', 'conection'])
  expect(code).toBe(2)
  expect(stderr).toContain("type: unknown 'conection'; did you mean connection?")
})
