// The second reading of a capture, for the packets of some of its connections.

import { CaptureError, TeardownError } from '../../base/errors.js'
import { CaptureClock } from '../../capture/clock.js'
import { Framer } from '../../capture/framer.js'
import { readCapture } from '../../capture/source.js'
import type { Ladder } from '../../output/ladder/packet.js'
import { LadderRecords, type LadderSettings } from './ladder-records.js'
import type { LadderTarget } from './target.js'

/**
 * Reads `path` and collects the packets of some connections, in the order of `targets`. A capture that is damaged is read up to
 * the damage.
 *
 * @throws {TeardownError} ERR_READ if less is there than at the first reading.
 */
export async function readLadders(
  path: string,
  targets: readonly LadderTarget[],
  settings: LadderSettings,
  signal?: AbortSignal,
): Promise<Ladder[]> {
  const records = new LadderRecords(targets, settings)
  try {
    await readCapture(path, new Framer(records, new CaptureClock()), { signal })
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error
  }
  if (records.frames < settings.packets) {
    const packets = `${records.frames} packets after ${settings.packets}`
    throw new TeardownError('ERR_READ', `cannot read ${path} twice: it has changed (${packets})`)
  }
  return records.ladders()
}
