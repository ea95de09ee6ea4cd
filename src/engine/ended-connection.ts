// One ended connection with its evidence and judgement: what the columns read.

import type { Anonymizer } from '../output/columns/address.js'
import type { ColumnSource } from '../output/columns/column.js'
import type { ConnectionRecords } from '../tcp/table.js'
import type { PlainContext } from '../output/formats/plain-row.js'
import type { PlainEnding } from '../tcp/views/plain-ending.js'
import { Judgement } from '../verdict/classify.js'
import { Evidence, type EvidenceContext } from '../verdict/evidence.js'

/** Takes judged connections. */
export interface ConnectionHandler {
  /** `connection` is refilled for the next one: read what is needed during the call. */
  onConnection(connection: EndedConnection): void
  /** Takes a connection that ended as most do; false to get it by `onConnection`, judged. */
  onPlainEnding?: ((ending: PlainEnding, capture: CaptureFacts) => boolean) | undefined
}

/** What is said with the facts of a {@link PlainEnding}. */
export interface CaptureFacts extends PlainContext {
  readonly isClockSet: boolean
  /** The capture says that packets were lost before they reached it. */
  readonly captureDrops: boolean
  /** Neither are addresses replaced, nor is the time of a kill known. */
  readonly isUnchanged: boolean
}

/** What is said with every connection of a capture. */
export interface EndedConnectionOptions {
  /** Ns since 1970 of a kill the user knows of: its distance to each teardown is reported. */
  readonly killedAtNs?: bigint | undefined
  /** Replaces addresses wherever they are shown. */
  readonly anonymizer?: Anonymizer | undefined
}

/** A window on one connection after another of the same records. */
export class EndedConnection implements ColumnSource {
  readonly e: Evidence = new Evidence()
  readonly j: Judgement = new Judgement()
  captureName: string
  baseNs = 0n
  encapsulation = ''
  killedNs: number = NaN
  readonly table: ConnectionRecords
  readonly anonymizer: Anonymizer | undefined
  private readonly killedAtNs: bigint | undefined

  constructor(
    captureName: string,
    table: ConnectionRecords,
    { killedAtNs, anonymizer }: EndedConnectionOptions,
  ) {
    this.captureName = captureName
    this.table = table
    this.killedAtNs = killedAtNs
    this.anonymizer = anonymizer
  }

  /** Points at a connection and classifies it. `baseNs` is the zero of its times. */
  pointAt(record: number, context: EvidenceContext, baseNs: bigint): void {
    if (this.killedAtNs !== undefined) {
      this.killedNs = Number(this.killedAtNs - baseNs)
    }
    this.baseNs = baseNs
    this.e.fill(this.table, record, context)
    this.j.classify(this.e)
  }
}
