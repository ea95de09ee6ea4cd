#!/usr/bin/env node
// Measures the built command and whatever peers are installed, in turn, on the same generated captures.
//
//   npm run bench                         100 MB of each, medians of 5 runs
//   npm run bench -- --mb 1000 --runs 3   1 GB; --only churn for one profile; --json FILE for the figures
//   npm run bench -- --limit 60           stop a peer after 60 s
//   npm run bench -- --compare COMMIT     this build and that of a commit (or folder) in turn, with the ratio of each pair
//   npm run bench -- --compare COMMIT --keep   adds the figures to results.ndjson
//   npm run bench -- --counts             1 MB of each, checked against counts.json: for CI, which measures no time
//
// Peers that take too long for one run are stopped and reported as such. Machines are noisy: compare ratios of one run only.
import { spawnSync } from 'node:child_process'
import { appendFileSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { CAPTURES, captureOf } from './captures.mjs'
import { compared, floors } from './compare.mjs'
import { isThere, median, run } from './timing.mjs'

const here = (name) => fileURLToPath(new URL(name, import.meta.url))
const CLI = here('../../bin/tcp-teardown.js')
const COUNTS = here('counts.json')
const RESULTS = here('results.ndjson')

/** Commands on a capture; the first one is what ratios are taken of. */
const OWN = {
  summary: (path) => [process.execPath, CLI, 'analyze', '--summary', path],
  ndjson: (path) => [process.execPath, CLI, 'analyze', '--format', 'ndjson', path],
}
const PEERS = {
  'capinfos -c': (path) => ['capinfos', '-c', path],
  'pcap-parser, counting': (path) => [process.execPath, here('count-pcap-parser.mjs'), path],
  'tshark -z conv,tcp': (path) => ['tshark', '-q', '-z', 'conv,tcp', '-r', path],
  tcptrace: (path) => ['tcptrace', path],
}

const { values } = parseArgs({
  options: {
    mb: { type: 'string', default: '100' },
    runs: { type: 'string', default: '5' },
    only: { type: 'string', default: '' },
    json: { type: 'string' },
    counts: { type: 'boolean', default: false },
    limit: { type: 'string', default: '300' },
    update: { type: 'boolean', default: false },
    compare: { type: 'string' },
    keep: { type: 'boolean', default: false },
  },
})

/** Seconds after which a peer is stopped. */
const peerLimitMs = Number(values.limit) * 1000

async function measure(name, mb, runs) {
  const path = await captureOf(name, mb)
  const commands = { ...OWN, ...(CAPTURES[name].peers ? PEERS : {}) }
  const found = new Map()
  for (const [what, make] of Object.entries(commands)) if (isThere(make(path))) found.set(what, [])
  const packets = countsOf(path).packets
  // In turn, so that a slow phase of the machine hits all alike; slow peers once.
  for (let i = 0; i < runs; i++) {
    for (const [what, results] of found) {
      const isSlow = results.length > 0 && results[0].seconds > 20
      if (!isSlow) results.push(run(commands[what](path), what in PEERS ? peerLimitMs : 0))
    }
  }
  const rows = [...found].map(([what, results]) => ({
    capture: name,
    command: what,
    runs: results.length,
    seconds: median(results.map((r) => r.seconds)),
    peakMb: Math.max(...results.map((r) => r.peakMb)),
    tooLong: results.some((r) => r.tooLong),
  }))
  const base = rows[0].seconds
  for (const row of rows) {
    row.packetsPerSecond = packets / row.seconds
    row.mbPerSecond = statSync(path).size / 1e6 / row.seconds
    row.ratio = row.seconds / base
  }
  return rows
}

/** Totals of a capture, as the command has them. */
function countsOf(path) {
  const { stdout } = spawnSync(
    process.execPath,
    [CLI, 'analyze', '-f', 'json', '--summary', path],
    {
      encoding: 'utf8',
      maxBuffer: 1 << 26,
    },
  )
  const { packets, tcp_packets, connections, causes } = JSON.parse(stdout).summary
  return { packets, tcp_packets, connections, causes }
}

async function checkCounts() {
  const counts = {}
  for (const name of Object.keys(CAPTURES)) counts[name] = countsOf(await captureOf(name, 1))
  const text = `${JSON.stringify(counts, undefined, 2)}\n`
  if (values.update) writeFileSync(COUNTS, text)
  if (readFileSync(COUNTS, 'utf8') === text) return
  process.stderr.write('the counts of the generated captures are not those of counts.json\n')
  process.stderr.write(text)
  process.exitCode = 1
}

async function compare() {
  const options = { mb: Number(values.mb), runs: Number(values.runs), only: values.only }
  const rows = []
  const heads = ['s', 'base', 'ratio', 'least', 'most', 'cpu', 'MB', 'base']
  process.stdout.write(`${'case'.padEnd(28)}${heads.map((head) => head.padStart(8)).join('')}\n`)
  for await (const row of compared(values.compare, options)) {
    rows.push(row)
    const { seconds, baseSeconds, ratio, least, most, cpuRatio, peakMb, basePeakMb } = row
    const cells = [seconds, baseSeconds, ratio, least, most, cpuRatio]
      .map((n) => n.toFixed(3))
      .concat([peakMb, basePeakMb].map((n) => n.toFixed(0)))
    process.stdout.write(
      `${row.case.padEnd(28)}${cells.map((cell) => cell.padStart(8)).join('')}\n`,
    )
  }
  const atLeast = await floors(options)
  for (const { case: name, seconds } of atLeast)
    process.stdout.write(`${name.padEnd(28)}${seconds.toFixed(3).padStart(8)}\n`)
  if (values.keep) keep(options, rows, atLeast)
}

/** Adds a line to the results, with what they were measured on. */
function keep({ mb, runs }, rows, atLeast) {
  const git = (...args) => spawnSync('git', args, { encoding: 'utf8' }).stdout.trim()
  const line = {
    date: new Date().toISOString().slice(0, 10),
    commit: git('describe', '--always', '--dirty'),
    base: git('rev-parse', '--short', values.compare) || values.compare,
    node: process.version,
    machine: `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown'}`,
    mb,
    runs,
    floors: atLeast,
    rows,
  }
  appendFileSync(
    RESULTS,
    `${JSON.stringify(line, (_key, value) => (typeof value === 'number' ? Number(value.toPrecision(4)) : value))}\n`,
  )
}

if (values.counts) {
  await checkCounts()
} else if (values.compare !== undefined) {
  await compare()
} else {
  const all = []
  process.stdout.write(
    `${'capture'.padEnd(14)}${'command'.padEnd(24)}${'s'.padStart(9)}${'M packets/s'.padStart(13)}${'MB/s'.padStart(8)}${'peak MB'.padStart(9)}${'ratio'.padStart(8)}\n`,
  )
  for (const name of Object.keys(CAPTURES).filter((each) => each.includes(values.only))) {
    for (const row of await measure(name, Number(values.mb), Number(values.runs))) {
      all.push(row)
      const time = row.tooLong ? `>${values.limit}` : row.seconds.toFixed(2)
      process.stdout.write(
        `${row.capture.padEnd(14)}${row.command.padEnd(24)}${time.padStart(9)}${(row.packetsPerSecond / 1e6).toFixed(2).padStart(13)}${row.mbPerSecond.toFixed(0).padStart(8)}${row.peakMb.toFixed(0).padStart(9)}${row.ratio.toFixed(2).padStart(8)}\n`,
      )
    }
  }
  if (values.json !== undefined)
    writeFileSync(values.json, `${JSON.stringify(all, undefined, 2)}\n`)
}
