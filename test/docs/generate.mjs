// Rewrites the parts of the documents that come from the code, between `<!-- name -->` and `<!-- /name -->`, and whole files.
// `--check` changes nothing and fails when a part is out of date.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { ENDINGS, VERDICTS } from '../../dist/index.js'
import { bundled } from '../support/bundle.mjs'
import { rulesSchema } from './rules-schema.mjs'

const { FLAGS } = await import(await bundled('src/verdict/flags.ts'))
const { FINDINGS } = await import(await bundled('src/verdict/findings.ts'))
const { INCIDENT_KINDS } = await import(await bundled('src/incidents/kinds.ts'))
const { LINE_TYPES } = await import(await bundled('src/schema/line-types.ts'))
const { INCIDENT_FIELDS } = await import(await bundled('src/output/incidents/row.ts'))
const { ENDPOINT_FIELDS } = await import(await bundled('src/output/endpoints/fields.ts'))
const { FAMILIES } = await import(await bundled('src/output/metrics/families.ts'))
const { COLUMNS } = await import(await bundled('src/output/columns/columns.ts'))
const { EXTRA_COLUMNS } = await import(await bundled('src/output/columns/extra-columns.ts'))
const { WAYS, WORDS } = await import(await bundled('src/output/columns/end-reasons.ts'))
const { CONN_LOG } = await import(await bundled('src/output/formats/zeek-fields.ts'))
const { MADE_FIELDS: FOREIGN_FIELDS } = await import(await bundled('src/output/fields/names.ts'))
const { namesOf } = await import(await bundled('src/output/fields/columns.ts'))
const { SEES } = await import(await bundled('src/verdict/sees.ts'))
const { HALF_CLOSED_TIMERS, IDLE_TIMERS } = await import(await bundled('src/verdict/timers.ts'))
const { RULES } = await import(await bundled('src/verdict/rules/order.ts'))

const root = new URL('../../', import.meta.url)

/** Standard output of the built command, run in the repository. */
function output(...args) {
  const run = spawnSync(process.execPath, ['bin/tcp-teardown.js', ...args], {
    cwd: root,
    encoding: 'utf8',
  })
  return run.stdout.trimEnd()
}

/** The verdicts in one line each. */
function verdictTable() {
  const rows = VERDICTS.map(({ verdict, title }) => {
    const causes = ENDINGS.filter((row) => row.verdict === verdict).map(({ cause }) => cause)
    return `| \`${verdict}\` | ${title} | ${causes.join(', ')} |`
  })
  return ['| verdict | how it ended | causes |', '|---|---|---|', ...rows].join('\n')
}

/** Every ending with its texts, a table for each verdict. */
function endingTables() {
  const tables = VERDICTS.map(({ verdict, title }) => {
    const rows = ENDINGS.filter((row) => row.verdict === verdict).map(
      ({ cause, meaning, usually, advice }) =>
        `| \`${cause}\` | ${meaning} | ${usually} | ${advice} |`,
    )
    const head = ['| cause | in the packets | usually | what to do |', '|---|---|---|---|']
    return `### \`${verdict}\`: ${title}\n\n${[...head, ...rows].join('\n')}`
  })
  return tables.join('\n\n')
}

/** All rules in order of precedence. */
function ruleTable() {
  const rows = RULES.map(({ id, ending }) => `| \`${id}\` | \`${ending}\` |`)
  return ['| rule | ending |', '|---|---|', ...rows].join('\n')
}

function findingTable() {
  const rows = FINDINGS.map(({ code, meaning }) => `| \`${code}\` | ${meaning} |`)
  return ['| finding | meaning |', '|---|---|', ...rows].join('\n')
}

function incidentTables() {
  const kinds = INCIDENT_KINDS.map(
    ({ kind, meaning, advice }) => `| \`${kind}\` | ${meaning} | ${advice} |`,
  )
  const fields = INCIDENT_FIELDS.map(
    ({ key, type, meaning }) => `| \`${key}\` | ${type} | ${meaning} |`,
  )
  return [
    ['| kind | in the packets | what to do |', '|---|---|---|', ...kinds].join('\n'),
    ['| field | type | meaning |', '|---|---|---|', ...fields].join('\n'),
  ].join('\n\n')
}

function metricTable() {
  const rows = FAMILIES.map(({ name, type, unit, labels, help }) => {
    const cells = [
      `\`${name}\``,
      unit === undefined ? type : `${type}, ${unit}`,
      labels.map((label) => `\`${label}\``).join(', '),
      help,
    ]
    return `| ${cells.join(' | ')} |`
  })
  return ['| metric | type | labels | meaning |', '|---|---|---|---|', ...rows].join('\n')
}

function endpointTable() {
  const rows = ENDPOINT_FIELDS.map(({ key, meaning }) => `| \`${key}\` | ${meaning} |`)
  return ['| field | meaning |', '|---|---|', ...rows].join('\n')
}

