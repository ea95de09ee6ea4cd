// Completion for fish.

import { brief, functionName, quotedFish } from './quote.js'
import type { CommandShape, OptionShape, Value } from './shape.js'

/** The script. */
export function fishScript(program: string, commands: readonly CommandShape[]): string {
  const name = functionName(program)
  const names = commands.map((command) => command.name)
  const lines = commands.flatMap((command) => [
    `complete -c ${program} -n ${name}_is_first -a ${command.name} -d ${quotedFish(brief(command.description))}`,
    ...command.options.map((option) => optionLine(program, name, command.name, option)),
    ...argumentLines(program, name, command),
  ])
  return `# Completion of ${program} for fish: source it, or put it into ~/.config/fish/completions.
function ${name}_command
    set -l words (commandline -opc)
    if contains -- "$words[2]" ${names.join(' ')}
        echo $words[2]
    else
        echo ${names[0]}
    end
end
function ${name}_is
    test (${name}_command) = $argv[1]
end
function ${name}_is_first
    test (count (commandline -opc)) -eq 1
end
function ${name}_list
    set -l before (string match -r '^.*,' -- (commandline -ct))
    for word in $argv
        echo "$before$word"
    end
end
${lines.join('\n')}
`
}

function optionLine(
  program: string,
  name: string,
  command: string,
  { names, description, value }: OptionShape,
): string {
  const forms = names.map((each) =>
    each.startsWith('--') ? `-l ${each.slice(2)}` : `-s ${each.slice(1)}`,
  )
  const parts = [
    `complete -c ${program} -n '${name}_is ${command}'`,
    ...forms,
    ...(value === undefined ? [] : [valuePart(name, value)]),
    `-d ${quotedFish(brief(description))}`,
  ]
  return parts.join(' ')
}

function valuePart(name: string, value: Value): string {
  switch (value.kind) {
    case 'words':
      return `-x -a ${quotedFish(value.isList ? `(${name}_list ${value.words.join(' ')})` : value.words.join(' '))}`
    case 'file':
      return '-r -F'
    case 'folder':
      return "-x -a '(__fish_complete_directories)'"
    case 'other':
      break
  }
  return '-x'
}

/** Files are what fish completes anyway. */
function argumentLines(
  program: string,
  name: string,
  { name: command, argument }: CommandShape,
): string[] {
  if (argument.kind === 'file') return []
  const words = argument.kind === 'words' ? ` -a ${quotedFish(argument.words.join(' '))}` : ''
  if (argument.kind === 'words' && argument.orFile)
    return [`complete -c ${program} -n '${name}_is ${command}'${words}`]
  return [`complete -c ${program} -n '${name}_is ${command}' -f${words}`]
}
