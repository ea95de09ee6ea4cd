// `tcp-teardown manual`: manual pages, made from the same commands and options as the help.

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import { TeardownError } from '../../base/errors.js'
import { systemErrorText } from '../../base/system-error.js'
import { print } from '../context.js'
import type { ManualFlags } from './command.js'
import { type ManualPage, manualPage } from './roff.js'

/** Prints a page, or writes into a folder the page asked for, by default all. */
export function printManual(
  name: string | undefined,
  { outDir }: ManualFlags,
  program: Command,
  version: string,
): void {
  const { commands } = program
  const about = { version, commands: commands.map((command) => command.name()) }
  const wanted = commands.find((each) => each.name() === name)
  if (outDir === undefined) print(manualPage(wanted ?? program, about).text)
  else {
    const asked = wanted === undefined ? [program, ...commands] : [wanted]
    write(
      outDir,
      asked.map((each) => manualPage(each, about)),
    )
  }
}

function write(folder: string, pages: readonly ManualPage[]): void {
  try {
    mkdirSync(folder, { recursive: true })
    for (const { file, text } of pages) writeFileSync(join(folder, file), text)
  } catch (error) {
    throw new TeardownError('ERR_WRITE', `cannot write ${folder}: ${systemErrorText(error)}`)
  }
}
