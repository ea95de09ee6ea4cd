// Connections that one side never closes: CLOSE-WAIT piles up.

import { bytesText, count, duration, grouped } from '../../base/text.js'
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
  const first = Math.min(...held.map(({ closedNs }) => closedNs))
  const n = countOf(held)
  const perMinute = n / Math.max((endNs - first) / 60e9, 1)
  const since = all.filter(({ by, closedNs }) => by === closer && closedNs >= first)
  const closed = countOf(since.filter(({ row }) => row.verdict === 'graceful_fin'))
  const bytes = held.reduce((sum, c) => sum + c.weight * (c.clientBytes + c.serverBytes), 0)
  const peers = closer === 'client' ? 'clients' : 'servers'
  return [
    {
      kind: 'close_wait_leak',
      endpoint: name,
      startNs: first,
      // They stand until the capture ends.
      endNs,
      confidence: n >= SURE ? 'certain' : 'likely',
      says: `${name} does not close what its ${peers} have closed: ${count(n, 'connection')} in CLOSE-WAIT when the capture ended, the first since ${names.moment(first)} (${duration(endNs - first)})${n >= SURE ? `, ${rateText(perMinute)} a minute` : ''}.`,
      speaksFor: [
        `${count(n, 'connection')} acknowledged the FIN and sent none of their own`,
        `${bytesText(Math.round(bytes))} of payload had passed on them`,
      ],
      speaksAgainst:
        closed > 0
          ? [
              `${count(closed, 'other connection')} that the ${peers} closed since then ${closed === 1 ? 'was' : 'were'} closed on both sides`,
            ]
          : [],
      members: held,
      oldestNs: endNs - first,
      perMinute,
    },
  ]
}

function rateText(perMinute: number): string {
  return perMinute >= 10 ? grouped(Math.round(perMinute)) : perMinute.toPrecision(2)
}
