// Text from captures and file names on its way to a terminal.

// Control and format characters, line separators, halves of characters: all that has no look of its own.
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu

/** Text with everything replaced that is not seen but done: it can neither steer a terminal nor turn or hide text. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, (char) => {
    const code = char.codePointAt(0) ?? 0
    return code < 0x20 ? String.fromCodePoint(0x2400 + code) : '\u{fffd}'
  })
}
