// Rules about the sources themselves: who may import whom, sizes, docs, and that lists and folders agree.

import { accessSync, constants, existsSync, readFileSync, readdirSync } from 'node:fs'
import { posix } from 'node:path'
import { describe, expect, test } from 'vitest'

const ROOT = new URL('../', import.meta.url)
const FILE_LINES_MAX = 400
const FUNCTION_LINES_MAX = 70

/** Folders of src, each with those it may import from besides itself. */
const LAYERS: readonly (readonly string[])[] = [
  ['base'],
  ['capture', 'wire', 'context'],
  ['tcp'],
  ['verdict'],
  ['incidents'],
  ['output'],
  ['check', 'compare'],
  ['engine'],
  ['schema', 'library'],
  ['parallel', 'watch'],
  ['cli', 'viewer'],
]

/** Layers that do not know of Node. */
const PURE = new Set(['base', 'wire', 'context', 'tcp', 'verdict', 'incidents', 'output', 'viewer'])
const PURE_EXCEPTIONS = new Map([
  ['base/system-error.ts', ['node:util']],
  ['output/style.ts', ['node:util']],
  ['output/anonymize/crypto-pan.ts', ['node:crypto']],
])

/** Sources in AssemblyScript, which has rules of its own. */
const ASSEMBLY = /^tcp\/compiled\/assembly\//

const read = (path: string): string => readFileSync(new URL(path, ROOT), 'utf8')

