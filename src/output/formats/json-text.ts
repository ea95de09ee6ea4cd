// JSON as it is written: on one line, every control and format character escaped, so that a name in a capture can neither
// steer the terminal nor turn the text. (JSON.stringify leaves those from DEL on alone.)

const UNPRINTABLE = /[\u007f-\u009f\u2028\u2029\p{Cf}]/gu

/** A value as JSON on one line, or with a line for each part that is indented by `indent`. */
export function jsonText(value: unknown, indent?: number): string {
  return JSON.stringify(value, undefined, indent).replace(UNPRINTABLE, escaped)
}

function escaped(char: string): string {
  let text = ''
  for (let at = 0; at < char.length; at++) {
    text += `\\u${char.charCodeAt(at).toString(16).padStart(4, '0')}`
  }
  return text
}