function seesTable() {
  const rows = SEES.map(({ name, meaning }) => `| \`${name}\` | ${meaning} |`)
  return ['| value | meaning |', '|---|---|', ...rows].join('\n')
}

/** Known timers, idle and half-closed ones. */
function timerTable() {
  const rows = [
    ...IDLE_TIMERS.map(({ seconds, name }) => `| ${seconds} | idle | ${name} |`),
    ...HALF_CLOSED_TIMERS.map(({ seconds, name }) => `| ${seconds} | half-closed | ${name} |`),
  ]
  return ['| seconds | of what | consistent with |', '|---|---|---|', ...rows].join('\n')
}

/** The help of all commands. */
function options() {
  const commands =
    'analyze explain endpoints check compare watch view submit worker status schema completion manual'
  const texts = commands
    .split(' ')
    .map((command) =>
      ['```console', `$ tcp-teardown ${command} --help`, output(command, '--help'), '```'].join(
        '\n',
      ),
    )
  return texts.join('\n\n')
}

/** What is installed with the package, from the lock file. */
function licences() {
  const { packages } = JSON.parse(readFileSync(new URL('package-lock.json', root), 'utf8'))
  const rows = Object.entries(packages)
    .filter(([path, entry]) => path !== '' && entry.dev !== true)
    .map(([path, { license }]) => `- ${path.replace(/^.*node_modules\//, '')} (${license})`)
  return [...new Set(rows)].sort().join('\n')
}

function columnTable(columns) {
  const rows = columns.map(
    ({ key, doc, type, always }) =>
      `| \`${key}\` | ${type}${always ? '' : ', optional'} | ${doc} |`,
  )
  return ['| column | type | meaning |', '|---|---|---|', ...rows].join('\n')
}

/** What others call the columns, and what they want besides. */
function fieldNameTable() {
  const named = (names) => names.map((name) => `\`${name}\``).join(', ')
  const rows = COLUMNS.map(({ key }) => [key, namesOf(key, 'ecs'), namesOf(key, 'otel')])
    .filter(([key, ...sets]) => sets.some((names) => names[0] !== `tcp_teardown.${key}`))
    .map(([key, ecs, otel]) => `| \`${key}\` | ${named(ecs)} | ${named(otel)} |`)
  const made = FOREIGN_FIELDS.map(
    ({ name, set, meaning }) => `| \`${name}\` | ${set} | ${meaning} |`,
  )
  return [
    ['| column | ecs | otel |', '|---|---|---|', ...rows].join('\n'),
    ['| field | of | value |', '|---|---|---|', ...made].join('\n'),
  ].join('\n\n')
}

/** What firewalls and flow records call the endings. */
function endReasonTable() {
  const word = (of) => {
    if (of === undefined) return ''
    return typeof of === 'object' ? `${of.client}, ${of.server}` : `${of}`
  }
  const rows = Object.entries(WORDS).map(([way, { asa, panos, flow }]) => {
    const endings = Object.keys(WAYS).filter((ending) => WAYS[ending] === way)
    const names = endings.map((ending) => `\`${ending}\``).join(', ')
    return `| ${names} | ${word(asa)} | ${word(panos)} | ${word(flow)} |`
  })
  return ['| endings | ASA | PAN-OS | flowEndReason |', '|---|---|---|---|', ...rows].join('\n')
}

function zeekTable() {
  const rows = CONN_LOG.map(([name, type, from]) => {
    const column = COLUMNS.some(({ key }) => key === from) ? `\`${from}\`` : ''
    return `| \`${name}\` | ${type} | ${column || MADE_FIELDS[name] || 'unset'} |`
  })
  return ['| field | type | column |', '|---|---|---|', ...rows].join('\n')
}

/** Fields of Zeek that are neither columns nor unset. */
const MADE_FIELDS = {
  uid: 'a hash of `capture` and `stream`',
  proto: '`tcp`',
}

/** The fields of a type of lines. */
function fieldTable(type) {
  const { fields } = LINE_TYPES.find((line) => line.type === type)
  const rows = fields.map(({ key, schema, meaning, isAlways }) => {
    const form = schema.items === undefined ? schema.type : `list of ${schema.items.type}s`
    return `| \`${key}\` | ${form}${isAlways ? '' : ', optional'} | ${meaning} |`
  })
  return ['| field | type | meaning |', '|---|---|---|', ...rows].join('\n')
}

function flagTable() {
  const rows = FLAGS.map(({ name, meaning }) => `| \`${name}\` | ${meaning} |`)
  return ['| flag | meaning |', '|---|---|', ...rows].join('\n')
}

/** An analysis of the sample that the README shows. */
function example() {
  return [
    '```console',
    '$ tcp-teardown samples/kill-sigkill-peer-writes.pcap',
    output('samples/kill-sigkill-peer-writes.pcap'),
    '```',
  ].join('\n')
}