const allFiles = readdirSync(new URL('src/', ROOT), { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.tsx?$/.test(name))
  .map((name) => ({
    name,
    text: read(`src/${name}`),
    layer: name.split('/').slice(0, -1)[0] ?? '',
  }))
const files = allFiles.filter(({ name }) => !ASSEMBLY.test(name))

const importsOf = (text: string): string[] =>
  [...text.matchAll(/(?:from|import\(|^import) ?'([^']+)'/gm)].map(([, from = '']) => from)

const rank = (layer: string): number => LAYERS.findIndex((row) => row.includes(layer))

test('every folder of src is in the import matrix', () => {
  const layers = files.filter(({ name }) => name !== 'index.ts').map(({ layer }) => layer)
  expect(layers.filter((layer) => rank(layer) < 0)).toEqual([])
})

/**
 * Maps and sets below the command whose keys are no texts, with the reason why no packet can choose keys that fall together:
 * V8 does not seed the hash of a number.
 */
const MAPS_WITHOUT_TEXTS = new Map([
  ['base/suggest.ts', 'names of our own'],
  ['capture/info.ts', 'link types: 65,536 at most'],
  ['capture/patient-read.ts', 'constants'],
  ['capture/pcap.ts', 'constants'],
  ['capture/pcapng/block.ts', 'constants'],
  ['capture/remote/web.ts', 'constants'],
  ['capture/rotation.ts', 'texts'],
  ['capture/source.ts', 'constants'],
  ['check/condition.ts', 'texts of the rules'],
  ['engine/connection-writer.ts', 'empty'],
  ['engine/filter-words.ts', 'what the options list'],
  ['engine/filter.ts', 'what the options list'],
  ['engine/ladder/ladder-records.ts', 'texts of the connections that are asked for'],
  ['engine/ladder/target.ts', 'evidence of one connection, a few packets'],
  ['engine/page/ladder-choice.ts', 'endings'],
  ['incidents/digest.ts', 'endings'],
  ['incidents/ended.ts', 'endings'],
  ['incidents/kinds/idle-timer.ts', 'objects'],
  ['incidents/kinds/service.ts', 'objects'],
  ['incidents/kinds/silence.ts', 'endings'],
  ['incidents/service-drains.ts', 'objects'],
  ['incidents/service-story.ts', 'objects'],
  ['library/analyze-capture.ts', 'constants'],
  ['output/collect/groups.ts', 'endings'],
  ['output/collect/summary.ts', 'rules and closers'],
  ['output/endpoints/collect.ts', 'spans of time: 10,000 at most'],
  ['output/endpoints/sketch.ts', 'buckets: 2,100 at most'],
  ['output/endpoints/stats.ts', 'endings'],
  ['output/formats/csv.ts', 'texts and lists of our own'],
  ['output/formats/json-row.ts', 'texts and lists of our own'],
  ['output/formats/otlp.ts', 'texts and lists of our own'],
  ['output/table/incidents.ts', 'kinds of incidents'],
  ['output/table/notes.ts', 'constants'],
  ['parallel/ending-batch.ts', 'ids of encapsulations: counted here'],
  ['parallel/pool.ts', 'numbers of tasks, and workers'],
  ['parallel/row-threads.ts', 'numbers of batches'],
  ['parallel/shared-memory.ts', 'numbers of parts'],
  ['tcp/payload.ts', 'constants'],
  ['verdict/classify.ts', 'endings'],
  ['verdict/ending-names.ts', 'endings'],
  ['verdict/endings.ts', 'endings'],
  ['verdict/findings.ts', 'codes'],
  ['verdict/findings/payload.ts', 'constants'],
  ['verdict/hypotheses.ts', 'constants'],
  ['watch/capture-folder.ts', 'files of a folder'],
  ['wire/fragments.ts', 'ages: counted here'],
  ['wire/link/linktype.ts', 'constants'],
])

test('keys from packets meet no hash without a seed: tables with an index of their own hold them', () => {
  const found = files
    .filter(
      ({ layer, text }) =>
        layer !== 'cli' && layer !== 'viewer' && /new (?:Map|Set)\b(?!<string[,>])/.test(text),
    )
    .map(({ name }) => name)
  const known = [...MAPS_WITHOUT_TEXTS.keys()]
  expect(found.sort()).toEqual(known.filter((name) => found.includes(name)))
})

test('imports point down the layers', () => {
  const wrong = files
    .filter(({ name }) => name !== 'index.ts')
    .flatMap(({ name, text, layer }) =>
      importsOf(text)
        .filter((from) => from.startsWith('.'))
        .map((from) => posix.join(posix.dirname(name), from).split('/')[0] ?? '')
        .filter((target) => target !== layer && rank(target) >= rank(layer))
        .map((target) => `${name} imports ${target}`),
    )
  expect(wrong).toEqual([])
})

/** Files that import each other, through others or of types only. */
function cycles(): string[] {
  const names = new Set(files.map(({ name }) => name))
  const edges = new Map(
    files.map(({ name, text }) => [
      name,
      importsOf(text)
        .filter((from) => from.startsWith('.'))
        .map((from) => posix.join(posix.dirname(name), from.replace(/\.js$/, '.ts')))
        .map((path) => (names.has(path) ? path : `${path}x`)),
    ]),
  )
  /** Whether a way leads from a file back to itself. */
  function returns(name: string): boolean {
    const seen = new Set<string>()
    const next = [...(edges.get(name) ?? [])]
    for (let file = next.pop(); file !== undefined; file = next.pop()) {
      if (file === name) return true
      if (seen.has(file)) continue
      seen.add(file)
      next.push(...(edges.get(file) ?? []))
    }
    return false
  }
  return [...edges.keys()].filter(returns)
}

test('imports go in no circle, of types neither', () => {
  expect(cycles()).toEqual([])
})

/** Where every packet passes: only there are records read by position instead of by name. */
const HOT = /^tcp\/(?:[^/]+|record\/.*|views\/.*|compiled\/.*)$/

test('records are read by position on the packet path only', () => {
  const byPosition = /\[[^\]\n]*\b(?:CONN|SIDE|CLOSING|CLOSING_SIDE|TEARDOWN|TEARDOWN_SIDE)\.\w/
  const geometry =
    /\b(?:CONN|SIDE|CLOSING|TEARDOWN)_(?:INTS|CELLS)(?:_STEP)?\b|\b(?:side|closing|teardown)Ints\b/
  const wrong = files
    .filter(({ name, text }) => !HOT.test(name) && (byPosition.test(text) || geometry.test(text)))
    .map(({ name }) => name)
  expect(wrong).toEqual([])
  const hot = files.filter(({ name, text }) => HOT.test(name) && byPosition.test(text))
  expect(hot.length).toBeGreaterThan(4)
})

test('relative imports end in .js', () => {
  const wrong = files.flatMap(({ name, text }) =>
    importsOf(text)
      .filter((from) => from.startsWith('.') && !/\.js(?:\?worker&inline)?$/.test(from))
      .map((from) => `${name}: ${from}`),
  )
  expect(wrong).toEqual([])
})

test('the lower layers do not know of Node', () => {
  const wrong = files
    .filter(({ layer }) => PURE.has(layer))
    .flatMap(({ name, text }) =>
      importsOf(text)
        .filter((from) => from.startsWith('node:') && !PURE_EXCEPTIONS.get(name)?.includes(from))
        .map((from) => `${name} imports ${from}`),
    )
  expect(wrong).toEqual([])
})

test('the lower layers use no globals of Node, but for one', () => {
  const wrong = files
    .filter(
      ({ layer, text }) =>
        PURE.has(layer) && /^(?! *(\*|\/\/)).*\b(Buffer[.(]|process\.\w)/m.test(text),
    )
    .map(({ name }) => name)
    .filter((name) => !PURE_EXCEPTIONS.has(name))
  expect(wrong).toEqual(['output/bytes/writer.ts'])
})

/** What a file brings along when it runs: its imports but for those of types. */
function runtimeImports(text: string): string[] {
  const statements = text.replaceAll(/^(?:import|export) type [^;]*? from '[^']+'$/gm, '')
  return importsOf(statements)
}

test('nothing that analyzes in a browser reaches Node', () => {
  const byName = new Map(files.map((file) => [file.name, file.text]))
  const seen = new Set<string>()
  const next = ['viewer/worker/worker.ts', 'viewer/analyzer.tsx', 'viewer/main.tsx']
  const found: string[] = []
  for (let name = next.pop(); name !== undefined; name = next.pop()) {
    if (seen.has(name)) continue
    seen.add(name)
    for (const from of runtimeImports(byName.get(name) ?? '')) {
      if (from.startsWith('node:')) found.push(`${name} imports ${from}`)
      if (!from.startsWith('.')) continue
      const path = posix.join(posix.dirname(name), from.replace(/\.js(?:\?.*)?$/, '.ts'))
      next.push(byName.has(path) ? path : `${path}x`)
    }
  }
  expect(found).toEqual([])
  // The engine is among it.
  expect(seen.size).toBeGreaterThan(150)
})

test('nothing prints but through its output', () => {
  const wrong = files.filter(({ text }) => /^(?! *(\*|\/\/)).*\bconsole\./m.test(text))
  expect(wrong.map(({ name }) => name)).toEqual([])
})

test('nothing is put off', () => {
  const wrong = files.filter(({ text }) => /\b(TODO|FIXME|XXX|HACK)\b|@ts-ignore/.test(text))
  expect(wrong.map(({ name }) => name)).toEqual([])
})

test(`no file is longer than ${FILE_LINES_MAX} lines`, () => {
  const long = allFiles
    .map(({ name, text }) => ({ name, lines: text.trimEnd().split('\n').length }))
    .filter(({ lines }) => lines > FILE_LINES_MAX)
  expect(long).toEqual([])
})

test('every file says at its top what it is', () => {
  const bare = allFiles.filter(({ text }) => !/^(\/\/ \S|\/\*\*)/.test(text))
  expect(bare.map(({ name }) => name)).toEqual([])
})

describe('what is added in a folder is also in its list', () => {
  test.each([
    ['rules', /^verdict\/rules\/(?!order)/, /^export const (\w+): Rule\b/gm, /rules\/order/],
    [
      'formats',
      /^output\/formats\/(?!index)/,
      /^export const (\w+): FormatRow\b/gm,
      /formats\/index/,
    ],
    ['readers', /^wire\/(?:link|ip|tunnel)\//, /^export function (read[A-Z]\w+)/gm, /^wire\//],
  ])('%s', (_what, folder, form, list) => {
    const added = files
      .filter(({ name }) => folder.test(name))
      .flatMap(({ name, text }) =>
        [...text.matchAll(form)].map(([, what = '']) => ({ name, what })),
      )
    const lists = files.filter(({ name }) => list.test(name))
    const missing = added.filter(({ name, what }) => {
      const named = new RegExp(`\\b${what}\\b`)
      return !lists.some((file) => file.name !== name && named.test(file.text))
    })
    expect(added.length).toBeGreaterThan(3)
    expect(missing).toEqual([])
  })
})

/** Functions and methods of prettier's output: from the line that names them to the brace in the same column. */
function functionsOf(text: string): { name: string; lines: number }[] {
  const lines = text.split('\n')
  const found: { name: string; lines: number }[] = []
  const start =
    /^(\s*)(?:export )?(?:default )?(?:(?:async|static|override|private|protected|public|get|set) )*(?:function\*? )?(\*?[#\w[\].]+)(?:<.*>)?\(/
  for (const [at, line] of lines.entries()) {
    const match = start.exec(line)
    const [, indent = '', name = ''] = match ?? []
    if (match === null || /^(if|for|while|switch|catch|return|super)$/.test(name)) continue
    let depth = 0
    let bodyAt = at
    for (; bodyAt < lines.length; bodyAt++) {
      for (const c of lines[bodyAt] ?? '') depth += c === '(' ? 1 : c === ')' ? -1 : 0
      if (depth <= 0) break
    }
    if (!(lines[bodyAt] ?? '').endsWith('{') || /=>/.test(line)) continue
    const end = lines.indexOf(`${indent}}`, bodyAt)
    if (end > 0) found.push({ name, lines: end - at + 1 })
  }
  return found
}

describe('functions', () => {
  test('are found at all', () => {
    const names = functionsOf(read('src/tcp/tracker.ts')).map(({ name }) => name)
    expect(names).toEqual(expect.arrayContaining(['constructor', 'onSegment', 'settle', 'drop']))
  })

  test(`are no longer than ${FUNCTION_LINES_MAX} lines`, () => {
    const long = allFiles.flatMap(({ name, text }) =>
      functionsOf(text)
        .filter(({ lines }) => lines > FUNCTION_LINES_MAX)
        .map((f) => `${name} ${f.name}: ${f.lines} lines`),
    )
    expect(long).toEqual([])
  })
})

/** Whether a doc comment ends above a line; constants in a row share theirs, or a comment that heads them. */
function isDocumented(lines: readonly string[], at: number): boolean {
  const isConstant = (line: string): boolean => /^(export )?const [A-Z]/.test(line)
  const [, ...above] = lines.slice(0, at + 1).reverse()
  if (!isConstant(lines[at] ?? '')) return above[0]?.endsWith('*/') ?? false
  return /^\/\/|\*\/$/.test(above.find((line) => !isConstant(line)) ?? '')
}

test('every exported symbol is documented', () => {
  const exported = /^export (?:abstract |async )?(?:const|function\*?|class|interface|type) (\w+)/
  const bare = files.flatMap(({ name, text }) => {
    const lines = text.split('\n')
    return lines.flatMap((line, at) => {
      const symbol = exported.exec(line)?.[1]
      return symbol === undefined || isDocumented(lines, at) ? [] : [`${name} ${symbol}`]
    })
  })
  expect(bare).toEqual([])
})

describe('documents', () => {
  test('the README is short enough to be read', () => {
    expect(read('README.md').split('\n').length).toBeLessThanOrEqual(150)
  })

  test('the architecture has a row for every layer', () => {
    const rows = read('docs/architecture.md').match(/^\| `.*$/gm) ?? []
    const named = new Set(rows.flatMap((row) => row.split('|')[1]?.match(/[\w/-]+/g) ?? []))
    const layers = new Set(files.map(({ layer }) => layer).filter((layer) => layer !== ''))
    expect([...layers].filter((layer) => !named.has(layer))).toEqual([])
  })
})

describe('samples', () => {
  const names = readdirSync(new URL('samples/', ROOT))
  const captures = names.filter((name) => /\.pcap(ng)?(\.gz)?$/.test(name))

  test.skipIf(!existsSync(new URL('samples/README.md', ROOT)))(
    'each has a row in the README',
    () => {
      const text = read('samples/README.md')
      expect(captures.filter((name) => !text.includes(`\`${name}\``))).toEqual([])
    },
  )

  test('each has its expected connections beside it', () => {
    expect(captures.filter((name) => !names.includes(`${name}.json`))).toEqual([])
  })

  test('nothing else lies among them', () => {
    const known = new Set([
      'README.md',
      'record',
      'recorded.ndjson',
      ...captures,
      ...captures.map((name) => `${name}.json`),
    ])
    expect(names.filter((name) => !known.has(name))).toEqual([])
  })
})

interface Package {
  readonly dependencies: Readonly<Record<string, string>>
  readonly peerDependencies: Readonly<Record<string, string>>
  readonly peerDependenciesMeta: Readonly<Record<string, { readonly optional: boolean }>>
  readonly devDependencies: Readonly<Record<string, string>>
  readonly bin: Readonly<Record<string, string>>
}

describe('the package', () => {
  const { dependencies, peerDependencies, peerDependenciesMeta, devDependencies, bin } = JSON.parse(
    read('package.json'),
  ) as Package

  test('gives a reason for every dependency', () => {
    const text = read('CONTRIBUTING.md')
    const part = /^## Dependencies\n(.*?)(?=^## |$(?![\s\S]))/ms.exec(text)?.[1] ?? ''
    const all = [...Object.keys(dependencies), ...Object.keys(devDependencies)]
    expect(all.length).toBeGreaterThan(10)
    expect(all.filter((name) => !part.includes(`\`${name}\``))).toEqual([])
  })

  test('imports at run time only what it depends on', () => {
    // What the page is made of lies in it.
    const atRunTime = files.filter(({ layer }) => layer !== 'viewer')
    const packages = atRunTime.flatMap(({ text }) => importsOf(text))
    const foreign = packages.filter((from) => !/^(\.|node:)/.test(from))
    const names = foreign.map((from) => /^(@[^/]+\/)?[^/]+/.exec(from)?.[0] ?? '')
    const all = [...Object.keys(dependencies), ...Object.keys(peerDependencies)]
    expect([...new Set(names)].sort()).toEqual(all.sort())
  })

  test('asks for packages that few runs need only when one does', () => {
    const peers = Object.keys(peerDependencies)
    expect(peers.filter((name) => peerDependenciesMeta[name]?.optional !== true)).toEqual([])
    const early = peers.filter((name) =>
      files.some(({ text }) => new RegExp(`^import (?!type)[^']*? from '${name}`, 'm').test(text)),
    )
    expect(early).toEqual([])
  })

  test('has programs that can be run', () => {
    for (const path of Object.values(bin)) {
      expect(() => accessSync(new URL(path, ROOT), constants.X_OK)).not.toThrow()
      expect(read(path)).toMatch(/^#!\/usr\/bin\/env node\n/)
    }
  })
})
