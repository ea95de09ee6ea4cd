// Manual pages in the language that `man` reads (man(7)).

import type { Command, Option } from 'commander'

/** A page, with the name of its file. */
export interface ManualPage {
  readonly file: string
  readonly text: string
}

/** What all pages say of themselves. */
export interface ManualAbout {
  readonly version: string
  /** Names of all commands. */
  readonly commands: readonly string[]
}

/** The page of the program, or of one of its commands. */
export function manualPage(command: Command, about: ManualAbout): ManualPage {
  const parent = command.parent?.name()
  const name = parent === undefined ? command.name() : `${parent}-${command.name()}`
  const title = `${name.toUpperCase()} 1 "" ${word(`tcp-teardown ${about.version}`)} "User Commands"`
  const sections = [
    `.TH ${title}`,
    // Nothing is hyphenated or stretched: commands are copied from here.
    '.nh\n.ad l',
    section('NAME', `${text(name)} \\- ${text(summaryOf(command))}`),
    section('SYNOPSIS', `.B ${text(synopsisOf(command))}`),
    ...(parent === undefined ? [section('DESCRIPTION', text(command.description()))] : []),
    ...argumentSection(command),
    ...commandSection(command),
    ...optionSections(command),
    ...moreSections(command),
    section('SEE ALSO', seeAlso(name, about.commands)),
  ]
  return { file: `${name}.1`, text: `${sections.join('\n')}\n` }
}

/** A description as the line of a list of pages: without its full stop. */
function summaryOf(command: Command): string {
  return command.description().replace(/\.$/, '')
}

function synopsisOf(command: Command): string {
  const parent = command.parent?.name()
  return [...(parent === undefined ? [] : [parent]), command.name(), command.usage()].join(' ')
}

function argumentSection(command: Command): string[] {
  const items = command.registeredArguments.map((argument) => {
    const choices = argument.argChoices === undefined ? '' : `: ${argument.argChoices.join(', ')}`
    return item(argument.name(), `${argument.description}${choices}`)
  })
  return items.length === 0 ? [] : [section('ARGUMENTS', items.join('\n'))]
}

function commandSection(command: Command): string[] {
  const commands = command.createHelp().visibleCommands(command)
  const items = commands
    .filter((each) => each.name() !== 'help')
    .map((each) => item(each.name(), each.description()))
  return items.length === 0 ? [] : [section('COMMANDS', items.join('\n'))]
}

/** A part for each group of options, as in the help. */
function optionSections(command: Command): string[] {
  const groups = new Map<string, Option[]>()
  for (const option of command.createHelp().visibleOptions(command)) {
    const heading = (option.helpGroupHeading ?? 'Options:').replace(/:$/, '')
    groups.set(heading, [...(groups.get(heading) ?? []), option])
  }
  const parts: string[] = []
  for (const [heading, options] of groups) {
    if (groups.size > 1) parts.push(`.SS ${word(heading)}`)
    for (const option of options) parts.push(item(option.flags, descriptionOf(option, command)))
  }
  return [section('OPTIONS', parts.join('\n'))]
}

/** With the default and the choices, as the help has it. */
function descriptionOf(option: Option, command: Command): string {
  return command.createHelp().optionDescription(option)
}

/** What the help says behind the options: examples and paragraphs. */
function moreSections(command: Command): string[] {
  let whole = ''
  command.configureOutput({ writeOut: (part) => (whole += part) }).outputHelp()
  const after = whole.slice(command.helpInformation().length)
  const paragraphs = after.trim().split(/\n\n+|\n(?=Exit codes: )/)
  return paragraphs.flatMap((paragraph) => {
    const lines = paragraph.split('\n')
    if (lines[0] === 'Examples:')
      return [section('EXAMPLES', lines.slice(1).map(exampleItem).join('\n'))]
    const [, codes] = /^Exit codes: ([^]*)$/.exec(paragraph) ?? []
    if (codes !== undefined) return [section('EXIT STATUS', text(codes.replaceAll('\n', ' ')))]
    return paragraph === '' ? [] : [section('NOTES', `.EX\n${text(paragraph)}\n.EE`)]
  })
}

/** A command, and behind two spaces or more what it is for. */
function exampleItem(line: string): string {
  const [, command = line.trim(), what = ''] = /^\s*(.*?)\s{2,}(.*)$/.exec(line) ?? []
  return item(command, what)
}

function seeAlso(name: string, commands: readonly string[]): string {
  const pages = ['tcp-teardown', ...commands.map((command) => `tcp-teardown-${command}`)]
  const others = [...pages, 'pcap-filter(7)', 'tcp(7)', 'tshark'].filter((page) => page !== name)
  return others
    .map((page) => `.BR ${text(page.replace(/\(\d\)$/, ''))} (${/\((\d)\)$/.exec(page)?.[1] ?? 1})`)
    .join(' ,\n')
    .replaceAll(/ ,$/gm, ',')
}

function section(title: string, body: string): string {
  return `.SH ${title}\n${body}`
}

/** A name and what it means, further in. */
function item(name: string, meaning: string): string {
  return `.TP\n.B ${text(name)}\n${meaning === '' ? '.br' : text(meaning)}`
}

/** An argument of a request. */
function word(value: string): string {
  return `"${text(value).replaceAll('"', String.raw`\(dq`)}"`
}

/** A text of which nothing is taken for a request. */
function text(value: string): string {
  return value
    .replaceAll('\\', String.raw`\(rs`)
    .replaceAll('-', String.raw`\-`)
    .replaceAll('…', '...')
    .replaceAll(/^(?=[.'])/gm, String.raw`\&`)
}
