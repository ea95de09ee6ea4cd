// When a capture ends: read through for its times alone.

import { CaptureClock } from '../capture/clock.js'
import { Framer } from '../capture/framer.js'
import { readCapture } from '../capture/source.js'

/**
 * The time of the latest packet of a capture, ns since 1970; undefined when it has none. Of a damaged one that of what can be read.
 */
export async function captureEnd(path: string, signal: AbortSignal): Promise<bigint | undefined> {
  const clock = new CaptureClock()
  let latestNs = -Infinity
  const framer = new Framer(
    {
      onRecord: (_view, _start, _end, _origlen, _linktype, timeNs) => {
        if (timeNs > latestNs) latestNs = timeNs
      },
    },
    clock,
  )
  try {
    await readCapture(path, framer, { signal })
  } catch {
    // Whatever is wrong with it is told when it is analyzed.
  }
  return clock.baseNs === undefined || latestNs === -Infinity
    ? undefined
    : clock.baseNs + BigInt(Math.round(latestNs))
}
