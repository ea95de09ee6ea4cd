// Runs of pushed packets.

import type { Base } from '../corpus.js'
import { Random } from '../random.js'
import type { OneRun } from '../series.js'
import type { Settings } from './analysis.js'
import { check } from './check.js'
import { PacketPool } from './packets.js'

/** Packets to be pushed. */
export class Pushes {
  private readonly pool: PacketPool
  private readonly seed: number

  constructor(bases: readonly Base[], seed: number) {
    this.pool = new PacketPool(bases, seed)
    this.seed = seed
  }

  /** One run; throws what does not hold. */
  readonly oneRun: OneRun = (run) => {
    const random = new Random(this.seed, run)
    const packets = this.pool.packets(random)
    check(packets, settingsOf(random), random)
  }
}

function settingsOf(random: Random): Settings {
  return {
    ...(random.oneIn(4) && { maxConnections: random.pick([1, 2, 5]) }),
    ...(random.oneIn(4) && { maxHalfOpen: random.pick([1, 2, 5]) }),
    ...(random.oneIn(3) && { maxClosed: random.pick([1, 2, 5]) }),
    ...(random.oneIn(6) && { maxLayers: random.pick([1, 3, 6]) }),
    ...(random.oneIn(6) && { idleS: random.pick([0, 0.5, 60, 1e12]) }),
    ...(random.oneIn(6) && { killedAtNs: random.pick([0n, 1_700_000_000_000_000_000n]) }),
  }
}
