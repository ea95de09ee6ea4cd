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

/** Seconds with six digits after the point. */
export function secondsText(ns: number): string {
  const text = (ns / 1e9).toFixed(6)
  return text === '-0.000000' ? '0.000000' : text
}
