#!/usr/bin/env node
// Measures the built command and whatever peers are installed, in turn, on the same generated captures.
//
//   npm run bench                         100 MB of each, medians of 5 runs
//   npm run bench -- --mb 1000 --runs 3   1 GB; --only churn for one profile; --json FILE for the figures
//   npm run bench -- --limit 60           stop a peer after 60 s
//   npm run bench -- --counts             1 MB of each, checked against counts.json: for CI, which measures no time
//
// Peers that take too long for one run are stopped and reported as such. Machines are noisy: compare ratios of one run only.
import { createHash } from 'node:crypto'
import { spawnSync } from 'node:child_process'
import {
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { createGzip } from 'node:zlib'

const here = (name) => fileURLToPath(new URL(name, import.meta.url))
const CLI = here('../../bin/tcp-teardown.js')
const COUNTS = here('counts.json')

/** Captures by name: profile and form of generate.mjs, and whether peers are run on it. */
const CAPTURES = {
  churn: { profile: 'churn', form: [], peers: true },
  mix: { profile: 'mix', form: [], peers: true },
  bulk: { profile: 'bulk', form: [], peers: true },
  synflood: { profile: 'synflood', form: [], peers: false },
  'churn-ipv6': { profile: 'churn', form: ['--ipv6'], peers: false },
  'churn-vlan': { profile: 'churn', form: ['--vlan'], peers: false },
  'churn-nanos': { profile: 'churn', form: ['--nanos'], peers: false },
  'churn-pcapng': { profile: 'churn', form: ['--pcapng'], peers: false },
  'churn-gzip': { profile: 'churn', form: [], peers: false, gzip: true },
}

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
  },
})

/** Seconds after which a peer is stopped. */
const peerLimitMs = Number(values.limit) * 1000

/** Makes a capture unless it is there from an earlier run. */
async function captureOf(name, mb) {
  // Other code of the generator makes other captures.
  const version = createHash('sha256')
    .update(readFileSync(here('generate.mjs')))
    .digest('hex')
  const folder = join(tmpdir(), `tcp-teardown-bench-${version.slice(0, 8)}`)
  mkdirSync(folder, { recursive: true })
  const { profile, form, gzip } = CAPTURES[name]
  const path = join(folder, `${profile}${form.join('')}-${mb}mb.cap`)
  if (!existsSync(path)) {
    run([process.execPath, here('generate.mjs'), profile, path, '--mb', String(mb), ...form])
  }
  if (!gzip) return path
  if (!existsSync(`${path}.gz`)) {
    await pipeline(
      createReadStream(path),
      createGzip({ level: 6 }),
      createWriteStream(`${path}.gz`),
    )
  }
  return `${path}.gz`
}

function run(command, limitMs = 0) {
  const started = process.hrtime.bigint()
  const [program, ...args] = command
  // GNU time tells the peak memory of a child, which Node does not; timeout stops what it has started as well.
  const limited = limitMs > 0 ? ['timeout', '-s', 'KILL', String(limitMs / 1000)] : []
  const timed = existsSync('/usr/bin/time') ? ['/usr/bin/time', '-f', '%M'] : []
  const [first, ...rest] = [...limited, ...timed, program, ...args]
  const child = spawnSync(first, rest, { stdio: ['ignore', 'ignore', 'pipe'], maxBuffer: 1 << 26 })
  const seconds = Number(process.hrtime.bigint() - started) / 1e9
  const peakKb = Number(/(\d+)\s*$/.exec(String(child.stderr))?.[1] ?? NaN)
  return {
    seconds,
    peakMb: peakKb / 1024,
    tooLong: limitMs > 0 && seconds >= limitMs / 1000,
  }
}

function median(numbers) {
  const sorted = numbers.toSorted?.((a, b) => a - b) ?? [...numbers].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)]
}

/** Whether a peer is installed at all. */
function isThere([program]) {
  return program === process.execPath || spawnSync('which', [program]).status === 0
}

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

if (values.counts) {
  await checkCounts()
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
