// Connections that one side never closes: CLOSE-WAIT piles up.

import { bytesText, count, duration } from '../../base/text.js'
import { type Ended, countOf } from '../ended.js'
import type { Incident } from '../incident.js'
import type { Host, Scene, Service } from '../scene.js'

const FEWEST = 3
const SURE = 10
/** A server closes within this time if it closes at all. */
const HELD_NS = 5e9
/** Clients keep connections in a pool, and look at them when they are used next. */
const POOLED_NS = 120e9

/** The leak of a service. */
export function serviceLeak({ name, opened }: Service, scene: Scene): Incident[] {
  return leakOf(name, opened, 'client', HELD_NS, scene)
}

/** The leak of a client. */
export function clientLeak(host: Host, scene: Scene): Incident[] {
  if (host.role !== 'client') return []
  const name = scene.names.hostOfKey(host.key)
  return leakOf(name, host.troubled, 'server', POOLED_NS, scene)
}

/** The leak of an endpoint whose peers, which are its `closers`, have closed. */
function leakOf(
  name: string,
  all: readonly Ended[],
  closer: 'client' | 'server',
  heldNs: number,
  { endNs, names }: Scene,
): Incident[] {
  const held = all.filter((c) => c.ending === 'lingering_established.close_wait' && c.by === closer)
  if (held.filter(({ closedNs }) => endNs - closedNs >= heldNs).length < FEWEST) return []
  const times = held.map(({ closedNs }) => closedNs)
  const [first, last] = [Math.min(...times), Math.max(...times)]
  const n = countOf(held)
  const minutes = (last - first) / 60e9
  const closed = countOf(
    all.filter(({ row, by }) => row.verdict === 'graceful_fin' && by === closer),
  )
  const bytes = held.reduce((sum, c) => sum + c.clientBytes + c.serverBytes, 0)
  return [
    {
      kind: 'close_wait_leak',
      endpoint: name,
      startNs: first,
      endNs: last,
      confidence: n >= SURE ? 'certain' : 'likely',
      says: `${name} does not close what its ${closer === 'client' ? 'clients' : 'servers'} have closed: ${count(n, 'connection')} in CLOSE-WAIT since ${names.clock(first)}, the oldest for ${duration(endNs - first)}.`,
      speaksFor: [
        `${count(n, 'connection')} acknowledged the FIN and have sent none of their own since`,
        `${bytesText(bytes)} of payload had passed on them`,
      ],
      speaksAgainst:
        closed > 0 ? [`${count(closed, 'other connection')} closed on both sides`] : [],
      members: held,
      oldestNs: endNs - first,
      ...(minutes > 0 ? { perMinute: n / Math.max(minutes, 1 / 60) } : {}),
    },
  ]
}
