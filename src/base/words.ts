// Which words a parser takes: help, completion and manuals ask it.

/** Words that are known, of which a text has one or a list with commas. */
export interface Words {
  readonly words: readonly string[]
  readonly isList: boolean
}

/** A parser that tells which words it takes. */
export function taking<P extends object>(
  parse: P,
  words: readonly string[],
  isList: boolean,
): P & Words {
  return Object.assign(parse, { words, isList })
}
