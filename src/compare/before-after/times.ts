// The times that are compared: what they are called, and where they are read.

import type { Sketch } from '../../output/endpoints/sketch.js'
import type { Period } from './period.js'

/** A time of connections. */
export interface TimeRow {
  readonly key: string
  readonly title: string
  readonly of: (period: Period) => Sketch
}

/** Every time, in the order of the output. */
export const TIMES: readonly TimeRow[] = [
  { key: 'connection', title: 'connection', of: ({ lifetime }) => lifetime },
  { key: 'idle', title: 'idle before the close', of: ({ stats }) => stats.idle },
  { key: 'half_close', title: 'half-closed', of: ({ stats }) => stats.halfClose },
  {
    key: 'server_close_wait',
    title: 'CLOSE-WAIT of the server',
    of: ({ stats }) => stats.serverCloseWait,
  },
  {
    key: 'client_close_wait',
    title: 'CLOSE-WAIT of the client',
    of: ({ stats }) => stats.clientCloseWait,
  },
]
