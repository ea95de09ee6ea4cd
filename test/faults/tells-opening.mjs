// Loaded into the program: says on standard error that the file OPENED is about to be opened, which may block.

import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'

const { openSync } = fs
fs.openSync = (path, ...rest) => {
  if (path === process.env.OPENED) fs.writeSync(2, 'opening')
  return openSync(path, ...rest)
}
syncBuiltinESMExports()
