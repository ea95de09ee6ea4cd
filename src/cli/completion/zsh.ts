// Completion for zsh, by its own _arguments.

import { brief, functionName, quoted } from './quote.js'
import type { CommandShape, OptionShape, Value } from './shape.js'

/** The script; as a file named `_tcp-teardown` in a folder of `fpath` it needs no sourcing. */
export function zshScript(program: string, commands: readonly CommandShape[]): string {
  const name = functionName(program)
  const described = commands.map((command) =>
    quoted(`${command.name}:${brief(command.description)}`),
  )
  return `#compdef ${program}
# Completion of ${program} for zsh: source it behind compinit, or put it as _${program} into a folder of fpath.
${name}() {
  local command=${commands[0]?.name ?? ''}
  local -a commands=(
    ${described.join('\n    ')}
  )
  if ((CURRENT == 2)) && [[ $words[2] != -* ]]; then
    _describe -t commands command commands
    _files
    return
  fi
  if [[ -n \${(M)commands:#$words[2]:*} ]]; then
    command=$words[2]
    shift words
    ((CURRENT--))
  fi
  case $command in
${commands.map(commandCase).join('\n')}
  esac
}
if [[ $funcstack[1] == ${name} || $funcstack[1] == _${program} ]]; then ${name} "$@"
else compdef ${name} ${program}
fi
`
}

function commandCase({ name, options, argument }: CommandShape): string {
  const specs = [
    ...options.map(optionSpec),
    quoted(`*:${argumentName(argument)}:${action(argument)}`),
  ]
  return `  ${name})
    _arguments -s : \\
      ${specs.join(' \\\n      ')}
    ;;`
}

function argumentName({ kind }: Value): string {
  return kind === 'file' ? 'capture' : 'argument'
}

/** `(-f --format)`{-f,--format=}`[form of the results]:format:(table json)`. */
function optionSpec({ names, description, value, valueName }: OptionShape): string {
  const text = `[${brief(description).replaceAll(/[[\]:\\]/g, String.raw`\$&`)}]`
  const rest =
    value === undefined ? text : `${text}:${valueName.replaceAll(':', '')}:${action(value)}`
  // A long option takes its value behind = or as the next word, a short one also without a space.
  const forms = names.map((each) => {
    if (value === undefined) return each
    return each.startsWith('--') ? `${each}=` : `${each}+`
  })
  if (names.length === 1) return quoted(`${forms[0]}${rest}`)
  return `${quoted(`(${names.join(' ')})`)}{${forms.join(',')}}${quoted(rest)}`
}

function action(value: Value): string {
  switch (value.kind) {
    case 'words':
      return value.isList
        ? `_sequence compadd - ${value.words.join(' ')}`
        : value.orFile
          ? `{ compadd - ${value.words.join(' ')}; _files }`
          : `(${value.words.join(' ')})`
    case 'file':
      return '_files'
    case 'folder':
      return '_files -/'
    case 'other':
      break
  }
  // Nothing is completed, but that something has to follow is said.
  return ' '
}
