// The packet path of segments that simply come next, compiled ahead (assembly/): decoding, the look into the table, and the
// record. It takes half the instructions of the paths it stands for. These decide whatever it refuses, and come to the same
// for what it takes: test/properties/compiled-path.test.ts.

import type { IndexRoom } from '../../base/hash-index.js'
import type { Framing } from '../../capture/record.js'
import { CLOSING_INTS } from '../record/closing.js'
import { CONN_INTS } from '../record/connection.js'
import { NEXT_STATE } from '../state.js'
import type { ConnectionTable } from '../table.js'
import { ZEEK_TABLES } from '../views/zeek.js'
import { READ_CELLS, TAKEN_LEFT, TAKEN_RECORD, TAKEN_SIDE, TAKEN_WORDS } from './exchange.js'
import { MODULE } from './module.js'
import type { PoolRoom, TableRoom } from './room.js'
import { type Memory, type Module, type WebAssemblyApi, webAssembly } from './webassembly.js'

/** Bytes of a capture that are read at once. */
const READ_BYTES = 1 << 20
/** Room for as many connections as are followed by default, and some that wait to be judged. */
const MOST_RECORDS = 320_000
/** Slots of an index for them, and of the smaller ones that come before it. */
const MOST_SLOTS = 2 << 20

const PAGE_BYTES = 65_536
const LINE_BYTES = 64
const INT_BYTES = 4
/** The module's own memory lies below. */
let placed = 4096

/** Offset of the next bytes of the memory that nobody has yet. */
function place(bytes: number): number {
  const at = placed
  placed += Math.ceil(bytes / LINE_BYTES) * LINE_BYTES
  return at
}

const READ_AT: number = place(READ_BYTES)
const EVENTS_AT: number = place(ZEEK_TABLES.events.byteLength)
const LETTERS_AT: number = place(ZEEK_TABLES.letters.byteLength)
const ZEEK_STATES_AT: number = place(ZEEK_TABLES.next.byteLength)
const STATES_AT: number = place(NEXT_STATE.byteLength)
const HEADS_AT: number = place(7 * INT_BYTES)
const TAKEN_AT: number = place(TAKEN_WORDS * INT_BYTES)
const READ_CELLS_AT: number = place(READ_CELLS * 2 * INT_BYTES)
const INDEX_AT: number = place(MOST_SLOTS * 2 * INT_BYTES)
const CONNECTIONS_AT: number = place(MOST_RECORDS * CONN_INTS * INT_BYTES)
const CLOSINGS_AT: number = place(MOST_RECORDS * CLOSING_INTS * INT_BYTES)
const PAGES: number = Math.ceil(placed / PAGE_BYTES)
const MOST_PAGES = 65_536

/** What `take` returns when it has done nothing. */
const REFUSED = -1

// Heads of the pools, and the size of the index.
const CONNECTIONS_HEAD_AT = HEADS_AT
const CLOSINGS_HEAD_AT: number = HEADS_AT + 3 * INT_BYTES
const SIZE_AT: number = HEADS_AT + 6 * INT_BYTES

/** What the module can do: see assembly/index.ts. */
interface Exports {
  take(
    start: number,
    end: number,
    origlen: number,
    linktype: number,
    frame: number,
    timeNs: number,
  ): number
  run(start: number, end: number): number
  placeConnections(at: number, head: number, most: number, seed: number): void
  placeIndex(at: number, slots: number, size: number): void
  placeClosings(at: number, head: number, states: number): void
  placePools(capacity: number): void
  placeZeek(events: number, letters: number, states: number): void
  placeTaken(at: number): void
  placeRead(cells: number, taken: number): void
  placeFraming(linktype: number, nsPerFraction: number, seconds: number, restNs: number): void
}

let compiled: Module | undefined

/** The compiled path of one analysis, and the memory that it shares with the table and the framer. */
export class CompiledPath implements TableRoom {
  /** What captures are read into: records in another view are not taken. */
  readonly view: DataView
  readonly index: IndexRoom
  readonly connections: PoolRoom
  readonly closings: PoolRoom
  /** What has been read of the capture: cells of exchange.ts. */
  readonly read: Float64Array
  private readonly taken: Int32Array
  private readonly module: Exports
  private table: ConnectionTable | undefined
  private slots: Int32Array | undefined

  /** A path with memory of its own, of which only what is used is taken; undefined where addresses or code are limited. */
  static open(): CompiledPath | undefined {
    if (webAssembly === undefined) return undefined
    let memory: Memory
    try {
      memory = new webAssembly.Memory({ initial: PAGES, maximum: MOST_PAGES, shared: true })
    } catch (error) {
      if (error instanceof RangeError) return undefined
      throw error
    }
    return new CompiledPath(webAssembly, memory)
  }

