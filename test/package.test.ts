// What users get when they install the package: the files, what comes with them, and whether it runs.

import { execFileSync, spawnSync } from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, posix } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const ROOT = fileURLToPath(new URL('../', import.meta.url))
const SAMPLE = join(ROOT, 'samples/kill-sigkill-unread.pcap')
/** Scripts that npm runs by itself where the package is installed. */
const INSTALL_SCRIPTS = new Set(['preinstall', 'install', 'postinstall', 'prepare', 'dependencies'])
/** What is started or imported by name. */
const ENTRIES = ['index', 'main', 'capture-worker', 'row-worker']
/** Licences that ask for nothing but to be passed on. */
const PERMISSIVE = new Set(['MIT', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0', '0BSD'])

interface Manifest {
  readonly name: string
  readonly license: string
  readonly engines?: { readonly node?: string }
  readonly scripts?: Readonly<Record<string, string>>
  readonly dependencies: Readonly<Record<string, string>>
  readonly devDependencies: Readonly<Record<string, string>>
}

interface Locked {
  readonly dev?: boolean
  readonly link?: boolean
  readonly license?: string
  readonly integrity?: string
  readonly resolved?: string
  readonly hasInstallScript?: boolean
}

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8')
const manifest = JSON.parse(read('package.json')) as Manifest
const lock = JSON.parse(read('package-lock.json')) as { packages: Record<string, Locked> }
const locked = Object.entries(lock.packages).filter(([path]) => path !== '')
/** Paths of what is installed with the package. */
const runtime = locked.filter(([, entry]) => entry.dev !== true)

/** Targets of links that stay within the package. */
const linksOf = (text: string): string[] =>
  [...text.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/.test(target))

/** What a link may name of a document: its headings, as hosts of Markdown write them. */
const anchorsOf = (text: string): string[] =>
  [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  )

let folder = ''
let files: string[] = []

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tcp-teardown-package-'))
  const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder]
  const text = execFileSync('npm', args, { cwd: ROOT, encoding: 'utf8', stdio: 'pipe' })
  const [packed] = JSON.parse(text) as { filename: string; files: { path: string }[] }[]
  files = packed?.files.map(({ path }) => path) ?? []
  // Without one of its own a package above could be taken for it.
  writeFileSync(join(folder, 'package.json'), '{ "private": true }')
  const target = join(folder, 'node_modules/tcp-teardown')
  mkdirSync(target, { recursive: true })
  const tarball = join(folder, packed?.filename ?? '')
  execFileSync('tar', ['-xzf', tarball, '-C', target, '--strip-components=1'])
  // As an installation would, but with nothing from elsewhere.
  for (const [path] of runtime) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    symlinkSync(join(ROOT, path), join(folder, path))
  }
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('the tarball', () => {
  test('holds the program, its texts, and nothing else', () => {
    const documents = readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
      .filter((path) => /\.(md|yaml|json)$/.test(path))
      .map((path) => `docs/${path.replaceAll('\\', '/')}`)
    expect(files.filter((path) => !path.startsWith('dist/')).sort()).toEqual(
      [
        'CHANGELOG.md',
        'LICENSE',
        'README.md',
        'bin/tcp-teardown.js',
        'package.json',
        ...documents,
      ].sort(),
    )
  })

  test('has no dead links', () => {
    const texts = files.filter((path) => path.endsWith('.md'))
    const links = texts.flatMap((from) =>
      linksOf(read(from)).map((link) => {
        const [path = '', anchor] = link.split('#')
        const to = path === '' ? from : posix.join(posix.dirname(from), path)
        return { from, link, to, anchor }
      }),
    )
    expect(links.length).toBeGreaterThan(10)
    const dead = links.filter(
      ({ to, anchor }) =>
        !files.includes(to) || (anchor !== undefined && !anchorsOf(read(to)).includes(anchor)),
    )
    expect(dead.map(({ from, link }) => `${from}: ${link}`)).toEqual([])
  })

  test('holds the types of each source, and nothing that was built before', () => {
    const sources = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
    // The viewer is no part of the library: nothing but its page is in the package.
    const library = sources.filter((path) => !/^viewer[/\\]|[/\\]assembly[/\\]|\.d\.ts$/.test(path))
    const types = library.flatMap((path) => /^(.*)\.ts$/.exec(path)?.[1] ?? [])
    expect(files).toEqual(
      expect.arrayContaining(['dist/viewer/page.html', 'dist/viewer/tcp-teardown.html']),
    )
    const inTypes = files.flatMap((path) => /^dist\/types\/(.*)\.d\.ts$/.exec(path)?.[1] ?? [])
    expect(inTypes.sort()).toEqual(types.sort())
    const programs = files.filter((path) => /^dist\/.*\.js$/.test(path))
    expect(programs).toEqual(expect.arrayContaining(ENTRIES.map((name) => `dist/${name}.js`)))
    expect(programs.filter((path) => path.split('/').length > 2)).toEqual([])
  })

  test('runs in an otherwise empty folder', () => {
    const program = join(folder, 'node_modules/tcp-teardown/bin/tcp-teardown.js')
    // The glob takes a dependency that is loaded late.
    const { status, stdout } = spawnSync(program, ['analyze', `${SAMPLE.slice(0, -1)}[p]`], {
      cwd: folder,
      encoding: 'utf8',
    })
    expect([status, stdout]).toEqual([0, expect.stringContaining('rst_after_kill / unread_data')])
  })

  test('is a library with one door', () => {
    const program = `
      import { analyzeCapture } from 'tcp-teardown'
      for await (const c of analyzeCapture(process.argv[1])) console.log(c.verdict)
      await import('cli-progress')
      console.log(await import('tcp-teardown/dist/index.js').catch(({ code }) => code))`
    const args = ['--input-type=module', '-e', program, SAMPLE]
    const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' })
    expect([stdout, stderr]).toEqual(['rst_after_kill\nERR_PACKAGE_PATH_NOT_EXPORTED\n', ''])
  })
})

