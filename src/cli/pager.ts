// Text that is longer than the terminal goes through a pager, as git does it.

import { spawnSync } from 'node:child_process'

/** The pager, and what it is told where nothing else is: to end when all fits, to pass colours, to leave the screen as it is. */
const DEFAULT = 'less'
const LESS = 'FRX'
/** What shells answer when there is no such command, or it may not be run. */
const NO_COMMAND = 126
/** Longer text goes to the terminal as it comes: nobody pages through it, and it would be held in memory. */
export const MOST_PAGED_BYTES: number = 1 << 24

/** The pager that is asked for, undefined for none; `isWanted` is `--no-pager`'s. */
export function pagerCommand(isWanted: boolean): string | undefined {
  if (!isWanted || !process.stdout.isTTY || process.env['TERM'] === 'dumb') return undefined
  const command = process.env['TCP_TEARDOWN_PAGER'] ?? process.env['PAGER'] ?? DEFAULT
  return command === '' || command === 'cat' ? undefined : command
}

/** Shows a text in a pager. False when there is none, and the text is still to be shown. */
export function page(command: string, text: Uint8Array): boolean {
  const { status, error } = spawnSync(command, {
    // Where nobody has chosen one, and there is none, nothing is said.
    shell: command !== DEFAULT,
    input: text,
    stdio: ['pipe', 'inherit', 'inherit'],
    env: { LESS, LV: '-c', ...process.env },
  })
  // Who leaves a pager early has read enough.
  if (error !== undefined) return 'code' in error && error.code === 'EPIPE'
  return status === null || status < NO_COMMAND
}
