// Where results are written until they are whole, and what they may not touch on the way.

import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { outputTarget } from '../../src/cli/output-target.js'
import { partialPath, removeLeftPartials } from '../../src/cli/partial-file.js'
import { shell } from '../faults/program.js'
import { until } from '../support/waiting.js'
import { Scratch, analyze } from './run-cli.js'

const scratch = new Scratch()
const CAPTURE = 'samples/fin-normal.pcap'
/** Says on standard error that a file is being opened, just before it is. */
const TELLS_OPENING = new URL('../faults/tells-opening.mjs', import.meta.url).href

function folderOf(name: string): string {
  const folder = join(scratch.path, name)
  mkdirSync(folder)
  return folder
}

async function expected(): Promise<string> {
  return (await analyze(['-f', 'csv', CAPTURE])).stdout
}

describe.concurrent('-o', () => {
  test.each(['stdout', 'fd/1', '/fd//1', '../proc/self/fd/1'])(
    '/dev/%s is standard output',
    (name) => {
      // Only looked at: whoever replaced it would do that for the whole machine.
      expect(outputTarget(`/dev/${name}`)).toEqual({ kind: 'stdout' })
      const link = join(scratch.path, `to-${name.replaceAll('/', '-')}`)
      symlinkSync(`/dev/${name}`, link)
      expect(outputTarget(link)).toEqual({ kind: 'stdout' })
    },
  )

  test('a descriptor of the shell is written behind what is there', async () => {
    const file = join(folderOf('descriptor'), 'all')
    const line = `exec 3>>"$1"; echo before >&3; $TT analyze -f csv -o /dev/fd/3 "$2"; echo after >&3`
    const { stderr } = await shell(line, [file, CAPTURE])
    expect(stderr).toBe('')
    expect(readFileSync(file, 'utf8')).toBe(`before\n${await expected()}after\n`)
  })

  test.each(['there', 'missing'])('a link: the file that is %s behind it', async (state) => {
    const folder = folderOf(`link-${state}`)
    mkdirSync(join(folder, 'far'))
    if (state === 'there') writeFileSync(join(folder, 'far/file'), 'older')
    symlinkSync('far/link', join(folder, 'link'))
    symlinkSync('file', join(folder, 'far/link'))
    await analyze(['-f', 'csv', '-o', join(folder, 'link'), CAPTURE])
    expect(readlinkSync(join(folder, 'link'))).toBe('far/link')
    expect(lstatSync(join(folder, 'far/file')).isFile()).toBe(true)
    expect(readFileSync(join(folder, 'far/file'), 'utf8')).toBe(await expected())
    expect(readdirSync(join(folder, 'far')).sort()).toEqual(['file', 'link'])
  })

  test('links in a circle are an error', async () => {
    const folder = folderOf('circle')
    symlinkSync('b', join(folder, 'a'))
    symlinkSync('a', join(folder, 'b'))
    const { code, stderr } = await analyze(['-o', join(folder, 'a'), CAPTURE])
    expect(code).toBe(2)
    expect(stderr).toMatch(/cannot write .*: too many symbolic links/)
  })

  test('the permissions of an older file stay', async () => {
    const file = join(folderOf('mode'), 'secret')
    writeFileSync(file, 'older')
    chmodSync(file, 0o600)
    await analyze(['-f', 'csv', '-o', file, CAPTURE])
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(readFileSync(file, 'utf8')).toBe(await expected())
  })

  test('a name of 255 bytes', async () => {
    const file = join(folderOf('long'), 'n'.repeat(255))
    expect(await analyze(['-f', 'csv', '-o', file, CAPTURE])).toMatchObject({ code: 0, stderr: '' })
    expect(readFileSync(file, 'utf8')).toBe(await expected())
  })

  test('a pipe nobody reads: a signal ends the waiting', async () => {
    const pipe = join(folderOf('pipe'), 'pipe')
    spawnSync('mkfifo', [pipe])
    const run = spawn(process.execPath, ['bin/tcp-teardown.js', '-o', pipe, CAPTURE], {
      env: { NODE_OPTIONS: `--import=${TELLS_OPENING}`, OPENED: pipe },
    })
    await once(run.stderr, 'data')
    run.kill('SIGTERM')
    const [code, signal] = (await once(run, 'exit')) as [number | null, string | null]
    expect([code, signal]).toEqual([null, 'SIGTERM'])
  })
})

