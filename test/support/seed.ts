// Property tests run with the same cases every time, so that a change is judged and not luck. `FC_SEED=N npm test` tries
// others, `FC_SEED=random` new ones at every run.

import fc from 'fast-check'

const wanted = process.env['FC_SEED'] ?? '1'
if (wanted !== 'random') fc.configureGlobal({ seed: Number(wanted) })
