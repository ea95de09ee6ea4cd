// Manual pages: all commands and options are in them, man can read them, and the package names them.

import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { missing } from '../support/installed.js'
import { ROOT, run } from './run-cli.js'

const folder = mkdtempSync(join(tmpdir(), 'tcp-teardown-'))
afterAll(() => {
  rmSync(folder, { recursive: true })
})
const { code } = await run(['manual', '--out-dir', folder])
const pages = readdirSync(folder).sort()

/** A page as man shows it, spaces as one. */
function shown(page: string): string {
  const { stdout } = spawnSync('mandoc', ['-T', 'ascii', '-O', 'width=1000', page], {
    cwd: folder,
    encoding: 'utf8',
  })
  return stdout
    .split('\b')
    .map((part, at, all) => (at < all.length - 1 ? part.slice(0, -1) : part))
    .join('')
    .replaceAll(/\s+/g, ' ')
}

test('there is a page for each command', async () => {
  const { stdout } = await run(['--help'])
  const commands = [...stdout.matchAll(/^ {2}(\w+) .*\[/gm)].map(([, name = '']) => name)
  const named = commands.filter((name) => name !== 'help').map((name) => `tcp-teardown-${name}.1`)
  expect(code).toBe(0)
  expect(named.length).toBeGreaterThan(8)
  expect(pages).toEqual(['tcp-teardown.1', ...named].sort())
})

test('the package has them for man to find', () => {
  const { man } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { man: string[] }
  expect([...man].sort()).toEqual(pages.map((page) => `./dist/man/${page}`).sort())
  expect(readdirSync(join(ROOT, 'dist/man')).sort()).toEqual(pages)
})

const needsMandoc = missing('mandoc', ['-W', 'unsupp', '/dev/null'])

test.skipIf(needsMandoc)('no page has an error of its language', () => {
  const { stdout } = spawnSync('mandoc', ['-T', 'lint', '-W', 'warning', ...pages], {
    cwd: folder,
    encoding: 'utf8',
  })
  // A date would make every build another one.
  expect(stdout.replaceAll(/^.*missing date.*\n/gm, '')).toBe('')
})

test.skipIf(needsMandoc).each(pages)('%s says all that the help says', async (page) => {
  const [, command] = /^tcp-teardown-(\w+)\.1$/.exec(page) ?? []
  const { stdout } = await run([...(command === undefined ? [] : [command]), '--help'], {
    env: { COLUMNS: '10000' },
  })
  const text = shown(page)
  const lines = stdout.split('\n').filter((line) => /^ {2}-/.test(line))
  expect(lines.length).toBeGreaterThan(0)
  for (const line of lines) {
    const [flags = '', description = ''] = line.trim().split(/ {2,}/)
    expect(text).toContain(flags)
    expect(text).toContain(description.replaceAll('…', '...'))
  }
})

test.each(pages.filter((page) => page !== 'tcp-teardown.1'))(
  '%s has the exit codes where they are looked for',
  (page) => {
    expect(readFileSync(join(folder, page), 'utf8')).toMatch(/^\.SH EXIT STATUS\n0 /m)
  },
)

test('of one command the folder gets one page', async () => {
  const own = join(folder, 'own')
  const { code: done } = await run(['manual', 'explain', '--out-dir', own])
  expect(done).toBe(0)
  expect(readdirSync(own)).toEqual(['tcp-teardown-explain.1'])
})

test('one page goes to standard output, without a name that of the program', async () => {
  const explain = await run(['manual', 'explain'])
  expect(explain.stdout).toBe(readFileSync(join(folder, 'tcp-teardown-explain.1'), 'utf8'))
  const whole = await run(['manual'])
  expect(whole.stdout).toBe(readFileSync(join(folder, 'tcp-teardown.1'), 'utf8'))
  const wrong = await run(['manual', 'explane'])
  expect([wrong.code, wrong.stderr]).toEqual([
    2,
    expect.stringContaining('did you mean explain?') as string,
  ])
})

test('a folder that cannot be made is told', async () => {
  const { code: failed, stderr } = await run(['manual', '--out-dir', '/dev/null/man'])
  expect([failed, stderr]).toEqual([
    2,
    expect.stringContaining('cannot write /dev/null/man') as string,
  ])
})
