// The durations of which metrics are made, each of the column that shows it.

import { COLUMNS } from '../columns/columns.js'
import type { Column } from '../columns/column.js'

/** A duration. */
export interface Timing {
  /** Name of its metric, without the program's name before it and the unit behind it. */
  readonly name: string
  /** Whose it is, where both sides have one. */
  readonly side?: 'client' | 'server'
  /** Key of the column with its value. */
  readonly column: string
}

/** All durations; the sides of one name stand together. */
export const TIMINGS: readonly Timing[] = [
  { name: 'handshake', column: 'handshake_rtt_s' },
  { name: 'half_close', column: 'fin_to_fin_s' },
  { name: 'idle_before_teardown', column: 'idle_before_teardown_s' },
  { name: 'last_data_to_rst', column: 'last_data_to_rst_s' },
  { name: 'close_wait', side: 'client', column: 'client_close_wait_s' },
  { name: 'close_wait', side: 'server', column: 'server_close_wait_s' },
]

/** The columns of the timings, in the same order; their raw values are ns, NaN where there is none. */
export const TIMING_COLUMNS: readonly Column[] = TIMINGS.map(
  ({ column }) => COLUMNS.find(({ key }) => key === column) as Column,
)
