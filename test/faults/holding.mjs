// Preloaded by the tests that need the program in the middle of a file: it stops there, says so by making the file
// `reached` in HOLD_FOLDER, and goes on when `go` is there. The file is HOLD_PATH, the place in front of its second
// reading, and HOLD_PASS says which time it is read. Reading less than a header is no reading but a look at the format.
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { join } from 'node:path'

const { HOLD_PATH, HOLD_PASS, HOLD_FOLDER = '' } = process.env
const HEADER_BYTES = 24
const LOOK_EVERY_MS = 5

const { openSync, readSync } = fs
/** How often each descriptor of the file has been read. */
const readings = new Map()
let passes = 0

fs.openSync = (path, ...more) => {
  const file = openSync(path, ...more)
  if (path === HOLD_PATH) readings.set(file, 0)
  else readings.delete(file)
  return file
}

fs.readSync = (file, buffer, ...more) => {
  if (readings.has(file) && buffer.length >= HEADER_BYTES) {
    const reading = readings.get(file) + 1
    readings.set(file, reading)
    if (reading === 1) passes++
    if (reading === 2 && passes === Number(HOLD_PASS)) hold()
  }
  return readSync(file, buffer, ...more)
}

syncBuiltinESMExports()

function hold() {
  fs.writeFileSync(join(HOLD_FOLDER, 'reached'), '')
  const clock = new Int32Array(new SharedArrayBuffer(4))
  while (!fs.existsSync(join(HOLD_FOLDER, 'go'))) Atomics.wait(clock, 0, 0, LOOK_EVERY_MS)
}
