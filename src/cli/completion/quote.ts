// Texts in scripts of shells.

/** A text that bash and zsh take as it is. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`
}

/** A text that fish takes as it is. */
export function quotedFish(text: string): string {
  return `'${text.replaceAll('\\', String.raw`\\`).replaceAll("'", String.raw`\'`)}'`
}

/** The name of the function that completes a program. */
export function functionName(program: string): string {
  return `_${program.replaceAll(/\W/g, '_')}`
}

/** The first part of a description: what a line beside a name has room for. */
export function brief(text: string): string {
  const [part = ''] = text.split(/[;(]|, such as/)
  return part.trim()
}
