// The form of a finding, and of the rows that find them.

import type { Derived } from '../derived.js'
import type { Cause } from '../endings.js'
import type { Evidence } from '../evidence.js'
import type { PacketRef } from '../packet-ref.js'
import type { SideEvidence } from '../side-evidence.js'
import type { FindingCode } from './codes.js'

/** One finding. */
export interface Finding {
  readonly code: FindingCode
  /** Record number, Wireshark's frame.number. */
  readonly frame: number
  /** Relative ns. */
  readonly ns: number
  readonly side?: 'client' | 'server'
  readonly count?: number
  /** A span in ns. */
  readonly spanNs?: number
  readonly bytes?: number
  /** One sentence. */
  readonly says: string
}

/** What a row is given and adds to. */
export type Add = (at: PacketRef, says: string, more?: More) => void

/** What a finding may tell besides. */
interface More {
  readonly side?: SideEvidence
  readonly count?: number
  readonly spanNs?: number
  readonly bytes?: number
}

/** A kind of finding. */
export interface FindingRow {
  readonly code: FindingCode
  readonly meaning: string
  /** How much it matters beside the ending, 0 for not enough to be in the explanation. */
  readonly weight: number
  /** Causes whose own sentence says it. */
  readonly saidBy?: readonly Cause[]
  /** Only a connection with a teardown record can have it. */
  readonly isRare?: true
  readonly find: (e: Evidence, s: Derived, add: Add) => void
}
