// Rewrites the parts of README.md that come from the code, between `<!-- name -->` and `<!-- /name -->`.
// `--check` changes nothing and fails when a part is out of date.
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { COLUMNS, ENDINGS, VERDICTS } from '../../dist/index.js'
import { bundled } from '../support/bundle.mjs'

const { FLAGS } = await import(await bundled('src/verdict/flags.ts'))

const root = new URL('../../', import.meta.url)

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
    ENDINGS.filter((row) => row.verdict === verdict).map(
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

function flagTable() {
  const rows = FLAGS.map(({ name, meaning }) => `| \`${name}\` | ${meaning} |`)
  return ['| flag | meaning |', '|---|---|', ...rows].join('\n')
}

const PARTS = {
  flags: flagTable,
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

/** Lines of samples/recorded.ndjson: what was done for each connection, and which endings are right. */
const recorded = readFileSync(new URL('samples/recorded.ndjson', root), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line))

function sampleTable() {
  const rows = [...new Set(recorded.map((row) => row.capture))].map((capture) => {
    const all = recorded.filter((row) => row.capture === capture)
    const endings = new Set(all.flatMap((row) => foundIn(capture, row.stream)))
    return `| \`${capture}\` | ${all[0].what} | ${[...endings].map((e) => `\`${e}\``).join(', ')} |`
  })
  return ['| capture | what was done | ending |', '|---|---|---|', ...rows].join('\n')
}

/** The ending of a sample's connection, from the reviewed file beside it. */
function foundIn(capture, stream) {
  const connections = JSON.parse(readFileSync(new URL(`samples/${capture}.json`, root), 'utf8'))
  const { verdict, cause } = connections.find((c) => c.stream === stream)
  return `${verdict}.${cause}`
}

/** What a kill looks like: samples side by side. */
function gallery() {
  const rows = GALLERY.map((name) => {
    const { what, stream } = recorded.find((row) => row.capture === `${name}.pcap`)
    const { packets } = JSON.parse(
      output('explain', `samples/${name}.pcap`, '--stream', `${stream}`, '--format', 'json'),
    )
    const shown = packets.slice(-5).map(arrowed)
    const cut = packets.length > shown.length ? '… ' : ''
    return `| ${what} | ${cut}${shown.join(' ')} | \`${foundIn(`${name}.pcap`, stream)}\` |`
  })
  return ['| what was done | the last packets | ending |', '|---|---|---|', ...rows].join('\n')
}

/** A packet in a few letters: who sends, flags, payload. */
function arrowed({ from, flags, length }) {
  const arrow = from === 'client' ? '→' : '←'
  const words = flags.filter((flag) => flag !== 'PSH' && (flag !== 'ACK' || flags.length < 3))
  return `${arrow}\u00a0${words.join('+')}${length > 0 ? `\u00a0${length}` : ''}`
}

const GALLERY = [
  'fin-normal',
  'kill-sigkill-empty',
  'kill-segv-empty',
  'kill-sigkill-unread',
  'close-unread',
  'kill-sigkill-peer-writes',
  'kill-sigkill-crossed',
  'kill-mid-download',
  'kill-fork-shared',
]

const FILES = {
  'README.md': { ...PARTS, gallery },
  'samples/README.md': { samples: sampleTable },
}

for (const [file, parts] of Object.entries(FILES)) {
  const path = new URL(file, root)
  const before = readFileSync(path, 'utf8')
  let after = before
  for (const [name, make] of Object.entries(parts)) {
    const part = new RegExp(`(<!-- ${name} -->\n)[\\s\\S]*?(<!-- /${name} -->)`)
    if (!part.test(after)) throw new Error(`${file} has no part "${name}"`)
    after = after.replace(part, (_all, start, end) => `${start}\n${make()}\n\n${end}`)
  }
  if (!process.argv.includes('--check')) {
    writeFileSync(path, after)
  } else if (after !== before) {
    process.stderr.write(`${file} is out of date: run npm run docs\n`)
    process.exitCode = 1
  }
}