describe.concurrent('partial files', () => {
  test('have names that are short, hidden, and never the same', () => {
    const names = Array.from({ length: 100 }, () => partialPath(`x/${'n'.repeat(255)}`))
    expect(new Set(names).size).toBe(100)
    for (const name of names) expect(name).toMatch(/^x\/\.tcp-teardown-[0-9a-f-]{1,60}\.partial$/)
  })

  test('a link that is there already is not followed', async () => {
    const folder = folderOf('planted')
    writeFileSync(join(folder, 'victim'), 'precious')
    const { openPartial } = await import('../../src/cli/partial-file.js')
    symlinkSync('victim', join(folder, 'planted'))
    expect(() => openPartial(join(folder, 'planted'), 0o666)).toThrow('EEXIST')
    expect(readFileSync(join(folder, 'victim'), 'utf8')).toBe('precious')
  })

  test('of dead processes are removed, those of others stay', () => {
    const folder = folderOf('left')
    const own = partialPath(join(folder, 'x'))
    const [, host = ''] = /teardown-([0-9a-f]{8})-/.exec(own) ?? []
    const dead = spawnSync('true').pid
    function file(name: string, ageDays = 0): string {
      writeFileSync(join(folder, name), '')
      const changedS = Date.now() / 1000 - ageDays * 86_400
      utimesSync(join(folder, name), changedS, changedS)
      return name
    }
    const random = '0123456789abcdef'
    file(`.tcp-teardown-${host}-${dead}-${random}.partial`)
    file(`.tcp-teardown-${host}-${process.pid}-${random}.partial`, 1)
    file(`.tcp-teardown-00000000-${dead}-${random}.partial`, 2)
    const kept = [
      file(`.tcp-teardown-${host}-${process.pid}-${random.replace('0', '1')}.partial`),
      file(`.tcp-teardown-${host}-1-${random}.partial`, 2),
      file(`.tcp-teardown-00000000-${dead}-${random}.partial2`),
      file(`.tcp-teardown-00000000-1-${random}.partial`),
      file('results.csv.1234.partial', 2),
    ]
    symlinkSync(
      'results.csv',
      join(folder, `.tcp-teardown-${host}-${dead}-fedcba9876543210.partial`),
    )
    removeLeftPartials(folder)
    kept.push(`.tcp-teardown-${host}-${dead}-fedcba9876543210.partial`)
    expect(readdirSync(folder).sort()).toEqual(kept.sort())
  })
})

describe.concurrent('--out-dir', () => {
  test('-o removes what a killed run left beside it', async () => {
    const folder = folderOf('beside')
    const out = join(folder, 'out')
    const run = spawn(process.execPath, ['bin/tcp-teardown.js', '-o', out, '-'])
    await until('it writes', () => readdirSync(folder).length > 0)
    run.kill('SIGKILL')
    await once(run, 'exit')
    expect(readdirSync(folder)).toHaveLength(1)
    await analyze(['-f', 'csv', '-o', out, CAPTURE])
    expect(readdirSync(folder)).toEqual(['out'])
  })

  test('--resume removes what a killed run left', async () => {
    const folder = folderOf('killed')
    const out = join(folder, 'out')
    const run = spawn(process.execPath, ['bin/tcp-teardown.js', '--out-dir', out, '-'])
    const below = (): string[] => {
      try {
        return readdirSync(out).filter((name) => name.endsWith('.partial'))
      } catch {
        return []
      }
    }
    await until('it writes', () => below().length > 0)
    run.kill('SIGKILL')
    await once(run, 'exit')
    expect(below()).toHaveLength(1)
    linkSync(CAPTURE, join(folder, 'stdin'))
    await analyze(['--out-dir', out, '--resume', CAPTURE])
    // The folder of this result is another one: what lies beside other results is theirs.
    expect(below()).toHaveLength(1)
    const run2 = await shell('cd "$1" && $TT --out-dir out --resume stdin', [folder])
    expect(run2.stderr).toContain('1 result written')
    expect(below()).toEqual([])
  })

  test('the list is no way to another file, and nothing waits for it', async () => {
    const folder = folderOf('list')
    writeFileSync(join(folder, 'victim'), 'precious')
    for (const kind of ['link', 'pipe']) {
      const out = join(folder, kind)
      mkdirSync(out)
      const list = join(out, '.tcp-teardown.list')
      if (kind === 'link') symlinkSync('../victim', list)
      else spawnSync('mkfifo', [list])
      const { code, stderr } = await analyze(['--out-dir', out, CAPTURE])
      expect(code).toBe(2)
      expect(stderr).toMatch(/1 result written below .*\n.*cannot write .*\.tcp-teardown\.list: /)
    }
    expect(readFileSync(join(folder, 'victim'), 'utf8')).toBe('precious')
  })

  test('the same once more adds nothing to the list', async () => {
    const out = join(folderOf('again'), 'out')
    const list = (): string => readFileSync(join(out, '.tcp-teardown.list'), 'utf8')
    await analyze(['--out-dir', out, CAPTURE])
    const before = list()
    await analyze(['--out-dir', out, CAPTURE])
    expect(list()).toBe(before)
    await analyze(['--out-dir', out, '--columns', 'stream', CAPTURE])
    expect(list().split('\n')).toHaveLength(3)
  })

  test('a result never takes the place of a capture', async () => {
    const folder = folderOf('captures')
    const bytes = readFileSync(CAPTURE)
    for (const name of ['a', 'a.csv']) writeFileSync(join(folder, name), bytes)
    const line = 'cd "$1" && $TT -f csv --out-dir . a a.csv'
    const { code, stderr } = await shell(line, [folder])
    expect([code, stderr]).toEqual([
      2,
      'tcp-teardown: --out-dir: the result a.csv would replace a capture\n',
    ])
    expect(readFileSync(join(folder, 'a.csv')).equals(bytes)).toBe(true)
  })

  test('a file in the place of the folder is said once', async () => {
    const out = join(folderOf('file'), 'out')
    writeFileSync(out, '')
    const { code, stderr } = await analyze(['--out-dir', out, CAPTURE, CAPTURE])
    expect([code, stderr]).toEqual([
      2,
      `tcp-teardown: cannot make the folder ${out}: a file has its name\n`,
    ])
  })
})
