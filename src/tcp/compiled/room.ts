// Memory that a connection table is given to begin with: that of the compiled path, which works on the same records.

import type { IndexRoom } from '../../base/hash-index.js'

/** Memory of a pool of records. */
export interface PoolRoom {
  readonly floats: Float64Array
  /** Three words: number of the first free record plus one, how many are in use, and how many ever were. */
  readonly head: Int32Array
}

/** Memory of a table. */
export interface TableRoom {
  readonly index: IndexRoom
  readonly connections: PoolRoom
  readonly closings: PoolRoom
}
