// Options of `analyze` on their way through the queue: as words of a command line, which every version of the program can
// read, and which show nothing that the command line did not show.

import { Command } from 'commander'
import { TeardownError } from '../../base/errors.js'
import { type AnalyzeFlags, addAnalyze } from '../analyze/command.js'
import { type RequestedSettings, analyzeSettings } from '../analyze/settings.js'

/**
 * What options ask for.
 *
 * @throws {TeardownError} ERR_OPTION for those that this version does not know.
 */
export function parsedOptions(options: readonly string[]): RequestedSettings {
  let flags: AnalyzeFlags | undefined
  let problem = ''
  const program = new Command('tcp-teardown').exitOverride().configureOutput({
    writeErr: (text) => {
      problem = text
    },
  })
  addAnalyze(program, (_inputs, given) => {
    flags = given
    return Promise.resolve()
  })
  for (const command of program.commands) command.exitOverride().copyInheritedSettings(program)
  try {
    // Into a folder, as what is no text goes to no terminal; which one is of no consequence.
    program.parse(['analyze', '--out-dir=.', ...options, '--', '-'], { from: 'user' })
  } catch {
    throw new TeardownError('ERR_OPTION', problem.replace(/^error: /, '').trim())
  }
  if (flags === undefined) throw new TeardownError('ERR_OPTION', 'no options')
  return analyzeSettings(flags)
}
