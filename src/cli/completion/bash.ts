// Completion for bash, from version 3.2 on: without the package bash-completion.

import { functionName, quoted } from './quote.js'
import type { CommandShape, OptionShape, Value } from './shape.js'

/** The script. */
export function bashScript(program: string, commands: readonly CommandShape[]): string {
  const name = functionName(program)
  const names = commands.map((command) => command.name)
  return `# Completion of ${program} for bash: source it, or put it where bash-completion looks.
${name}_add() {
  local line
  while IFS= read -r line; do COMPREPLY+=("$line"); done
}
${name}() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" prev="\${COMP_WORDS[COMP_CWORD - 1]}"
  local command=${names[0]} words='' kind='' before='' at
  local IFS=$'\\n'
  COMPREPLY=()
  # Behind -- stands the command of somebody else.
  for ((at = 1; at < COMP_CWORD; at++)); do
    if [[ \${COMP_WORDS[at]} == -- ]]; then
      compopt -o filenames 2>/dev/null
      ${name}_add < <(compgen -f -- "$cur")
      return 0
    fi
  done
  # --option=value comes as three words.
  if [[ $cur == = ]]; then cur=''
  elif [[ $prev == = ]]; then prev="\${COMP_WORDS[COMP_CWORD - 2]}"
  fi
  if ((COMP_CWORD > 1)); then
    case "\${COMP_WORDS[1]}" in
    ${names.join(' | ')}) command="\${COMP_WORDS[1]}" ;;
    esac
  fi
  case "$command $prev" in
${commands.flatMap((command) => valueCases(command)).join('\n')}
  esac
  if [[ $kind == '' ]]; then
    if [[ $cur == -* ]]; then
      kind=words
      case $command in
${commands.map(optionCase).join('\n')}
      esac
    else
      case $command in
${commands.map(argumentCase).join('\n')}
      esac
      if ((COMP_CWORD == 1)); then
        words=${quoted(names.join('\n'))}
        kind='words file'
      fi
    fi
  fi
  if [[ $kind == list ]]; then
    # What stands before the last comma stays.
    if [[ $cur == *,* ]]; then before="\${cur%,*},"; fi
    compopt -o nospace 2>/dev/null
    ${name}_add < <(compgen -W "$words" -P "$before" -- "\${cur##*,}")
  elif [[ $kind == *words* ]]; then
    ${name}_add < <(compgen -W "$words" -- "$cur")
  fi
  # A folder that is named as a word is none that is meant.
  if [[ $kind == *file* && ($cur == '' || \${#COMPREPLY[@]} -eq 0) ]]; then
    compopt -o filenames 2>/dev/null
    ${name}_add < <(compgen -f -- "$cur")
  elif [[ $kind == folder ]]; then
    compopt -o filenames 2>/dev/null
    ${name}_add < <(compgen -d -- "$cur")
  fi
  return 0
}
complete -F ${name} ${program}
`
}

function valueCases({ name, options }: CommandShape): string[] {
  return options.flatMap(({ names, value }: OptionShape) => {
    if (value === undefined) return []
    const patterns = names.map((each) => quoted(`${name} ${each}`)).join(' | ')
    return [`  ${patterns}) ${setting(value)} ;;`]
  })
}

function setting(value: Value): string {
  if (value.kind !== 'words') return `kind=${value.kind}`
  const kind = value.isList ? 'list' : value.orFile ? quoted('words file') : 'words'
  return `kind=${kind} words=${quoted(value.words.join('\n'))}`
}

function optionCase({ name, options }: CommandShape): string {
  const names = options.flatMap((option) => option.names)
  return `      ${name}) words=${quoted(names.join('\n'))} ;;`
}

function argumentCase({ name, argument }: CommandShape): string {
  return `      ${name}) ${setting(argument)} ;;`
}
