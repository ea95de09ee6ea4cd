// The same captures in every format: the same connections, and totals that add up.

import { COLUMN_KEYS } from '../../../src/output/columns/columns.js'
import { expectThat } from '../broken.js'
import { recordsOf } from '../observe.js'
import { codeFor, ENDING_NAMES, filterFor, isNamed, judgingOptions } from './options.js'
import {
  csvRows,
  jsonResults,
  linesOf,
  ndjsonResults,
  type Results,
  type Row,
  tableOf,
} from './parse.js'
import type { Trial } from './trial.js'

const SAME = 'every format says the same'
const COUNTED = 'every packet is counted'
const FILTERED = 'filters leave out what they name'

/** Tries one set of options in every format. */
export async function tryFormats(trial: Trial): Promise<void> {
  const { random } = trial
  const judging = [...judgingOptions(random), ...mergeOption(trial)]
  const args = [...judging, ...trial.paths]
  const whole = await trial.run(['analyze', '-f', 'ndjson', ...args])
  const results = ndjsonResults(whole.stdout)
  expectThat(
    whole.code === codeFor(results.captures, false, false),
    'exit codes follow from the results',
    `${whole.code}`,
  )
  checkCounts(results, trial, judging.includes('--merge') || judging.includes('--merge-series'))
  await tryFiltered(trial, args, results)
}

function mergeOption({ random }: Trial): string[] {
  return random.oneIn(4) ? [random.pick(['--merge', '--merge-series'])] : []
}

function checkCounts(
  { captures, connections, summary }: Results,
  trial: Trial,
  merges: boolean,
): void {
  for (const capture of captures) {
    const { packets, tcp_packets, skipped, late_packets = 0 } = capture
    const shares = connections.filter((row) => row['capture'] === capture.capture)
    const found = `${capture.capture}: ${packets} packets, ${tcp_packets} TCP`
    expectThat(shares.length === capture.connections, COUNTED, `${found}, connections`)
    const segments = sumOf(shares, 'client_packets') + sumOf(shares, 'server_packets')
    expectThat(segments + late_packets === tcp_packets, COUNTED, `${found}, ${segments} shared`)
    const plain = trial.files.find(({ path }) => path === capture.capture)?.plain
    if (merges || plain === undefined) continue
    const { skippedEntries } = recordsOf(plain)
    const others = skipped.reduce((sum, row) => sum + row.packets, skippedEntries)
    expectThat(packets === tcp_packets + others, COUNTED, `${found}, ${others} others`)
  }
  const { captures: n, tcp_packets: tcp, connections: all } = summary
  expectThat(merges || n === trial.files.length, COUNTED, `${n} captures`)
  expectThat(n === captures.length, COUNTED, `${n} captures`)
  expectThat(tcp === sumOf(captures, 'tcp_packets'), COUNTED, `${tcp} TCP packets in all`)
  expectThat(all === connections.length, COUNTED, `${all} connections in all`)
}

function sumOf(rows: readonly Row[], key: string): number {
  return rows.reduce((sum, row) => sum + Number(row[key]), 0)
}

async function tryFiltered(trial: Trial, args: readonly string[], whole: Results): Promise<void> {
  const { random } = trial
  const filter = filterFor(whole.connections, random)
  const selected = whole.connections.filter(filter.holds)
  const failing = random.oneIn(3) ? [random.pick(ENDING_NAMES)] : []
  if (failing.length > 0 && selected.length > 0 && random.oneIn(2)) {
    failing.push(String(random.pick(selected)['verdict']))
  }
  const strict = random.oneIn(4) ? ['--strict'] : []
  const options = [
    ...filter.options,
    ...(failing.length === 0 ? [] : ['--fail-on', failing.join()]),
    ...strict,
    ...args,
  ]
  const isMatched = selected.some((row) => isNamed(row, failing))
  const code = codeFor(whole.captures, strict.length > 0, isMatched)
  const keys = random.oneIn(3) ? chosenKeys(trial) : undefined
  const columns = keys === undefined ? [] : ['--columns', keys.join()]
  const rows = keys === undefined ? selected : selected.map((row) => only(row, keys))
  const summary = { ...whole.summary, selected_connections: selected.length }
  const expected = { ...whole, connections: rows, summary }
  const format = random.pick(['ndjson', 'json', 'csv', 'table', 'summary'])
  const told = await trial.run(['analyze', ...argsOf(format), ...columns, ...options])
  expectThat(told.code === code, 'exit codes follow from the results', `${told.code}, not ${code}`)
  CHECKS[format]?.(told.stdout, expected, keys)
}

