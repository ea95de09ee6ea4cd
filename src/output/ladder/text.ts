// Words and lines of a ladder.

import { wrap } from '../../base/text.js'
import type { Style } from '../style.js'

/** A line with a name in its left column, `room` wide, and text wrapped right of it. */
export function labelled(
  name: string,
  text: string,
  room: number,
  width: number,
  style: Style,
): string {
  const label = `  ${name.padEnd(room)}`
  // Wrapped before it is coloured: colours have no width.
  return style.faint(label) + wrap(text, width, label).slice(label.length)
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

/** Seconds with six digits after the point. */
export function secondsText(ns: number): string {
  const text = (ns / 1e9).toFixed(6)
  return text === '-0.000000' ? '0.000000' : text
}
