// Results whose folder is taken away, replaced or closed while the program runs.

import { spawnSync } from 'node:child_process'
import { chmodSync, chownSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { Scratch } from '../cli/run-cli.js'
import { ONE } from './captures.js'
import { until } from '../support/waiting.js'
import { Started, partials } from './program.js'

const scratch = new Scratch()
const NOBODY = 65_534

/** A folder of this test, with a pipe to hold the program up and a capture behind it. */
function setUp(name: string): { folder: string; pipe: string; capture: string; out: string } {
  const folder = join(scratch.path, name)
  mkdirSync(folder)
  const [pipe, capture] = [join(folder, 'pipe'), join(folder, 'capture.pcap')]
  spawnSync('mkfifo', [pipe])
  writeFileSync(capture, ONE)
  return { folder, pipe, capture, out: join(folder, 'out') }
}

/** Gives a folder to nobody, who does not exist for the root of a container without rights. */
function mayGiveAway(folder: string): boolean {
  try {
    chownSync(folder, NOBODY, NOBODY)
    return true
  } catch {
    return false
  }
}

describe.concurrent('-o', () => {
  test('into a folder that is deleted', async () => {
    const { folder, out } = setUp('deleted')
    mkdirSync(out)
    const file = join(out, 'results')
    const run = new Started(folder, ['analyze', '-f', 'ndjson', '-o', file, '-'])
    await until('it writes', () => partials(out).length > 0)
    rmSync(out, { recursive: true })
    run.child.stdin.end(ONE)
    expect(await run.ending).toMatchObject({
      code: 2,
      stdout: '',
      stderr: `tcp-teardown: cannot write ${file}: no such file or directory\n`,
    })
  })

  test('where meanwhile a folder has its name', async () => {
    const { folder, out } = setUp('in-the-way')
    const run = new Started(folder, ['analyze', '-o', out, '-'])
    await until('it writes', () => partials(folder).length > 0)
    mkdirSync(join(out, 'more'), { recursive: true })
    run.child.stdin.end(ONE)
    expect(await run.ending).toMatchObject({
      code: 2,
      stderr: `tcp-teardown: cannot write ${out}: illegal operation on a directory\n`,
    })
    expect(partials(folder)).toEqual([])
  })
})

describe.concurrent('--out-dir', () => {
  test.each([
    ['removed', 'no such file or directory'],
    ['replaced', 'not a directory'],
  ])('%s while a result is written: it is not made again', async (how, why) => {
    const { folder, pipe, capture, out } = setUp(how)
    const run = new Started(folder, ['analyze', '-f', 'csv', '--out-dir', out, pipe, capture])
    await until('it writes', () => partials(out).length > 0)
    rmSync(out, { recursive: true })
    if (how === 'replaced') writeFileSync(out, 'something else')
    writeFileSync(pipe, ONE)
    const { code, stdout, stderr } = await run.ending
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toBe(
      `tcp-teardown: ${pipe}: cannot write ${out}${pipe}.csv: ${why}\n` +
        `tcp-teardown: ${capture}: the folder ${out} is gone\n` +
        `tcp-teardown: 0 results written below ${out}\n`,
    )
    expect(existsSync(out)).toBe(how === 'replaced')
  })

  test('made unwritable', async ({ skip }) => {
    const { folder, pipe, capture, out } = setUp('unwritable')
    mkdirSync(out)
    chmodSync(scratch.path, 0o755)
    const isRoot = process.getuid?.() === 0
    skip(isRoot && !mayGiveAway(folder), 'the user nobody is unknown here')
    if (isRoot) for (const path of [pipe, capture, out]) chownSync(path, NOBODY, NOBODY)
    const as = isRoot ? NOBODY : undefined
    const args = ['analyze', '-f', 'csv', '--out-dir', out, pipe, capture]
    const run = new Started(folder, args, as === undefined ? {} : { uid: as })
    const ended = run.ending.catch(() => undefined)
    await Promise.race([ended, until('it writes', () => partials(out).length > 0)])
    skip(isRoot && run.child.exitCode !== null, 'the sources are for root only')
    const below = `${out}${folder}`
    chmodSync(below, 0o555)
    writeFileSync(pipe, ONE)
    const { code, stderr } = await run.ending
    chmodSync(below, 0o755)
    expect(code).toBe(2)
    expect(stderr).toBe(
      `tcp-teardown: ${pipe}: cannot write ${out}${pipe}.csv: permission denied\n` +
        `tcp-teardown: ${capture}: cannot write ${out}${capture}.csv: permission denied\n` +
        `tcp-teardown: 0 results written below ${out}\n`,
    )
  })
})
