// A window on the records of one connection, for everything that is not on the packet path: each field can be read and set
// by its name. It is pointed at a connection and holds nothing of it; nobody may keep what it shows.

import { ENDPOINT_WORDS } from '../../context/endpoint-table.js'
import { CONN_IPV6 } from './bits.js'
import {
  CLOSING,
  CLOSING_INTS,
  CLOSING_SIDE,
  type ClosingSideWords,
  type ClosingWords,
  closingInts,
} from './closing.js'
import {
  CONN,
  CONN_INTS,
  type ConnectionWords,
  SIDE,
  STREAM_HIGH_UNIT,
  type SideWords,
  sideInts,
} from './connection.js'
import {
  Block,
  type Blocks,
  type Fields,
  IN_CLOSING,
  IN_TEARDOWN,
  OWN,
  type Records,
  defineFields,
  recordsOf,
} from './fields.js'
import {
  TEARDOWN,
  TEARDOWN_INTS,
  TEARDOWN_SIDE,
  type TeardownSideWords,
  type TeardownWords,
  teardownInts,
} from './teardown.js'

/** The records of connections. */
export interface RecordSet {
  readonly connections: Records
  readonly closings: Records
  readonly teardowns: Records
}

/** Stands in for a closing or teardown record that a connection does not have: nothing ever happened. */
const ENDPOINT = new Int32Array(ENDPOINT_WORDS)
const NOTHING: Records = recordsOf(new Float64Array(Math.max(CLOSING_INTS, TEARDOWN_INTS) / 2))

/** Facts of one side of a connection. */
export interface SideFields
  extends Blocks, Fields<SideWords>, Fields<ClosingSideWords>, Fields<TeardownSideWords> {}

/** Facts of a connection as a whole. */
export interface WholeFields
  extends Blocks, Fields<ConnectionWords>, Fields<ClosingWords>, Fields<TeardownWords> {}

class ThreeBlocks implements Blocks {
  readonly own: Block = new Block(NOTHING)
  readonly closing: Block = new Block(NOTHING)
  readonly teardown: Block = new Block(NOTHING)
}

class SideBlocks extends ThreeBlocks {}
defineFields(SideBlocks.prototype, SIDE, OWN)
defineFields(SideBlocks.prototype, CLOSING_SIDE, IN_CLOSING)
defineFields(SideBlocks.prototype, TEARDOWN_SIDE, IN_TEARDOWN)

class WholeBlocks extends ThreeBlocks {}
defineFields(WholeBlocks.prototype, CONN, OWN)
defineFields(WholeBlocks.prototype, CLOSING, IN_CLOSING)
defineFields(WholeBlocks.prototype, TEARDOWN, IN_TEARDOWN)

const SideBase: new () => SideFields = SideBlocks as unknown as new () => SideFields
const WholeBase: new () => WholeFields = WholeBlocks as unknown as new () => WholeFields

/** One side of a connection. */
export class Side extends SideBase {
  /** Whether any of the SIDE_* bits is set. */
  has(bits: number): boolean {
    return (this.flags & bits) !== 0
  }

  /** Points at a side of a connection record. */
  pointAt({ connections }: RecordSet, record: number, side: number): void {
    this.own.pointAt(connections, sideInts(record, side))
  }

  /** Points at its part of a closing record; -1 for none. */
  pointAtClosing({ closings }: RecordSet, index: number, side: number): void {
    if (index < 0) this.closing.pointAt(NOTHING, 0)
    else this.closing.pointAt(closings, closingInts(index, side))
  }

  /** Points at its part of a teardown record; -1 for none. */
  pointAtTeardown({ teardowns }: RecordSet, index: number, side: number): void {
    if (index < 0) this.teardown.pointAt(NOTHING, 0)
    else this.teardown.pointAt(teardowns, teardownInts(index, side))
  }
}

/** A connection as a whole. */
export class Whole extends WholeBase {
  record = -1

  /** Whether any of the CONN_* bits is set. */
  has(bits: number): boolean {
    return (this.flags & bits) !== 0
  }

  /** Wireshark's tcp.stream number. */
  get streamNumber(): number {
    return this.streamHigh * STREAM_HIGH_UNIT + this.streamLow
  }

  get isIpv6(): boolean {
    return this.has(CONN_IPV6)
  }

  /** Position of the address of a side in `own.ints`: one word, or four for IPv6. */
  addressAt(side: number): number {
    return this.own.word + (side === 0 ? CONN.addr0 : CONN.addr1)
  }

  portOf(side: number): number {
    return side === 0 ? this.ports >>> 16 : this.ports & 0xffff
  }

  /** Address, port and encapsulation of a side as words of an endpoint table; valid until the next call. */
  endpoint(side: number): Int32Array {
    const { ints } = this.own
    const at = this.addressAt(side)
    const { isIpv6 } = this
    ENDPOINT[0] = ints[at] as number
    ENDPOINT[1] = isIpv6 ? (ints[at + 1] as number) : 0
    ENDPOINT[2] = isIpv6 ? (ints[at + 2] as number) : 0
    ENDPOINT[3] = isIpv6 ? (ints[at + 3] as number) : 0
    ENDPOINT[4] = this.portOf(side)
    ENDPOINT[5] = this.encapsulation
    return ENDPOINT
  }

  /** Points at a connection record. */
  pointAt({ connections }: RecordSet, record: number): void {
    this.record = record
    this.own.pointAt(connections, record * CONN_INTS)
  }

  /** Points at a closing record; -1 for none. */
  pointAtClosing({ closings }: RecordSet, index: number): void {
    if (index < 0) this.closing.pointAt(NOTHING, 0)
    else this.closing.pointAt(closings, index * CLOSING_INTS)
  }

  /** Points at a teardown record; -1 for none. */
  pointAtTeardown({ teardowns }: RecordSet, index: number): void {
    if (index < 0) this.teardown.pointAt(NOTHING, 0)
    else this.teardown.pointAt(teardowns, index * TEARDOWN_INTS)
  }
}
