// Hostile names and texts in every form of results: nothing but printable text and line ends, and nothing lost to programs.

import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { readPage } from '../support/page.js'
import { type Run, Scratch, analyze, rows, run } from '../cli/run-cli.js'
import { NAME, TEXT_READ, hostileCapture, unprintable } from './hostile.js'

const scratch = new Scratch()

beforeAll(async () => {
  await scratch.file(NAME, hostileCapture())
  await scratch.file('other.pcapng', hostileCapture())
})

/** Analyzes the capture with the hostile name, which must go well. */
async function results(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await analyze([...args, NAME], { cwd: scratch.path })
  expect([code, stderr]).toEqual([0, ''])
  // Tabs are what stands between the cells of Zeek's logs.
  const isZeek = args.includes('zeek')
  expect(unprintable(isZeek ? stdout.replaceAll('\t', '') : stdout)).toEqual([])
  return stdout
}

describe.concurrent('analyze', () => {
  test('table', async () => {
    const text = await results('--all', 'other.pcapng')
    expect(text).toContain('=1+1,\u241b[2J\u241b]0;owned\u2407')
  })

  test('table of columns', async () => {
    const text = await results('--columns', 'capture,stream,explanation')
    expect(text.trimEnd().split('\n')).toHaveLength(3)
  })

  test('ndjson comes back whole', async () => {
    const found = rows(await results('-f', 'ndjson'))
    expect(found.map(({ type }) => type)).toEqual([
      'connection',
      'connection',
      'capture',
      'summary',
    ])
    expect(found[0]).toMatchObject({ capture: NAME })
    expect(found[2]).toMatchObject({ capture: NAME, interfaces: [TEXT_READ] })
  })

  test('json comes back whole', async () => {
    const document = JSON.parse(await results('-f', 'json')) as object
    expect(document).toMatchObject({
      connections: [{ capture: NAME }, { capture: NAME }],
      captures: [{ capture: NAME, interfaces: [TEXT_READ] }],
    })
  })

  test.each(['openmetrics', 'prometheus'])('%s names no capture', async (format) => {
    expect(await results('-f', format)).not.toContain('1+1')
  })

  test('zeek: a line a connection, with the capture in it where it is asked for', async () => {
    const text = await results('-f', 'zeek', '--columns', 'capture')
    const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
    expect(lines.map((line) => line.split('\t').length)).toEqual([22, 22])
    expect(lines[0]).toContain('\\x1b[2J')
    const json = await results('-f', 'zeek-json', '--columns', 'capture')
    const [row = ''] = json.split('\n')
    expect(JSON.parse(row)).toMatchObject({ capture: NAME })
  })

  test('page: names can be shown, and end no element', async () => {
    const text = await results('-f', 'html', 'other.pcapng')
    const { head } = readPage(text)
    expect(head.captures.map(({ capture }) => unprintable(capture))).toEqual([[], []])
    const data = /<script type="application\/json"[^]*<\/script>\n/.exec(text)?.[0] ?? ''
    expect(data.match(/<(?!script type="application|\/script>\n)/g)).toBe(null)
  })

  test('csv: a line a connection, and no cell is a formula', async () => {
    const [head, ...lines] = (await results('-f', 'csv')).trimEnd().split('\n')
    expect([head?.split(',')[1], lines.length]).toEqual(['capture', 2])
    for (const line of lines) {
      expect(line).toMatch(/^connection,"'=1\+1,/)
      const cells = line.match(/(?<=^|,)(?:"(?:[^"]|"")*"|[^",]*)(?=,|$)/g) ?? []
      const formulas = cells.filter((cell) => /^"?\s*[=+\-@]/.test(cell) && Number.isNaN(+cell))
      expect([cells.length > 20, formulas]).toEqual([true, []])
    }
  })

  test('files of --out-dir stay in it, under names that can be shown', async () => {
    const inner = join(scratch.path, 'in/ner')
    mkdirSync(inner, { recursive: true })
    writeFileSync(join(inner, NAME), hostileCapture())
    const inputs = [NAME, `../../${NAME}`, `.././ner/../ner/${NAME}`, join(scratch.path, NAME)]
    const before = readdirSync(scratch.path)
    const args = ['-f', 'ndjson', '--out-dir', 'results', ...inputs]
    const { code, stdout, stderr } = await analyze(args, { cwd: inner })
    expect([code, stdout]).toEqual([0, ''])
    expect(unprintable(stderr)).toEqual([])
    expect(readdirSync(scratch.path)).toEqual(before)
    expect(readdirSync(inner).sort()).toEqual([NAME, 'results'])
    const files = readdirSync(join(inner, 'results'), { recursive: true, encoding: 'utf8' })
    expect(unprintable(files.join('\n'))).toEqual([])
    const made = files.filter((file) => file.endsWith('.ndjson'))
    const named = made.map(
      (file) => rows(readFileSync(join(inner, 'results', file), 'utf8'))[0]?.capture,
    )
    expect(named.sort()).toEqual(inputs.sort())
  })
})

describe.concurrent('explain', () => {
  const explain = (...args: string[]): Promise<Run> =>
    run(['explain', NAME, '--stream', '1', ...args], { cwd: scratch.path })

  test('text', async () => {
    const { code, stdout, stderr } = await explain()
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toContain('=1+1,\u241b[2J')
    expect(unprintable(stdout)).toEqual([])
  })

  test('json comes back whole', async () => {
    const { code, stdout } = await explain('-f', 'json')
    expect(code).toBe(0)
    expect(unprintable(stdout)).toEqual([])
    expect(stdout).toContain(JSON.stringify(NAME).slice(1, 12))
    expect(JSON.stringify(JSON.parse(stdout))).toContain(JSON.stringify(NAME))
  })
})
