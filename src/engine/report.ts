// What is said about a capture as a whole, once it has been read: the `capture` lines of the output.

import type { CaptureError, TeardownError, TeardownErrorCode } from '../base/errors.js'
import type { CaptureInfo } from '../capture/info.js'
import type { ReadSummary } from '../capture/source.js'
import {
  credibleCount,
  credibleLinktypes,
  credibleSnaplen,
  credibleSpan,
  isCredibleSpan,
} from '../output/anonymize/claims.js'
import { isoTime, secondsOf } from '../output/bytes/time.js'
import type { Pipeline, DecodeCount } from './pipeline.js'

/** A broken or hostile capture can have a million interfaces. */
const MAX_INTERFACES_NAMED = 100

/** One capture's line of output. Keys are those of the output contract. */
export interface CaptureReport {
  readonly type: 'capture'
  readonly capture: string
  readonly format?: string
  readonly compression?: string
  readonly linktypes: readonly number[]
  /** Names of interfaces, each once, the first 100; with an anonymizer their numbers. */
  readonly interfaces?: readonly string[]
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
  /** How often the clock was set back by more than 5 s, or ahead by more than 30 days, between two packets. */
  readonly clock_steps?: number
  /** Segments that came after their connection had been reported. */
  readonly late_packets?: number
  readonly evicted_connections?: number
  /** Captures that were analyzed as one, by `--merge`. */
  readonly merged_captures?: number
  /** Where bytes begin that follow the gzip data and were ignored. */
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
  const { snaplen, drops, durationS } = claimed
  const names = new Set(info.interfaces.flatMap((each) => each.name ?? []))
  const shown = [...names].slice(0, MAX_INTERFACES_NAMED)
  const named = anonymizer === undefined ? shown : shown.map((_, at) => `interface ${at}`)
  return {
    type: 'capture',
    capture: name,
    ...(info.format === undefined ? {} : { format: info.format }),
    ...(reading.compression === undefined ? {} : { compression: reading.compression }),
    linktypes: claimed.linktypes,
    ...(named.length === 0 ? {} : { interfaces: named }),
    ...(names.size === named.length ? {} : { interfaces_left_out: names.size - named.length }),
    ...(snaplen === 0 ? {} : { snaplen_bytes: snaplen }),
    packets: pipeline.frame,
    tcp_packets: pipeline.segments,
    wire_bytes: claimed.wireBytes,
    read_bytes: info.bytes,
    ...(baseNs === undefined || pipeline.frame === 0
      ? {}
      : {
          start_time: isoTime(baseNs, pipeline.captureStartNs),
          end_time: isoTime(baseNs, pipeline.captureEndNs),
          ...(durationS === undefined ? {} : { duration_s: durationS }),
        }),
    connections: pipeline.connections,
    ...(drops === undefined ? {} : { dropped_packets: drops }),
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
  const drops = droppedPackets(info)
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

/** Packets lost before they reached the capture, by all its interfaces; undefined when it does not say. */
function droppedPackets(info: CaptureInfo): number | undefined {
  let sum: number | undefined
  for (const { interfaceDrops, systemDrops, recordDrops } of info.interfaces) {
    if (interfaceDrops === undefined && systemDrops === undefined && recordDrops === 0) continue
    const counted = (interfaceDrops ?? 0) + (systemDrops ?? 0)
    sum = (sum ?? 0) + Math.max(counted, recordDrops)
  }
  return sum
}