function chosenKeys({ random }: Trial): string[] {
  return [...new Set(Array.from({ length: random.between(1, 5) }, () => random.pick(COLUMN_KEYS)))]
}

/** Chosen columns, in the order in which they were chosen. */
function only(row: Row, keys: readonly string[]): Row {
  return Object.fromEntries(keys.filter((key) => key in row).map((key) => [key, row[key]]))
}

function argsOf(format: string): string[] {
  if (format === 'summary') return ['--summary', '-f', 'ndjson']
  return format === 'table' ? ['--all'] : ['-f', format]
}

type Check = (stdout: string, expected: Results, keys?: readonly string[]) => void

const CHECKS: Readonly<Record<string, Check>> = {
  ndjson: (stdout, expected, keys) => {
    // Without a type that tells, a line of chosen columns is told by its place.
    if (keys === undefined || !keys.includes('type')) expectSame(ndjsonResults(stdout), expected)
  },
  json: (stdout, expected) => expectSame(jsonResults(stdout), expected),
  csv: checkCsv,
  table: checkTable,
  summary: (stdout, expected) =>
    expectSame(ndjsonResults(stdout), { ...expected, connections: [] }),
}

function expectSame(found: Results, expected: Results): void {
  const texts = [found, expected].map(({ connections, captures }) =>
    JSON.stringify([connections, captures]),
  )
  expectThat(texts[0] === texts[1], SAME, texts.join(' and '))
  const counts = [found, expected].map(({ summary }) => summary.selected_connections)
  expectThat(counts[0] === counts[1], FILTERED, counts.join(' and '))
}

function checkCsv(stdout: string, expected: Results, keys: readonly string[] = COLUMN_KEYS): void {
  const { header, rows } = csvRows(stdout)
  expectThat(header.join() === keys.join(), SAME, header.join())
  expectThat(rows.length === expected.connections.length, SAME, `${rows.length} rows of CSV`)
  for (const [i, row] of rows.entries()) {
    for (const [at, key] of header.entries()) {
      const [cell = '', value] = [row[at], expected.connections[i]?.[key]]
      const isSame =
        typeof value === 'number' && cell !== '' ? Number(cell) === value : cell === cellOf(value)
      expectThat(isSame, SAME, `${key}: ${cell} in CSV, ${JSON.stringify(value)} in JSON`)
    }
  }
}

interface Evidence {
  readonly packet: number
  readonly shows: string
  /** Of a finding, which has no `shows`. */
  readonly code?: string
}

const FORMULA = /^\s*[=+\-@\uff1d\uff0b\uff0d\uff20]/

function cellOf(value: unknown): string {
  if (value === undefined) return ''
  const text = Array.isArray(value)
    ? value.map((part: string | Evidence) => partOf(part)).join(';')
    : String(value as string | number | boolean)
  const shown = text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, (char) =>
    char < ' ' ? String.fromCodePoint(0x2400 + char.charCodeAt(0)) : '\ufffd',
  )
  return FORMULA.test(shown) ? `'${shown}` : shown
}

function partOf(part: string | Evidence): string {
  if (typeof part === 'string') return part
  return part.code ?? `${part.packet} ${part.shows}`
}

function checkTable(stdout: string, expected: Results, keys?: readonly string[]): void {
  const { connections, summary } = expected
  if (keys !== undefined) {
    const lines = linesOf(stdout).length
    expectThat(lines === connections.length + 1, SAME, `${lines} lines of columns`)
    return
  }
  const table = tableOf(stdout)
  const verdicts = countsOf(connections)
  const found = JSON.stringify(table)
  expectThat(table.connections === summary.connections, SAME, found)
  expectThat(table.captures === summary.captures, SAME, found)
  expectThat(table.tcpPackets === summary.tcp_packets, SAME, found)
  expectThat(table.listed === connections.length, SAME, `${found}, ${connections.length} listed`)
  for (const name of new Set([...Object.keys(verdicts), ...Object.keys(table.verdicts)])) {
    expectThat(table.verdicts[name] === verdicts[name], SAME, `${found}, ${verdicts[name]} ${name}`)
  }
}

function countsOf(rows: readonly Row[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { verdict } of rows) counts[String(verdict)] = (counts[String(verdict)] ?? 0) + 1
  return counts
}
