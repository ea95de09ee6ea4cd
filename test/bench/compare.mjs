// This build and that of another commit, in turn: machines drift, so each pair gives a ratio of its own.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { captureOf } from './captures.mjs'
import { isThere, median, run } from './timing.mjs'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const SAMPLE = join(ROOT, 'samples/kill-sigkill-unread.pcap')

/** What is compared: a name, and the arguments behind the program. `null` stands for the sample: what the start takes. */
const CASES = [
  ['churn summary, one thread', 'churn', ['--summary', '--jobs', '1']],
  ['churn summary', 'churn', ['--summary']],
  ['churn ndjson', 'churn', ['-f', 'ndjson']],
  ['churn table', 'churn', []],
  ['mix summary', 'mix', ['--summary']],
  ['bulk summary', 'bulk', ['--summary']],
  ['synflood summary', 'synflood', ['--summary']],
  ['one small capture', null, []],
]

/** Builds a commit in a folder of its own, once; gives the folder. A folder with a build is taken as it is. */
export function buildOf(base) {
  if (existsSync(join(base, 'dist/main.js'))) return base
  const git = (...args) => execFileSync('git', args, { cwd: ROOT, encoding: 'utf8' }).trim()
  const commit = git('rev-parse', '--verify', `${base}^{commit}`)
  const folder = join(tmpdir(), `tcp-teardown-bench-${commit.slice(0, 12)}`)
  if (existsSync(join(folder, 'dist/main.js'))) return folder
  mkdirSync(folder, { recursive: true })
  const sources = execFileSync('git', ['archive', commit], { cwd: ROOT, maxBuffer: 1 << 28 })
  execFileSync('tar', ['-x', '-C', folder], { input: sources })
  // The packages of this commit: where those of the other one differ it has to be built by hand.
  if (!existsSync(join(folder, 'node_modules')))
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
  execFileSync('npm', ['run', '--silent', 'build'], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  return folder
}

/** Rows of medians and ratios, this build divided by the other one. */
export async function* compared(base, { mb, runs, only }) {
  const other = buildOf(base)
  for (const [name, capture, args] of CASES.filter(([each]) => each.includes(only))) {
    const path = capture === null ? SAMPLE : await captureOf(capture, mb)
    const command = (root) => [
      process.execPath,
      join(root, 'bin/tcp-teardown.js'),
      'analyze',
      ...args,
      path,
    ]
    // One of each to warm the disk's cache; it is not counted.
    for (const root of [ROOT, other]) run(command(root))
    const pairs = []
    for (let at = 0; at < runs; at++) {
      const order = at % 2 === 0 ? [ROOT, other] : [other, ROOT]
      const results = new Map(order.map((root) => [root, run(command(root))]))
      pairs.push([results.get(ROOT), results.get(other)])
    }
    const ratios = pairs.map(([a, b]) => a.seconds / b.seconds)
    yield {
      case: name,
      seconds: median(pairs.map(([a]) => a.seconds)),
      baseSeconds: median(pairs.map(([, b]) => b.seconds)),
      ratio: median(ratios),
      least: Math.min(...ratios),
      most: Math.max(...ratios),
      cpuRatio: median(pairs.map(([a, b]) => a.cpuSeconds / b.cpuSeconds)),
      peakMb: Math.max(...pairs.map(([a]) => a.peakMb)),
      basePeakMb: Math.max(...pairs.map(([, b]) => b.peakMb)),
    }
  }
}

/** What the machine takes at least: to count packets, and to start Node. */
export async function floors({ mb, runs }) {
  const node = [process.execPath, '-e', '0']
  const rows = [['node -e 0', node]]
  const capinfos = ['capinfos', '-c', await captureOf('churn', mb)]
  if (isThere(capinfos)) rows.push(['capinfos -c, churn', capinfos])
  return rows.map(([name, command]) => ({
    case: name,
    seconds: median(Array.from({ length: runs }, () => run(command).seconds)),
  }))
}
