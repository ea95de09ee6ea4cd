// The options of `check`.

import { type Command, Option } from 'commander'
import { REPORT_FORMS } from '../../check/reports/index.js'
import {
  type SharedFlags,
  anonymizeOptions,
  choice,
  colourOption,
  judgingOptions,
} from '../options.js'

/** Options of `check` as commander hands them over, checked. */
export interface CheckFlags extends SharedFlags {
  readonly rules: string
  readonly baseline?: string
  readonly writeBaseline?: string
  readonly format: string
  readonly output?: string
}

const EXAMPLES = `
A file of rules, in YAML or JSON:
  rules:
    - name: the server resets nothing
      where: {verdict: rst_after_kill, closer: server}
    - name: at most 1 % refused
      where: {cause: refused}
      of: {server_port: 8080}
      at_most: 1%
    - name: drains within 200 ms of the SIGTERM
      where: {server_port: 8080, kill_to_teardown_s: '>= 0'}
      each: {verdict: graceful_fin, kill_to_teardown_s: '<= 0.2'}
    - name: nothing died
      incident: process_death

Exit codes: 0 all rules are kept, 1 one is broken, 2 an error, 130 or 143 interrupted (SIGINT, SIGTERM).`

/** Adds `check`. */
export function addCheck(
  program: Command,
  action: (inputs: readonly string[], flags: CheckFlags) => Promise<void>,
): void {
  const command = program
    .command('check')
    .description('hold the endings of captures against rules, for tests and CI')
    .argument('<capture...>', 'pcap or pcapng files, folders, globs, or - for standard input')
  command
    .optionsGroup('Rules:')
    .addOption(new Option('--rules <file>', 'the rules (YAML or JSON)').makeOptionMandatory())
    .addOption(new Option('--baseline <file>', 'known exceptions, which are not counted'))
    .addOption(
      new Option(
        '--write-baseline <file>',
        'write what is found as known exceptions, and exit with 0',
      ),
    )
    .optionsGroup('Output:')
    .addOption(
      choice(
        '-f, --format <format>',
        'form of the report',
        REPORT_FORMS.map(({ name }) => name),
      ),
    )
    .addOption(new Option('-o, --output <file>', 'write the report to a file'))
  for (const each of anonymizeOptions()) command.addOption(each)
  command.addOption(colourOption()).optionsGroup('Analysis:')
  for (const each of judgingOptions()) command.addOption(each)
  command.addHelpText('after', EXAMPLES).action(action)
}
