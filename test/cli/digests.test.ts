// Every ended connection leaves a digest, and these come in the order of the endings however many threads there are.

import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { ROOT, Scratch, run } from './run-cli.js'

const scratch = new Scratch()
let large = ''

beforeAll(() => {
  large = join(scratch.path, 'large.pcap')
  // More than the 32 MB from which on other threads are worth their start.
  const generate = join(ROOT, 'test/bench/generate.mjs')
  execFileSync(process.execPath, [generate, 'churn', large, '--mb', '36'])
})

/** Number and hash of the digests of a run, as they are told with NODE_DEBUG. */
async function digestsOf(args: readonly string[]): Promise<string> {
  const { stderr } = await run(['analyze', '--no-progress', ...args], {
    env: { NODE_DEBUG: 'tcp-teardown' },
  })
  const [, text] = /digests: (.*)\n/.exec(stderr) ?? []
  if (text === undefined) throw new Error(`no digests are told: ${stderr}`)
  return text
}

test.each([
  ['many captures', ['--summary', 'samples']],
  ['many captures, filtered', ['--cause', 'abort', 'samples']],
])('%s', async (_name, args) => {
  const digests = await digestsOf(['--jobs', '1', ...args])
  expect(digests).toMatch(/^252, hash [0-9a-f]+$/)
  expect(await digestsOf(['--jobs', '2', ...args])).toBe(digests)
})

test('of replaced addresses no hash is told, from which they could be guessed', async () => {
  expect(await digestsOf(['--anonymize', 'samples'])).toBe('252, hash (hidden)')
})

test('the rows of one large capture', async () => {
  const args = ['-f', 'ndjson', '-o', '/dev/null', large]
  const digests = await digestsOf(['--jobs', '1', ...args])
  expect(digests).toMatch(/^\d{5}, /)
  expect(await digestsOf(['--jobs', '3', ...args])).toBe(digests)
})
