// The second reading of a capture, for the packets of some of its connections.

import { CaptureError, TeardownError } from '../../base/errors.js'
import { CaptureClock } from '../../capture/clock.js'
import { Framer } from '../../capture/framer.js'
import { type CaptureSource, readCapture } from '../../capture/source.js'
import type { Ladder } from '../../output/ladder/packet.js'
import { LadderRecords, type LadderSettings } from './ladder-records.js'
import type { LadderTarget } from './target.js'

/** What can be read twice: a path, or a function that begins anew every time. */
export type RepeatableSource = string | (() => AsyncIterable<Uint8Array>)

/** A source to read once. */
export function opened(source: RepeatableSource): CaptureSource {
  return typeof source === 'string' ? source : source()
}

/**
 * Reads a capture once more and collects the packets of some connections, in the order of `targets`. A capture that is damaged
 * is read up to the damage.
 *
 * @throws {TeardownError} ERR_READ if less is there than at the first reading.
 */
export async function readLadders(
  source: RepeatableSource,
  targets: readonly LadderTarget[],
  settings: LadderSettings,
  signal?: AbortSignal,
): Promise<Ladder[]> {
  const records = new LadderRecords(targets, settings)
  try {
    await readCapture(opened(source), new Framer(records, new CaptureClock()), { signal })
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error
  }
  if (records.frames < settings.packets) {
    const packets = `${records.frames} packets after ${settings.packets}`
    const name = typeof source === 'string' ? source : 'the stream'
    throw new TeardownError('ERR_READ', `cannot read ${name} twice: it has changed (${packets})`)
  }
  return records.ladders()
}
