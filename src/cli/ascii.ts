// Text for terminals that show nothing but ASCII: TERM=dumb, and locales that are not UTF-8. Formats for programs and
// whatever goes to no terminal stay as they are.

/** What stands for a character. Those of the ladder take one column, as they do; names of files are left alone. */
const SUBSTITUTES = new Map([
  ['→', '>'],
  ['←', '<'],
  ['▶', '>'],
  ['◀', '<'],
  ['►', '>'],
  ['◄', '<'],
  ['─', '-'],
  ['│', '|'],
  ['·', '.'],
  ['…', '...'],
  ['×', 'x'],
  ['µ', 'u'],
  ['’', "'"],
  ['–', '-'],
  ['┤', '|'],
  ['✓', '+'],
  ['✗', 'x'],
  ['▁', '.'],
  ['▂', ':'],
  ['▃', '-'],
  ['▄', '='],
  ['▅', '+'],
  ['▆', '*'],
  ['▇', '#'],
  ['█', '@'],
  ['\u{fffd}', '?'],
])

/** Characters that have a substitute, and the pictures of control characters. */
const REPLACED = /[→←▶◀►◄─│·…×µ’–┤✓✗▁▂▃▄▅▆▇█\u{fffd}\u2400-\u241f]/gu

/** Columns by which a line may become longer: an arrow between words, and a pair of ellipses. */
export const ASCII_MARGIN = 4

/** A text in ASCII, as far as it is ours. */
export function asciiText(text: string): string {
  return text
    .replace(/(?<=\S )→(?= )/g, '->')
    .replace(/§(?=\d)/g, '')
    .replace(REPLACED, (char) => SUBSTITUTES.get(char) ?? '?')
}

/** Whether a terminal takes ASCII only. `env` is that of the process, `platform` its operating system. */
export function isAsciiOnly(
  env: Readonly<Record<string, string | undefined>>,
  platform: string,
): boolean {
  if (env['TERM'] === 'dumb') return true
  // Windows and macOS have UTF-8 in every terminal, whatever the variables say.
  if (platform === 'win32' || platform === 'darwin') return false
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || 'C'
  return !/utf-?8/i.test(locale)
}

/** Turns pieces of UTF-8 into ASCII: a line at a time, so that no character is cut. */
export class AsciiLines {
  private readonly decoder = new TextDecoder()
  private rest = ''

  /** The lines that are whole. */
  push(bytes: Uint8Array): string {
    const text = this.rest + this.decoder.decode(bytes, { stream: true })
    const end = text.lastIndexOf('\n') + 1
    this.rest = text.slice(end)
    return asciiText(text.slice(0, end))
  }

  /** What is left. */
  end(): string {
    const { rest } = this
    this.rest = ''
    return asciiText(rest)
  }
}
