// Ended connections on their way to another thread, and back. Nothing is copied: the records lie in shared memory, and
// stay as they are until the other thread is done with them. What goes along is what will have changed by then.

import type { ResetBurst } from '../context/reset-bursts.js'
import {
  type CaptureFacts,
  type ConnectionHandler,
  EndedConnection,
  type EndedConnectionOptions,
} from '../engine/ended-connection.js'
import type { HandOver, HandedOver } from '../engine/pipeline.js'
import { type Records, recordsOf } from '../tcp/record/fields.js'
import type { ConnectionRecords } from '../tcp/table.js'
import { PlainEnding } from '../tcp/views/plain-ending.js'
import { Evidence, type EvidenceContext } from '../verdict/evidence.js'

/** Enough that the messages between threads cost little, few enough that what is on its way stays in the cache. */
const BATCH_CONNECTIONS = 512

// Words of an entry.
const RECORD = 0
const STREAM = 1
const CAPTURE_START_NS = 2
const CAPTURE_END_NS = 3
const IDLE_NS = 4
/** 1 when the capture says that packets were lost. */
const DROPS = 5
const CLOCK_STEP_FRAME = 6
/** The burst its reset belongs to, a word for each field; no resets for none. */
const BURST = 7
const ENTRY_WORDS = 13

/** Ended connections in the order of their endings: plain data, its arrays over shared memory. */
export interface EndingBatch {
  readonly captureName: string
  readonly connections: number
  readonly entries: Float64Array
  /** Cells of all records there are, of which the entries name some. */
  readonly records: {
    readonly connections: Float64Array
    readonly closings: Float64Array
    readonly teardowns: Float64Array
  }
  /** Zero of the times, ns since 1970. */
  readonly baseNs: bigint
  /** Texts of encapsulations that no earlier batch brought along. */
  readonly encapsulations: readonly (readonly [id: number, text: string])[]
}

/** Puts ended connections into batches. */
export class BatchWriter implements HandOver {
  /** Whether connections are taken. */
  isOpen = false
  private readonly send: (batch: EndingBatch) => void
  private readonly capacity: number
  private readonly e = new Evidence()
  private from: HandedOver | undefined
  private entries: Float64Array
  private count = 0
  private readonly spare: Float64Array[] = []
  private readonly told = new Set<number>([0])
  private encapsulations: (readonly [id: number, text: string])[] = []

  /** `send` takes batches of `capacity` connections, and smaller ones by {@link flush}. */
  constructor(send: (batch: EndingBatch) => void, capacity: number = BATCH_CONNECTIONS) {
    this.send = send
    this.capacity = capacity
    this.entries = this.newEntries()
  }

  begin(from: HandedOver): void {
    this.from = from
  }

  take(record: number): boolean {
    const { from, entries } = this
    if (!this.isOpen || from === undefined) return false
    const at = this.count * ENTRY_WORDS
    const { table } = from.tracker
    entries[at + RECORD] = record
    entries[at + STREAM] = table.streamOf(record)
    entries[at + CAPTURE_START_NS] = from.captureStartNs
    entries[at + CAPTURE_END_NS] = from.captureEndNs
    entries[at + IDLE_NS] = from.idleNs
    entries[at + DROPS] = from.captureDrops ? 1 : 0
    entries[at + CLOCK_STEP_FRAME] = from.clockStepFrame
    const c = table.at(record)
    if (c.encapsulation !== 0) this.tell(c.encapsulation, from)
    const mayShare = c.teardownIndex !== 0 && !table.bursts.isEmpty
    writeBurst(entries, at + BURST, mayShare ? this.burstOf(record, from) : undefined)
    this.count++
    if (this.count === this.capacity) this.flush()
    return true
  }

  /** Sends what there is. */
  flush(): void {
    const { from, count, entries, encapsulations } = this
    if (count === 0 || from === undefined) return
    const { connections, closings, teardowns } = from.tracker.table
    this.count = 0
    this.entries = this.spare.pop() ?? this.newEntries()
    this.encapsulations = []
    this.send({
      captureName: from.captureName,
      connections: count,
      entries,
      records: {
        connections: connections.floats,
        closings: closings.floats,
        teardowns: teardowns.floats,
      },
      baseNs: from.clock.baseNs ?? 0n,
      encapsulations,
    })
  }

  /** Takes a batch back whose rows are made. */
  release({ connections, entries }: EndingBatch): void {
    for (let i = 0; i < connections; i++) {
      this.from?.tracker.table.release(entries[i * ENTRY_WORDS + RECORD] as number)
    }
    this.spare.push(entries)
  }

