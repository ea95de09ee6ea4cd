// Text for people: durations, counts, characters a terminal may see, lines that fit it.

/** Units of a duration: ns each, and from how many ns the next one is used. */
const UNITS: readonly (readonly [name: string, ns: number, below: number])[] = [
  ['µs', 1e3, 1e6],
  ['ms', 1e6, 1e9],
  ['s', 1e9, 120e9],
  ['min', 60e9, 7200e9],
  ['h', 3600e9, 172_800e9],
  ['days', 86_400e9, Infinity],
]

/** A duration for people: three significant digits and the unit that fits. */
export function duration(ns: number): string {
  if (Number.isNaN(ns)) return 'an unknown time'
  // Captures seldom tell shorter times, and never one that is none.
  if (ns < 0.5) return 'less than 1 µs'
  if (ns < 1e3) return `${Math.round(ns)} ns`
  for (const [name, unit, below] of UNITS) {
    const scaled = ns / unit
    // Rounding first: 999.6 µs are 1.00 ms.
    const places = scaled < 9.995 ? 2 : scaled < 99.95 ? 1 : 0
    const power = places === 2 ? 100 : places === 1 ? 10 : 1
    const digits = Math.round(scaled * power)
    if ((digits / power) * unit >= below) continue
    return `${withPoint(digits, places)} ${name}`
  }
  return `${ns} ns`
}

/** Whole `digits` with a point before the last `places`; Number.toPrecision takes ten times as long. */
function withPoint(digits: number, places: number): string {
  const text = `${digits}`
  return places === 0 ? text : `${text.slice(0, -places)}.${text.slice(-places)}`
}

/** A whole number with commas between thousands. Number.toLocaleString loads 20 ms of tables for that. */
export function grouped(n: number): string {
  return n < 1000 ? String(n) : String(n).replace(/\B(?=(\d{3})+$)/g, ',')
}

/** "once", "2 times". */
export function times(n: number): string {
  return n === 1 ? 'once' : `${grouped(n)} times`
}

/** "1 packet", "1,200 packets". */
export function count(n: number, noun: string): string {
  return `${grouped(n)} ${noun}${n === 1 ? '' : 's'}`
}

const BYTE_UNITS: readonly (readonly [name: string, bytes: number])[] = [
  ['GB', 1e9],
  ['MB', 1e6],
  ['kB', 1e3],
]

/** "512 B", "1.20 MB": three significant digits. */
export function bytesText(bytes: number): string {
  for (const [name, unit] of BYTE_UNITS) {
    // Rounding first: 999,999 B are 1.00 MB.
    const rounded = Number((bytes / unit).toPrecision(3))
    if (rounded >= 1)
      return `${rounded >= 1000 ? Math.round(rounded) : rounded.toPrecision(3)} ${name}`
  }
  return `${bytes} B`
}

// Control and format characters, line separators, halves of characters: all that has no look of its own.
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu

/** Text with everything replaced that is not seen but done: it can neither steer a terminal nor turn or hide text. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, (char) => {
    const code = char.codePointAt(0) ?? 0
    return code < 0x20 ? String.fromCodePoint(0x2400 + code) : '\u{fffd}'
  })
}

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
