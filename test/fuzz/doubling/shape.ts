// What can be made twice as large.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Input of a hostile form, of any size. */
export interface Shape {
  readonly name: string
  /** Sizes to begin with: where work is counted, and where it is timed. */
  readonly counted: number
  readonly timed: number
  /** Writes captures of a size into an empty folder, and gives the command's arguments. */
  readonly make: (n: number, folder: string) => string[]
}

/** A shape that is one capture, analyzed. */
export function captureShape(
  name: string,
  sizes: readonly [counted: number, timed: number],
  build: (n: number) => Uint8Array,
  options: readonly string[] = [],
): Shape {
  return {
    name,
    counted: sizes[0],
    timed: sizes[1],
    make: (n, folder) => {
      const path = join(folder, 'capture')
      writeFileSync(path, build(n))
      return ['analyze', '-f', 'csv', '--jobs', '1', ...options, path]
    },
  }
}
