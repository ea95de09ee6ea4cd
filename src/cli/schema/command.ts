// The options of `schema`.

import { type Command, Argument } from 'commander'
import { oneOf } from '../values.js'

const EXAMPLES = `
Examples:
  tcp-teardown schema connection                        the lines that tell how connections ended
  tcp-teardown schema > tcp-teardown.schema.json        all types of lines

Exit codes: 0 done, 2 an error.`

/** Adds `schema`; `types` are those there are. */
export function addSchema(
  program: Command,
  types: readonly string[],
  action: (type: string | undefined) => Promise<void>,
): void {
  program
    .command('schema')
    .description('print the JSON Schema of the output, of all lines or of one type')
    .addArgument(new Argument('[type]', 'a type of lines').choices(types).argParser(oneOf(types)))
    .addHelpText('after', EXAMPLES)
    .action((type: string | undefined) => action(type))
}
