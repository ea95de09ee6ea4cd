// The declarations that users get fit a program a user would write, and the types of the taxonomy catch mistakes.

import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

test('a program of a user compiles against dist, and wrong endings do not compile', () => {
  const args = ['--project', 'test/types/tsconfig.json']
  const compiler = join(ROOT, 'node_modules/.bin/tsc')
  const { status, stdout } = spawnSync(compiler, args, { cwd: ROOT, encoding: 'utf8' })
  expect(stdout).toBe('')
  expect(status).toBe(0)
})
