// When a capture begins and ends: read through for its times alone.

import { CaptureClock } from '../capture/clock.js'
import { Framer } from '../capture/framer.js'
import { readCapture } from '../capture/source.js'

/** First and last time of what is read, ns since 1970. */
export interface CaptureSpan {
  readonly fromNs: bigint
  readonly toNs: bigint
}

/** The earliest and the latest time of a capture's packets; undefined when it has none. Of a damaged one those of what can be read. */
export async function captureSpan(
  path: string,
  signal: AbortSignal,
): Promise<CaptureSpan | undefined> {
  const clock = new CaptureClock()
  let earliestNs = Infinity
  let latestNs = -Infinity
  const framer = new Framer(
    {
      onRecord: (_view, _start, _end, _origlen, _linktype, timeNs) => {
        if (timeNs > latestNs) latestNs = timeNs
        if (timeNs < earliestNs) earliestNs = timeNs
      },
    },
    clock,
  )
  try {
    await readCapture(path, framer, { signal })
  } catch {
    // Whatever is wrong with it is told when it is analyzed.
  }
  const { baseNs } = clock
  if (baseNs === undefined || latestNs === -Infinity) return undefined
  return {
    fromNs: baseNs + BigInt(Math.round(earliestNs)),
    toNs: baseNs + BigInt(Math.round(latestNs)),
  }
}
