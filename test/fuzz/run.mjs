#!/usr/bin/env node
// The long run of the fuzzing, in one process; each kind is a file in long/.
//
//   npm run fuzz                                   damaged captures: a million inputs, or ten minutes
//   npm run fuzz -- --runs 1e7 --seconds 3600 --seed 7
//   npm run fuzz -- --seed 7 --only 123456         one input once more, written to find-SEED-RUN.bin
//   npm run fuzz -- commands --first 100000        another kind: captures, commands, push, kills, doubling
//
// A seed and a run give the same input wherever the same captures lie in samples/ and ../shared/captures. Exits with 1 if
// there are finds.
import { parseArgs } from 'node:util'

const KINDS = ['captures', 'commands', 'push', 'kills', 'doubling']

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: 'string' },
    seconds: { type: 'string', default: '600' },
    seed: { type: 'string', default: '1' },
    first: { type: 'string', default: '0' },
    only: { type: 'string' },
    'max-finds': { type: 'string', default: '20' },
  },
})
const [kind = 'captures'] = positionals
if (!KINDS.includes(kind)) throw new Error(`${kind} is none of ${KINDS.join(', ')}`)

const { run } = await import(`./long/${kind}.mjs`)
await run(values)
