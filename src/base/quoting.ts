// Texts about a capture that copy something out of it, such as the number that a field should not hold. What stands where a
// capture is damaged may be anything, an address too, so each text can also be had without what it copies.

/** Stands where something of the capture was left out. */
const LEFT_OUT = '(hidden)'

/** A text in both forms. */
export interface Quoting {
  readonly whole: string
  /** The same without what is copied from the capture. */
  readonly bare: string
}

/** A tag for template literals: every value in them is copied from the capture. */
export function quoting(
  words: TemplateStringsArray,
  ...copied: readonly (string | number)[]
): Quoting {
  return {
    whole: String.raw({ raw: words }, ...copied),
    bare: String.raw({ raw: words }, ...copied.map(() => LEFT_OUT)),
  }
}

/** A text that copies nothing, in the same form. */
export function plain(text: string | Quoting): Quoting {
  return typeof text === 'string' ? { whole: text, bare: text } : text
}
