// JSON as it is written: on one line, every control character escaped, so that a name in a capture cannot steer the
// terminal. (JSON.stringify leaves DEL and the C1 controls alone.)

const CONTROL = /[\u007f-\u009f\u2028\u2029]/g

/** A value as JSON on one line. */
export function jsonText(value: unknown): string {
  return JSON.stringify(value).replace(CONTROL, escaped)
}

function escaped(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`
}