/** What a file of `dist` imports when it is loaded, directly or through others. */
function loadedWith(entry: string): Set<string> {
  const loaded = new Set<string>()
  const waiting = [entry]
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (loaded.has(file)) continue
    loaded.add(file)
    if (!file.startsWith('./')) continue
    const text = readFileSync(join(ROOT, 'dist', file), 'utf8')
    for (const [, from = ''] of text.matchAll(/^import .*?["']([^"']+)["'];?$/gm))
      waiting.push(from)
  }
  return loaded
}

test.each(['./main.js', './index.js'])('%s loads no package that few runs need', (entry) => {
  const loaded = loadedWith(entry)
  expect(loaded).toContain('./core.js')
  const few = ['hyparquet-writer', 'yaml', 'xxhash-wasm', 'cli-progress', 'node:http']
  expect(few.filter((name) => loaded.has(name))).toEqual([])
})

describe('what comes with it', () => {
  test('is little, and what is depended on is there', () => {
    const names = runtime.map(([path]) => path.replace('node_modules/', ''))
    expect(names).toEqual(expect.arrayContaining(Object.keys(manifest.dependencies)))
    expect(names.length).toBeLessThanOrEqual(14)
  })

  test('runs nothing when it is installed', () => {
    const own = Object.keys(manifest.scripts ?? {})
    expect(own.filter((name) => INSTALL_SCRIPTS.has(name))).toEqual([])
    expect(runtime.filter(([, entry]) => entry.hasInstallScript === true)).toEqual([])
    for (const [path] of runtime) {
      const { scripts = {} } = JSON.parse(read(`${path}/package.json`)) as Manifest
      const found = ['preinstall', 'install', 'postinstall'].filter((name) => name in scripts)
      expect([path, found]).toEqual([path, []])
    }
  })

  test('is the same bytes everywhere, from wherever they are got', () => {
    expect(locked.filter(([, { integrity }]) => integrity?.startsWith('sha512-') !== true)).toEqual(
      [],
    )
    expect(locked.filter(([, { resolved, link }]) => (resolved ?? link) !== undefined)).toEqual([])
  })

  test('may be passed on: permissive licences, each with its text, named in the reference', () => {
    expect(read('LICENSE')).toMatch(/^MIT License\n/)
    expect(manifest.license).toBe('MIT')
    const notice = /\n## Licences\n[^]*$/.exec(read('docs/reference.md'))?.[0] ?? ''
    for (const [path, entry] of runtime) {
      const { name, license } = JSON.parse(read(`${path}/package.json`)) as Manifest
      expect([name, license]).toEqual([name, entry.license])
      expect([name, PERMISSIVE.has(license)]).toEqual([name, true])
      const texts = readdirSync(join(ROOT, path)).filter((file) => /^licen[cs]e/i.test(file))
      expect([name, texts.length]).toEqual([name, 1])
      expect(notice).toContain(`${name} (${license})`)
    }
  })

  test('runs on the oldest Node that the package names', () => {
    const [, major, minor] = /^>=(\d+)\.(\d+)$/.exec(manifest.engines?.node ?? '') ?? []
    expect(read('README.md')).toContain(`Needs Node ${major}.${minor} or newer`)
    // Types of a newer one would let its functions pass.
    expect(manifest.devDependencies['@types/node']).toMatch(new RegExp(`^\\^${major}\\.`))
    for (const [path] of runtime) {
      const { engines } = JSON.parse(read(`${path}/package.json`)) as Manifest
      const [, least = '0'] = /^>=\s?(\d+)/.exec(engines?.node ?? '>=0') ?? [undefined, '99']
      expect([path, Number(least) <= Number(major)]).toEqual([path, true])
    }
  })
})
