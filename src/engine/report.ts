// What is said about a capture as a whole, once it has been read: the `capture` lines of the output.

import type { CaptureError, TeardownError, TeardownErrorCode } from '../base/errors.js'
import type { CaptureInfo } from '../capture/info.js'
import type { ReadSummary } from '../capture/turns.js'
import {
  credibleCount,
  credibleLinktypes,
  credibleSnaplen,
  credibleSpan,
  isCredibleSpan,
} from '../output/anonymize/claims.js'
import { isNamedTime, isoTime, secondsOf } from '../output/bytes/time.js'
import type { Pipeline, DecodeCount } from './pipeline.js'

/** A broken or hostile capture can have interfaces of every link type there may be. */
const MAX_LINKTYPES_LISTED = 100

/** One capture's line of output. Keys are those of the output contract. */
export interface CaptureReport {
  readonly type: 'capture'
  readonly capture: string
  readonly format?: string
  readonly compression?: string
  /** LINKTYPE_ values of its interfaces, the first 100. */
  readonly linktypes: readonly number[]
  readonly linktypes_left_out?: number
  /** Names of interfaces, each once, the first 100, cut to 256 bytes; with an anonymizer their numbers. */
  readonly interfaces?: readonly string[]
  /** Interfaces whose names are not among them. */
  readonly interfaces_left_out?: number
  readonly snaplen_bytes?: number
  readonly packets: number
  readonly tcp_packets: number
  /** Bytes on the wire, as the capture's original lengths say. */
  readonly wire_bytes: number
  /** Bytes of the capture that were read, decompressed. */
  readonly read_bytes: number
  readonly start_time?: string
  readonly end_time?: string
  readonly duration_s?: number
  readonly connections: number
  /** Packets the capturing host lost, where the capture says so. */
  readonly dropped_packets?: number
  /** Entries of a pcapng that have no time, and are given that of a neighbour. */
  readonly untimed_packets?: number
  /** How often the clock was set back by more than 5 s, or ahead by more than 30 days, between two packets. */
  readonly clock_steps?: number
  /** Segments that came after their connection had been reported. */
  readonly late_packets?: number
  readonly evicted_connections?: number
  /** Captures that were analyzed as one, by `--merge`. */
  readonly merged_captures?: number
  /** Where bytes begin that follow the compressed data and were ignored. */
  readonly trailing_garbage_offset_bytes?: number
  /** Frames that are no TCP segment, by reason. */
  readonly skipped: readonly DecodeCount[]
  readonly error?: CaptureProblem
}

/** Why a capture could not be read, or not to its end. */
export interface CaptureProblem {
  readonly code: TeardownErrorCode
  readonly message: string
  readonly offset_bytes?: number
  readonly expected?: string
  readonly found?: string
}

/** Builds the report of a capture that has been read as far as it goes. */
export function captureReport(
  name: string,
  pipeline: Pipeline,
  info: CaptureInfo,
  baseNs: bigint | undefined,
  reading: Partial<ReadSummary>,
  error: TeardownError | undefined,
): CaptureReport {
  const { tracker, anonymizer } = pipeline
  const claimed = claimsOf(pipeline, info)
  const { snaplen, drops } = claimed
  const linktypes = claimed.linktypes.slice(0, MAX_LINKTYPES_LISTED)
  const linktypesLeftOut = claimed.linktypes.length - linktypes.length
  const { interfaceNames } = info
  const named =
    anonymizer === undefined ? interfaceNames : interfaceNames.map((_, at) => `interface ${at}`)
  return {
    type: 'capture',
    capture: name,
    ...(info.format === undefined ? {} : { format: info.format }),
    ...(info.compression === undefined ? {} : { compression: info.compression }),
    linktypes,
    ...(linktypesLeftOut === 0 ? {} : { linktypes_left_out: linktypesLeftOut }),
    ...(named.length === 0 ? {} : { interfaces: named }),
    ...(info.interfacesLeftOut === 0 ? {} : { interfaces_left_out: info.interfacesLeftOut }),
    ...(snaplen === 0 ? {} : { snaplen_bytes: snaplen }),
    packets: pipeline.frame,
    tcp_packets: pipeline.segments,
    wire_bytes: claimed.wireBytes,
    read_bytes: info.bytes,
    ...(baseNs === undefined || pipeline.frame === 0 ? {} : timesOf(pipeline, baseNs, claimed)),
    connections: pipeline.connections,
    ...(drops === undefined ? {} : { dropped_packets: drops }),
    ...(info.untimedRecords === 0 ? {} : { untimed_packets: info.untimedRecords }),
    ...(pipeline.clockSteps === 0 ? {} : { clock_steps: pipeline.clockSteps }),
    ...(tracker.latePackets === 0 ? {} : { late_packets: tracker.latePackets }),
    ...(tracker.evicted === 0 ? {} : { evicted_connections: tracker.evicted }),
    ...(reading.garbageOffset === undefined
      ? {}
      : { trailing_garbage_offset_bytes: reading.garbageOffset }),
    skipped: pipeline.decodeCounts(),
    ...(error === undefined ? {} : { error: problemOf(error, anonymizer !== undefined) }),
  }
}

/** Numbers of a report that nothing but the capture bears out. */
interface Claims {
  readonly linktypes: readonly number[]
  readonly snaplen: number
  readonly wireBytes: number
  readonly drops: number | undefined
  readonly durationS: number | undefined
}

/** The claims as they are shown: all of them, or where addresses are replaced the credible ones. */
function claimsOf(pipeline: Pipeline, info: CaptureInfo): Claims {
  const { anonymizer, wireBytes, claimedBytes, clockSteps } = pipeline
  const linktypes = [...info.linktypes]
  const drops = info.droppedPackets
  const durationNs = pipeline.captureEndNs - pipeline.captureStartNs
  if (anonymizer === undefined) {
    const { snaplen } = info
    return { linktypes, snaplen, wireBytes, drops, durationS: secondsOf(durationNs) }
  }
  // Across a clock that was set a duration means nothing.
  const isSpan = clockSteps === 0 || isCredibleSpan(durationNs)
  return {
    linktypes: credibleLinktypes(linktypes),
    snaplen: credibleSnaplen(info.snaplen),
    wireBytes: wireBytes - claimedBytes,
    drops: drops === undefined ? undefined : credibleCount(drops),
    durationS: isSpan ? secondsOf(credibleSpan(durationNs)) : undefined,
  }
}

/** First and last time, and what lies between them, unless one of them is not on the calendar. */
function timesOf(
  { captureStartNs, captureEndNs }: Pipeline,
  baseNs: bigint,
  { durationS }: Claims,
): Pick<CaptureReport, 'start_time' | 'end_time' | 'duration_s'> {
  const [start, end] = [isoTime(baseNs, captureStartNs), isoTime(baseNs, captureEndNs)]
  return {
    start_time: start,
    end_time: end,
    ...(durationS === undefined || isNamedTime(start) || isNamedTime(end)
      ? {}
      : { duration_s: durationS }),
  }
}

/** An error in the form of the output; the bare form copies nothing from the capture. */
function problemOf(error: TeardownError, isBare: boolean): CaptureProblem {
  const { code } = error
  const message = isBare ? error.bareMessage : error.message
  if (!isCaptureError(error)) return { code, message }
  const { expected, found } = isBare ? error.bare : error
  return { code, message, offset_bytes: error.offset, expected, found }
}

function isCaptureError(error: TeardownError): error is CaptureError {
  return 'offset' in error
}