  private tell(id: number, from: HandedOver): void {
    if (this.told.has(id)) return
    this.told.add(id)
    this.encapsulations.push([id, from.encapsulations.text(id)])
  }

  private burstOf(record: number, from: HandedOver): ResetBurst | undefined {
    this.e.fill(from.tracker.table, record, from)
    return this.e.server.rst.at.seen ? this.e.burst() : undefined
  }

  private newEntries(): Float64Array {
    const bytes = this.capacity * ENTRY_WORDS * Float64Array.BYTES_PER_ELEMENT
    return new Float64Array(new SharedArrayBuffer(bytes))
  }
}

/** Classifies the connections of batches, which are evidence like those of a table. */
export class BatchReader implements ConnectionRecords, EvidenceContext, CaptureFacts {
  connections: Records = NO_RECORDS
  closings: Records = NO_RECORDS
  teardowns: Records = NO_RECORDS
  readonly bursts: ConnectionRecords['bursts'] = { find: () => this.burst() }
  captureStartNs = 0
  captureEndNs = 0
  idleNs = 0
  captureDrops = false
  clockStepFrame = 0
  captureName = ''
  baseNs = 0n
  readonly isUnchanged: boolean
  private readonly plain = new PlainEnding()
  private readonly connection: EndedConnection
  private readonly handler: ConnectionHandler
  private readonly encapsulations = new Map<number, string>()
  private entries: Float64Array = new Float64Array(0)
  private at = 0

  constructor(handler: ConnectionHandler, options: EndedConnectionOptions) {
    this.connection = new EndedConnection('-', this, options)
    this.isUnchanged = options.anonymizer === undefined && options.killedAtNs === undefined
    this.handler = handler
  }

  /** Classifies the connections of a batch and hands them over in its order. */
  read(batch: EndingBatch): void {
    const { connection } = this
    const { connections, entries, records, baseNs, encapsulations } = batch
    connection.captureName = batch.captureName
    this.captureName = batch.captureName
    this.baseNs = baseNs
    this.connections = recordsOf(records.connections)
    this.closings = recordsOf(records.closings)
    this.teardowns = recordsOf(records.teardowns)
    this.entries = entries
    for (const [id, text] of encapsulations) this.encapsulations.set(id, text)
    for (let i = 0; i < connections; i++) {
      this.at = i * ENTRY_WORDS
      this.captureStartNs = this.word(CAPTURE_START_NS)
      this.captureEndNs = this.word(CAPTURE_END_NS)
      this.idleNs = this.word(IDLE_NS)
      this.captureDrops = this.word(DROPS) !== 0
      this.clockStepFrame = this.word(CLOCK_STEP_FRAME)
      const record = this.word(RECORD)
      if (this.isPlain(record)) continue
      connection.pointAt(record, this, baseNs)
      connection.encapsulation = this.encapsulationOf(connection.e.encapsulation)
      this.handler.onConnection(connection)
    }
  }

  streamOf(): number {
    return this.word(STREAM)
  }

  get isClockSet(): boolean {
    return this.clockStepFrame > 0
  }

  readonly encapsulationOf = (id: number): string => this.encapsulations.get(id) ?? ''

  /** Whether a connection ended as most do, and was taken as such. */
  private isPlain(record: number): boolean {
    const { handler, plain } = this
    if (handler.onPlainEnding === undefined || !plain.take(this, record, this)) return false
    // In the record it is gone.
    plain.stream = this.streamOf()
    return handler.onPlainEnding(plain, this)
  }

  private burst(): ResetBurst | undefined {
    const resets = this.word(BURST)
    if (resets === 0) return undefined
    return {
      resets,
      bareResets: this.word(BURST + 1),
      firstNs: this.word(BURST + 2),
      lastNs: this.word(BURST + 3),
      refusedFrame: this.word(BURST + 4),
      refusedNs: this.word(BURST + 5),
    }
  }

  private word(offset: number): number {
    return this.entries[this.at + offset] as number
  }
}

function writeBurst(entries: Float64Array, at: number, burst: ResetBurst | undefined): void {
  entries[at] = burst?.resets ?? 0
  if (burst === undefined) return
  entries[at + 1] = burst.bareResets
  entries[at + 2] = burst.firstNs
  entries[at + 3] = burst.lastNs
  entries[at + 4] = burst.refusedFrame
  entries[at + 5] = burst.refusedNs
}

const NO_RECORDS: Records = recordsOf(new Float64Array(0))