/** The same connection as a ladder, without the text below it. */
function ladder() {
  const parts = output('explain', 'samples/kill-sigkill-peer-writes.pcap').split('\n\n')
  return [
    '```console',
    '$ tcp-teardown explain samples/kill-sigkill-peer-writes.pcap',
    parts.slice(0, 2).join('\n\n'),
    '…',
    '```',
  ].join('\n')
}

/** The summary of all samples. */
function folder() {
  return [
    '```console',
    '$ tcp-teardown --summary samples/',
    output('--summary', 'samples/'),
    '```',
  ].join('\n')
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

/** What the library exports, each with the first sentence of its comment. */
function exportTable() {
  const index = readFileSync(new URL('src/index.ts', root), 'utf8')
  const rows = [...index.matchAll(/^export (type )?{ ([^}]+) } from '\.\/(.+)\.js'$/gm)].flatMap(
    ([, isType, names, path]) => {
      const text = readFileSync(new URL(`src/${path}.ts`, root), 'utf8')
      return names.split(', ').map((name) => {
        const form = new RegExp(
          `/\\*\\*((?:(?!\\*/)[\\s\\S])*)\\*/\\n(?:export )?(?:abstract |async )?(function|class|interface|type|const) ${name}\\b`,
        )
        const found = form.exec(text)
        // A name that the file passes on from another one.
        if (found === null) return { name, isType, kind: 'const', says: passedOn(path, text, name) }
        return { name, isType, kind: found[2], says: firstSentence(found[1]) }
      })
    },
  )
  rows.sort((a, b) => (a.isType === b.isType ? (a.name < b.name ? -1 : 1) : a.isType ? 1 : -1))
  const lines = rows.map(
    ({ name, isType, kind, says }) => `| \`${name}\` | ${isType ? 'type' : kind} | ${says} |`,
  )
  return ['| name | kind | what it is |', '|---|---|---|', ...lines].join('\n')
}

function passedOn(path, text, name) {
  const from = new RegExp(`export {[^}]*\\b${name}\\b[^}]*} from '(.+)\\.js'`).exec(text)?.[1]
  const url = new URL(`${from}.ts`, new URL(`src/${path}.ts`, root))
  const form = new RegExp(
    `/\\*\\*((?:(?!\\*/)[\\s\\S])*)\\*/\\n(?:export )?(?:type|interface|const) ${name}\\b`,
  )
  return firstSentence(form.exec(readFileSync(url, 'utf8'))[1])
}

/** The first sentence of a doc comment, without its links. */
function firstSentence(comment) {
  const text = comment.replaceAll(/^\s*\* ?/gm, '').replaceAll(/\{@link (\w+)\}/g, '`$1`')
  const [paragraph] = text.trim().split(/\n\s*\n|\n@/)
  const line = paragraph.replaceAll('\n', ' ')
  return /^.*?\.(?= |$)/.exec(line)?.[0] ?? line
}

const FILES = {
  'README.md': { example, verdicts: verdictTable },
  'docs/api.md': { exports: exportTable },
  'docs/guide.md': { folder, explain: ladder, gallery },
  'docs/reference.md': {
    endings: endingTables,
    rules: ruleTable,
    options,
    columns: () => columnTable(COLUMNS),
    'more columns': () => columnTable(EXTRA_COLUMNS),
    'end reasons': endReasonTable,
    'field names': fieldNameTable,
    zeek: zeekTable,
    captures: () => fieldTable('capture'),
    totals: () => fieldTable('summary'),
    interval: () => fieldTable('interval'),
    file: () => fieldTable('file'),
    flags: flagTable,
    findings: findingTable,
    incidents: incidentTables,
    endpoints: endpointTable,
    metrics: metricTable,
    sees: seesTable,
    timers: timerTable,
    licences,
  },
  'samples/README.md': { samples: sampleTable },
}

/** Files that come from the code as a whole. */
const WHOLE_FILES = { 'docs/rules.schema.json': rulesSchema }

function withParts(file, before, parts) {
  let after = before
  for (const [name, make] of Object.entries(parts)) {
    const part = new RegExp(`(<!-- ${name} -->\n)[\\s\\S]*?(<!-- /${name} -->)`)
    if (!part.test(after)) throw new Error(`${file} has no part "${name}"`)
    after = after.replace(part, (_all, start, end) => `${start}\n${make()}\n\n${end}`)
  }
  return after
}

function write(file, before, after) {
  if (!process.argv.includes('--check')) {
    writeFileSync(new URL(file, root), after)
  } else if (after !== before) {
    process.stderr.write(`${file} is out of date: run npm run docs\n`)
    process.exitCode = 1
  }
}

for (const [file, parts] of Object.entries(FILES)) {
  const before = readFileSync(new URL(file, root), 'utf8')
  write(file, before, withParts(file, before, parts))
}
for (const [file, make] of Object.entries(WHOLE_FILES)) {
  const path = new URL(file, root)
  write(file, existsSync(path) ? readFileSync(path, 'utf8') : '', make())
}
