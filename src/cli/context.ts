// What every command has to know of where its output goes, and how it speaks on standard error.

import { printable } from '../base/text.js'
import { ASCII_MARGIN, asciiText, isAsciiOnly } from './ascii.js'
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
  /** Lines of the terminal; undefined for what goes to none. */
  readonly rows: number | undefined
  /** No other characters than those of ASCII. */
  readonly isAscii: boolean
}

/** How text for people is laid out in `output`, a path or `-`. */
export function lookOf(output: string, color: ColourChoice): Look {
  const isTerminal = output === '-' && process.stdout.isTTY
  const isAscii = isTerminal && isAsciiOnly(process.env, process.platform)
  const columns = (isTerminal && process.stdout.columns) || DEFAULT_WIDTH
  return {
    width: isAscii ? columns - ASCII_MARGIN : columns,
    rows: isTerminal ? process.stdout.rows || undefined : undefined,
    colour: wantsColour(color, isTerminal),
    isAscii,
  }
}

/** Whether a terminal on standard error understands nothing but lines of text. */
export function isDumb(): boolean {
  return process.env['TERM'] === 'dumb'
}

/** NO_COLOR and FORCE_COLOR as https://no-color.org and Node have them. */
function wantsColour(when: ColourChoice, isTerminal: boolean): boolean {
  if (when !== 'auto') return when === 'always'
  const { NO_COLOR, FORCE_COLOR } = process.env
  if (NO_COLOR !== undefined && NO_COLOR !== '') return false
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== '0') return true
  return isTerminal && !isDumb()
}

/** Says something on standard error: a first line that names the program, and more lines below it. */
export function warn(text: string, more: readonly string[] = []): void {
  const lines = [`tcp-teardown: ${printable(text)}`, ...more.map((line) => `  ${printable(line)}`)]
  process.stderr.write(forStderr(lines.map((line) => `${line}\n`).join('')))
}

/** A text in the characters of standard error. */
export function forStderr(text: string): string {
  return process.stderr.isTTY && isAsciiOnly(process.env, process.platform) ? asciiText(text) : text
}

/** Writes a whole text to standard output, through a pager where there is one and the text is longer than the terminal. */
export function print(text: string, isAscii = false, pager?: string): void {
  const output = new Output('-', { isAscii, pager })
  output.write(text)
  output.close()
}
