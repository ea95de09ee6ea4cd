// What can be typed behind the program's name, as all shells are told of it: made from the commands and their options.

import type { Command, Option } from 'commander'
import { wordsBesideFiles, wordsOf } from '../options.js'

/** What may stand behind an option, or as the argument of a command. */
export type Value =
  | {
      readonly kind: 'words'
      readonly words: readonly string[]
      readonly isList: boolean
      /** A file may stand there as well. */
      readonly orFile: boolean
    }
  | { readonly kind: 'file' }
  | { readonly kind: 'folder' }
  | { readonly kind: 'other' }

/** One option. */
export interface OptionShape {
  /** Its names, such as `-f` and `--format`. */
  readonly names: readonly string[]
  readonly description: string
  /** Undefined for one that takes no value. */
  readonly value: Value | undefined
  /** What the value is called, `format`. */
  readonly valueName: string
}

/** One command. */
export interface CommandShape {
  readonly name: string
  readonly description: string
  readonly options: readonly OptionShape[]
  readonly argument: Value
}

/** All commands of a program, the first of which may be left out. */
export function shapesOf(program: Command): CommandShape[] {
  return program
    .createHelp()
    .visibleCommands(program)
    .filter((command) => command.name() !== 'help')
    .map((command) => ({
      name: command.name(),
      description: command.description(),
      options: command.createHelp().visibleOptions(command).map(optionShape),
      argument: argumentOf(command),
    }))
}

function optionShape(option: Option): OptionShape {
  const takesValue = option.required || option.optional
  return {
    names: [option.short, option.long].filter((name) => name !== undefined),
    description: option.description,
    value: takesValue ? valueOf(option) : undefined,
    valueName: /[<[]([^>\].]+)/.exec(option.flags)?.[1] ?? '',
  }
}

function valueOf(option: Option): Value {
  const words = wordsOf(option)
  if (words !== undefined) return { kind: 'words', ...words, orFile: false }
  if (/<(file|capture\.\.\.)>$/.test(option.flags)) return { kind: 'file' }
  return option.flags.endsWith('<folder>') ? { kind: 'folder' } : { kind: 'other' }
}

/** Captures, unless the argument has words of its own. */
function argumentOf(command: Command): Value {
  const [argument] = command.registeredArguments
  const words = argument?.argChoices
  if (words !== undefined) return { kind: 'words', words, isList: false, orFile: false }
  const others = argument === undefined ? undefined : wordsBesideFiles(argument)
  if (others !== undefined) return { kind: 'words', words: others, isList: false, orFile: true }
  return argument === undefined ? { kind: 'other' } : { kind: 'file' }
}
