// Text for people, broken at spaces.

/** No line is made shorter than this, however narrow the terminal. */
const ROOM_MIN = 20

/** Breaks text into lines of at most `width`, with `first` in front of the first and as many spaces before the others. */
export function wrap(text: string, width: number, first: string): string {
  const indent = ' '.repeat(first.length)
  const room = Math.max(ROOM_MIN, width - indent.length)
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > room) {
      lines.push(line)
      line = word
    } else {
      line = line === '' ? word : `${line} ${word}`
    }
  }
  lines.push(line)
  return lines.map((part, at) => (at === 0 ? first : indent) + part).join('\n')
}
