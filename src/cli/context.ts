// What every command has to know of where its output goes, and how it speaks on standard error.

import { printable } from '../base/text.js'
import { Output } from './output.js'

/** Values of `--color`. */
export const COLOUR_CHOICES = ['auto', 'always', 'never'] as const

/** One value of `--color`. */
export type ColourChoice = (typeof COLOUR_CHOICES)[number]

/** Columns of what goes to no terminal. */
const DEFAULT_WIDTH = 100

/** How text for people is laid out. */
export interface Look {
  readonly width: number
  readonly colour: boolean
}

/** How text for people is laid out in `output`, a path or `-`. */
export function lookOf(output: string, color: ColourChoice): Look {
  const columns = output === '-' ? process.stdout.columns : undefined
  return { width: columns ?? DEFAULT_WIDTH, colour: wantsColour(color, output) }
}

/** NO_COLOR and FORCE_COLOR as https://no-color.org and Node have them. */
function wantsColour(when: ColourChoice, output: string): boolean {
  if (when !== 'auto') return when === 'always'
  const { NO_COLOR, FORCE_COLOR } = process.env
  if (NO_COLOR !== undefined && NO_COLOR !== '') return false
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== '0') return true
  return output === '-' && process.stdout.isTTY
}

/** Says something on standard error: a first line that names the program, and more lines below it. */
export function warn(text: string, more: readonly string[] = []): void {
  const lines = [`tcp-teardown: ${printable(text)}`, ...more.map((line) => `  ${printable(line)}`)]
  process.stderr.write(lines.map((line) => `${line}\n`).join(''))
}

/** Writes a whole text to standard output. */
export function print(text: string): void {
  const output = new Output('-')
  output.write(text)
  output.close()
}
