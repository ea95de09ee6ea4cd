// Rewrites the parts of README.md that come from the code, between `<!-- name -->` and `<!-- /name -->`.
// `--check` changes nothing and fails when a part is out of date.
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { CAUSES, COLUMNS, VERDICTS } from '../../dist/index.js'

const root = new URL('../../', import.meta.url)
const readme = new URL('README.md', root)

/** Standard output of the built command, run in the repository. */
function output(...args) {
  const run = spawnSync(process.execPath, ['bin/tcp-teardown.js', ...args], {
    cwd: root,
    encoding: 'utf8',
  })
  return run.stdout.trimEnd()
}

function verdictTable() {
  const rows = VERDICTS.flatMap(({ verdict }) =>
    CAUSES.filter((row) => row.verdict === verdict).map(
      (row, i) =>
        `| ${i === 0 ? `\`${verdict}\`` : ''} | \`${row.cause}\` | ${row.meaning} | ${row.usually} |`,
    ),
  )
  return ['| verdict | cause | in the packets | usually |', '|---|---|---|---|', ...rows].join('\n')
}

function columnTable() {
  const rows = COLUMNS.map(
    ({ key, doc, type, always }) =>
      `| \`${key}\` | ${type}${always ? '' : ', optional'} | ${doc} |`,
  )
  return ['| column | type | meaning |', '|---|---|---|', ...rows].join('\n')
}

const PARTS = {
  verdicts: verdictTable,
  columns: columnTable,
  example: () =>
    [
      '```console',
      '$ tcp-teardown analyze samples/kill-sigkill-peer-writes.pcap',
      output('analyze', 'samples/kill-sigkill-peer-writes.pcap'),
      '```',
    ].join('\n'),
  explain: () =>
    [
      '```console',
      '$ tcp-teardown explain samples/kill-sigkill-peer-writes.pcap',
      output('explain', 'samples/kill-sigkill-peer-writes.pcap')
        .split('\n\n')
        .slice(0, 2)
        .join('\n\n'),
      '…',
      '```',
    ].join('\n'),
  folder: () =>
    [
      '```console',
      '$ tcp-teardown analyze --summary samples/',
      output('analyze', '--summary', 'samples/'),
      '```',
    ].join('\n'),
}

const before = readFileSync(readme, 'utf8')
let after = before
for (const [name, make] of Object.entries(PARTS)) {
  const part = new RegExp(`(<!-- ${name} -->\n)[\\s\\S]*?(<!-- /${name} -->)`)
  if (!part.test(after)) throw new Error(`README.md has no part "${name}"`)
  after = after.replace(part, (_all, start, end) => `${start}\n${make()}\n\n${end}`)
}
if (process.argv.includes('--check')) {
  if (after !== before) {
    process.stderr.write('README.md is out of date: run npm run docs\n')
    process.exit(1)
  }
} else {
  writeFileSync(readme, after)
}
