// `tcp-teardown completion`: the script that tells a shell what can be typed.

import type { Command } from 'commander'
import { print } from '../context.js'
import { bashScript } from './bash.js'
import { fishScript } from './fish.js'
import type { Shell } from './shells.js'
import { shapesOf } from './shape.js'
import { zshScript } from './zsh.js'

const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript } satisfies Record<
  Shell,
  unknown
>

/** Prints the script for a shell. */
export function printCompletion(shell: Shell, program: Command): void {
  print(SCRIPTS[shell](program.name(), shapesOf(program)))
}
