// JSON that can be shown on a terminal: JSON.stringify escapes the control characters below U+0020 only.

// oxlint-disable-next-line no-control-regex -- control characters are what this is about
const CONTROL = /[\u007f-\u009f\u2028\u2029]/g

/** A value as JSON on one line, with every control character escaped. */
export function jsonText(value: object): string {
  return JSON.stringify(value).replace(CONTROL, escaped)
}

function escaped(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`
}
