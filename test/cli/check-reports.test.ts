// Reports of `check` read back by others' rules: JUnit by a strict reader of XML, SARIF by its schema; both say what the JSON says,
// also of captures and rules whose names mean something to a reader.

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { SaxesParser } from 'saxes'
import { beforeAll, describe, expect, test } from 'vitest'
import { NAME, hostileCapture, unprintable } from '../injection/hostile.js'
import { Scratch, run } from './run-cli.js'
import { SARIF_SCHEMA, isReference } from './sarif-schema.js'

const scratch = new Scratch()
const RULE = `none <&> "refused" \u202e\u001b[2J ]]> \ufffe`
/** Names of captures, with what they are as references. */
const NAMES: Readonly<Record<string, string>> = {
  [NAME]: encodeURIComponent(NAME),
  'a#b?c%41.pcapng': 'a%23b%3Fc%2541.pcapng',
  'x:y.pcapng': 'x%3Ay.pcapng',
  'in/ner.pcapng': 'in/ner.pcapng',
  'no\ufffe\uffffcharacters': 'no%EF%BF%BE%EF%BF%BFcharacters',
}

interface JsonReport {
  readonly rules: readonly {
    readonly rule: string
    readonly broken: boolean
    readonly says: string
    readonly violations: readonly { capture: string; stream: number; explanation: string }[]
  }[]
}
let expected: JsonReport

beforeAll(async () => {
  mkdirSync(join(scratch.path, 'in'))
  for (const name of Object.keys(NAMES)) writeFileSync(join(scratch.path, name), hostileCapture())
  const rules = [
    { name: RULE, where: { cause: 'refused' } },
    { name: 'no FIN', where: { verdict: 'graceful_fin' } },
  ]
  await scratch.file('rules.json', JSON.stringify({ rules }))
  expected = JSON.parse(await report('json')) as JsonReport
})

async function report(format: string, ...captures: string[]): Promise<string> {
  const inputs = captures.length === 0 ? Object.keys(NAMES) : captures
  const { code, stdout, stderr } = await run(
    ['check', '--rules', 'rules.json', '-f', format, ...inputs],
    { cwd: scratch.path },
  )
  expect([code, stderr]).toEqual([1, ''])
  return stdout
}

test('there are ten violations of the first rule', () => {
  expect(expected.rules.map(({ violations }) => violations.length)).toEqual([10, 0])
})

test.each(['text', 'json', 'junit', 'sarif', 'github'])(
  '%s has nothing that steers a terminal',
  async (format) => {
    expect(unprintable(await report(format))).toEqual([])
  },
)

/** An element of XML, with its text. */
interface Element {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: Element[]
  text: string
}

/** The root of a document; throws for one that is not well-formed. */
function readXml(text: string): Element {
  const top: Element = { name: '', attributes: {}, children: [], text: '' }
  const open = [top]
  const parser = new SaxesParser()
  parser.on('error', (error) => {
    throw error
  })
  parser.on('opentag', ({ name, attributes }) => {
    const element = { name, attributes, children: [], text: '' }
    open.at(-1)?.children.push(element)
    open.push(element)
  })
  parser.on('text', (part) => ((open.at(-1) ?? top).text += part))
  parser.on('closetag', () => open.pop())
  parser.write(text).close()
  return top.children[0] ?? top
}

test('JUnit: a case for each rule, and of a broken one every violation', async () => {
  const root = readXml(await report('junit'))
  expect([root.name, root.attributes]).toEqual(['testsuites', { tests: '2', failures: '1' }])
  const [suite] = root.children
  expect(suite).toMatchObject({ name: 'testsuite', attributes: { tests: '2', failures: '1' } })
  const [refused, none] = suite?.children ?? []
  expect(refused?.attributes['name']).toBe('none <&> "refused" \ufffd\u241b[2J ]]> \ufffd')
  expect(none).toMatchObject({ attributes: { name: 'no FIN' }, children: [] })
  const [failure] = refused?.children ?? []
  expect(failure?.attributes).toEqual({ message: expected.rules[0]?.says })
  for (const { explanation, stream } of expected.rules[0]?.violations ?? []) {
    expect(failure?.text).toContain(`tcp.stream eq ${stream}  `)
    expect(failure?.text).toContain(explanation)
  }
  expect(failure?.text.split('\n\n')).toHaveLength(10)
})

interface Sarif {
  readonly runs: readonly [
    {
      readonly tool: { driver: { rules: { id: string }[] } }
      readonly results: readonly {
        ruleId: string
        message: { text: string }
        partialFingerprints: { primaryLocationLineHash: string }
        locations: [
          {
            physicalLocation: { artifactLocation: { uri: string } }
            logicalLocations: [{ name: string }]
          },
        ]
      }[]
    },
  ]
}

describe('SARIF', () => {
  const isValid = new Ajv({ formats: { 'uri-reference': isReference } }).compile(SARIF_SCHEMA)

  test('is what the standard asks for, and has a result for each violation', async () => {
    const log = JSON.parse(await report('sarif')) as Sarif
    expect([isValid(log), isValid.errors]).toEqual([true, null])
    const [{ tool, results }] = log.runs
    expect(tool.driver.rules.map(({ id }) => id)).toEqual([RULE, 'no FIN'])
    const violations = expected.rules[0]?.violations ?? []
    expect(results).toHaveLength(violations.length)
    for (const [at, { capture, stream, explanation }] of violations.entries()) {
      const result = results[at]
      expect(result?.ruleId).toBe(RULE)
      expect(result?.message.text).toContain(explanation)
      const { physicalLocation, logicalLocations } = result?.locations[0] ?? {}
      expect(physicalLocation?.artifactLocation.uri).toBe(NAMES[capture])
      expect(logicalLocations?.[0].name).toBe(`tcp.stream ${stream}`)
    }
    // In one capture no two alerts of a rule are taken for the same.
    const prints = results.map(
      ({ locations, partialFingerprints: { primaryLocationLineHash: print } }) =>
        `${locations[0].physicalLocation.artifactLocation.uri} ${print}`,
    )
    expect(new Set(prints).size).toBe(prints.length)
  })

  test('a whole path is a file URI', async () => {
    const path = join(scratch.path, 'a#b?c%41.pcapng')
    const [{ results }] = (JSON.parse(await report('sarif', path)) as Sarif).runs
    const uri = results[0]?.locations[0].physicalLocation.artifactLocation.uri ?? ''
    expect(new URL(uri).pathname).toContain('/a%23b%3Fc%2541.pcapng')
    expect(uri).toMatch(/^file:\/\/\//)
  })

  test('the schema refuses what is wrong', () => {
    const log = { version: '2.1.0', runs: [{ tool: { driver: { name: 'x' } }, results: [{}] }] }
    expect(isValid(log)).toBe(false)
    expect(['a b', 'a#b#c', '%zz', 'ä'].map(isReference)).toEqual([false, false, false, false])
  })
})