  private constructor({ Instance, Module: Compiled }: WebAssemblyApi, memory: Memory) {
    const { buffer } = memory
    this.view = new DataView(buffer, READ_AT, READ_BYTES)
    this.index = {
      slots: new Int32Array(buffer, INDEX_AT, MOST_SLOTS * 2),
      size: new Int32Array(buffer, SIZE_AT, 1),
    }
    this.connections = {
      floats: new Float64Array(buffer, CONNECTIONS_AT, (MOST_RECORDS * CONN_INTS) / 2),
      head: new Int32Array(buffer, CONNECTIONS_HEAD_AT, 3),
    }
    this.closings = {
      floats: new Float64Array(buffer, CLOSINGS_AT, (MOST_RECORDS * CLOSING_INTS) / 2),
      head: new Int32Array(buffer, CLOSINGS_HEAD_AT, 3),
    }
    this.read = new Float64Array(buffer, READ_CELLS_AT, READ_CELLS)
    this.taken = new Int32Array(buffer, TAKEN_AT, TAKEN_WORDS)
    compiled ??= new Compiled(Uint8Array.from(atob(MODULE), (byte) => byte.charCodeAt(0)))
    const instance = new Instance(compiled, { env: { memory } })
    this.module = instance.exports as Exports
    const bytes = new Uint8Array(buffer)
    bytes.set(ZEEK_TABLES.events, EVENTS_AT)
    bytes.set(new Uint8Array(ZEEK_TABLES.letters.buffer), LETTERS_AT)
    bytes.set(ZEEK_TABLES.next, ZEEK_STATES_AT)
    bytes.set(NEXT_STATE, STATES_AT)
    this.module.placePools(MOST_RECORDS)
    this.module.placeZeek(EVENTS_AT, LETTERS_AT, ZEEK_STATES_AT)
    this.module.placeClosings(CLOSINGS_AT, CLOSINGS_HEAD_AT, STATES_AT)
    this.module.placeTaken(TAKEN_AT)
    this.module.placeRead(READ_CELLS_AT, TAKEN_AT)
  }

  /** Works on the records of a table that was made in this memory, of `most` connections at once. */
  join(table: ConnectionTable, most: number): void {
    this.table = table
    this.module.placeConnections(CONNECTIONS_AT, CONNECTIONS_HEAD_AT, most, table.seed)
  }

  /**
   * Takes a record of `view`, if it is a segment that simply comes next; see `Decoder.decode` for the arguments.
   *
   * @returns Bits of exchange.ts, which say what is left to do for the caller; -1 when nothing was done.
   */
  take(
    start: number,
    end: number,
    origlen: number,
    linktype: number,
    frame: number,
    timeNs: number,
  ): number {
    if (!this.isAtHome()) return REFUSED
    return this.module.take(READ_AT + start, READ_AT + end, origlen, linktype, frame, timeNs)
  }

  /** Tells how the records lie that {@link run} takes. */
  beginRun({ linktype, nsPerFraction, baseSeconds, baseRestNs }: Framing): void {
    this.module.placeFraming(linktype, nsPerFraction, baseSeconds, baseRestNs)
  }

  /**
   * Takes the records of `view` whose headers begin at `start` and behind it, up to the first that is refused, not whole, or
   * leaves something to do.
   *
   * @returns Offset of the header of the next record.
   */
  run(start: number, end: number): number {
    if (this.isAtHome()) return this.module.run(READ_AT + start, READ_AT + end) - READ_AT
    this.taken[TAKEN_LEFT] = REFUSED
    return start
  }

  /** What `run` has left to do of the segment that was taken last. */
  get left(): number {
    return this.taken[TAKEN_LEFT] as number
  }

  /** Record of the segment that was taken last. */
  get record(): number {
    return this.taken[TAKEN_RECORD] as number
  }

  /** Side that sent it. */
  get side(): number {
    return this.taken[TAKEN_SIDE] as number
  }

  /** Whether the table still lies in this memory. It leaves when it grows beyond; its index also moves within. */
  private isAtHome(): boolean {
    const { table, slots } = this
    if (table === undefined || table.connections.floats !== this.connections.floats) return false
    if (table.closings.floats !== this.closings.floats) return false
    const now = table.index.slots
    if (now === slots) return true
    if (now.buffer !== this.index.slots.buffer) return false
    this.slots = now
    this.module.placeIndex(now.byteOffset, now.length / 2, SIZE_AT)
    return true
  }
}
