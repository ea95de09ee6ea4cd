// What the program makes of an input: its records, its connections and the report.

import { TeardownError } from '../../src/base/errors.js'
import { Framer } from '../../src/capture/framer.js'
import type { CaptureInfo } from '../../src/capture/info.js'
import { CaptureClock } from '../../src/capture/clock.js'
import type { RecordHandler } from '../../src/capture/record.js'
import { Pipeline, type AnalysisOptions } from '../../src/engine/pipeline.js'
import type { EndedConnection } from '../../src/engine/ended-connection.js'
import { analyzeSource } from '../../src/engine/analyze-source.js'
import { type CaptureReport, captureReport } from '../../src/engine/report.js'
import { type Connection, connectionOf } from '../../src/engine/connection.js'

/** How bytes are cut on their way, over and over; not at all when empty. */
export type Cuts = readonly number[]

/** The records of an input. */
export interface Records {
  /** One number for all that is told of a record: its bytes, time, lengths, link type and interface. */
  readonly digests: readonly number[]
  /** Offset of each frame in the capture. */
  readonly starts: readonly number[]
  readonly skippedEntries: number
  /** No record is earlier than the one before it. */
  readonly inOrder: boolean
  readonly info: CaptureInfo
  readonly bufferBytes: number
  readonly error: TeardownError | undefined
}

/** The connections of an input, and what is said of the capture. */
export interface Outcome {
  readonly connections: readonly Connection[]
  readonly report: CaptureReport
}

/** How an input is analyzed. */
export interface Manner {
  readonly cuts?: Cuts
  readonly options?: AnalysisOptions
  /** Endings are reported as soon as they are certain, as those of a pipe are. */
  readonly isLive?: boolean
  /** Gets every record as well. */
  readonly each?: RecordHandler
  /** Gets every connection as well. */
  readonly onConnection?: (from: EndedConnection) => void
}

/** The first buffers of all readings: what one input leaves there, another must not see. */
const ROOM = new DataView(new ArrayBuffer(8192))
const SMALL_ROOM = new DataView(new ArrayBuffer(7))

/** Notes records on their way. */
class RecordLog implements RecordHandler {
  readonly digests: number[] = []
  readonly starts: number[] = []
  skippedEntries = 0
  inOrder = true
  /** Bytes of the capture in front of the view. */
  origin: Pick<CaptureInfo, 'bytes'> = { bytes: 0 }
  #lastNs = -Infinity
  readonly #next: readonly RecordHandler[]

  constructor(...next: readonly (RecordHandler | undefined)[]) {
    this.#next = next.filter((handler) => handler !== undefined)
  }

  onRecord(...record: Parameters<RecordHandler['onRecord']>): void {
    const [view, start, end, origlen, linktype, timeNs, interfaceId] = record
    let digest = Math.imul(origlen ^ (timeNs / 1e9), 0x9e3779b1) ^ timeNs
    digest ^= linktype ^ (interfaceId << 16)
    for (let at = start; at < end; at++) digest = Math.imul(digest ^ view.getUint8(at), 0x01000193)
    this.digests.push(digest ^ (end - start))
    this.starts.push(this.origin.bytes + start)
    if (timeNs < this.#lastNs) this.inOrder = false
    this.#lastNs = timeNs
    for (const handler of this.#next) handler.onRecord(...record)
  }

  onSkippedRecord(timeNs: number): void {
    this.skippedEntries++
    for (const handler of this.#next) handler.onSkippedRecord?.(timeNs)
  }
}

/** Reads the records of an input as far as they go. */
export function recordsOf(bytes: Uint8Array, cuts: Cuts = []): Records {
  return readInto(new RecordLog(), new CaptureClock(), bytes, cuts)
}

/** Reads and analyzes an input. */
export function analyze(bytes: Uint8Array, manner: Manner = {}): Outcome & Records {
  const connections: Connection[] = []
  const clock = new CaptureClock()
  const handler = {
    onConnection: (from: EndedConnection): void => {
      connections.push(connectionOf(from))
      manner.onConnection?.(from)
    },
  }
  const analysis = new Pipeline('-', clock, handler, manner.options)
  const settling = {
    onRecord: (): void => analysis.tracker.settle(analysis.captureEndNs),
  }
  const log = new RecordLog(manner.each, analysis, manner.isLive === true ? settling : undefined)
  const records = readInto(log, clock, bytes, manner.cuts ?? [], analysis)
  analysis.finish()
  const report = captureReport('-', analysis, records.info, clock.baseNs, {}, records.error)
  return { ...records, connections, report }
}

/** Analyzes an input the way the command does: a stream, which may be gzip. */
export async function analyzeStream(bytes: Uint8Array, cuts: Cuts = []): Promise<Outcome> {
  const connections: Connection[] = []
  const handler = {
    onConnection: (from: EndedConnection): void => {
      connections.push(connectionOf(from))
    },
  }
  const report = await analyzeSource(stream(bytes, cuts), handler, { room: roomFor(cuts) })
  return { connections, report }
}

/** Everything of an outcome, for comparison. */
export function textOf({ connections, report }: Outcome): string {
  return JSON.stringify([connections, report])
}

function roomFor(cuts: Cuts): DataView {
  return cuts.length === 0 ? ROOM : SMALL_ROOM
}

function readInto(
  log: RecordLog,
  clock: CaptureClock,
  bytes: Uint8Array,
  cuts: Cuts,
  analysis?: Pipeline,
): Records {
  const framer = new Framer(log, clock, { room: roomFor(cuts) })
  const { info } = framer
  log.origin = info
  if (analysis !== undefined) analysis.origin = info
  let error: TeardownError | undefined
  try {
    if (cuts.length === 0) framer.push(bytes)
    else for (const piece of pieces(bytes, cuts)) framer.push(piece)
    framer.finish()
  } catch (thrown) {
    if (!(thrown instanceof TeardownError)) throw thrown
    error = thrown
  }
  const { digests, starts, skippedEntries, inOrder } = log
  const bufferBytes = framer.room.byteLength
  return { digests, starts, skippedEntries, inOrder, info, bufferBytes, error }
}

function pieces(bytes: Uint8Array, cuts: Cuts): Uint8Array[] {
  const list: Uint8Array[] = []
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = cuts[i % cuts.length] ?? bytes.length
    list.push(bytes.subarray(at, at + size))
    at += size
  }
  return list
}

async function* stream(bytes: Uint8Array, cuts: Cuts): AsyncGenerator<Uint8Array, void, undefined> {
  yield* pieces(bytes, cuts)
}
