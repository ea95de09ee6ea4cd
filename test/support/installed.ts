// Programs of others that read what ours writes: tests that need one are skipped where it is missing.

import { spawnSync } from 'node:child_process'

/** Why a test that needs a program is skipped; undefined where the program is there. `args` make it do nothing. */
export function missing(program: string, args: readonly string[]): string | undefined {
  const { status } = spawnSync(program, args, { stdio: 'ignore' })
  return status === 0 ? undefined : `needs ${program}, of Debian's packages in .ci/run`
}
