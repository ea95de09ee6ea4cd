// Connections that one side never closes: CLOSE-WAIT piles up.

import { bytesText, count, duration, grouped } from '../../base/text.js'
import { type Ended, countOf } from '../ended.js'
import { type Incident, isPlausible } from '../incident.js'
import type { Host, Scene, Service } from '../scene.js'

const FEWEST = 3
const SURE = 10
const MINUTE_NS = 60e9
/** A server closes within this time if it closes at all. */
const HELD_NS = 5e9
/** So much longer than usual is no longer how an endpoint closes. */
const LONGER = 2
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
  const open = all.filter((c) => c.ending === 'lingering_established.close_wait' && c.by === closer)
  // Who closes after a while does so for those that are open too.
  const patientNs = Math.max(heldNs, LONGER * usualHoldNs(all, closer))
  if (open.filter(({ closedNs }) => endNs - closedNs >= patientNs).length < FEWEST) return []
  const held = open.sort((a, b) => a.closedNs - b.closedNs)
  const first = held[0]?.closedNs ?? NaN
  const n = countOf(held)
  // Since half of them had come: a single one may have stood for long.
  const half = halfTime(held)
  const perMinute = n / 2 / Math.max((endNs - half) / 60e9, 0.5)
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
      says: `${name} does not close what its ${peers} have closed: ${count(n, 'connection')} in CLOSE-WAIT when the capture ended, the first since ${names.moment(first)}${isPlausible(endNs - first) ? ` (${duration(endNs - first)})` : ''}${n >= SURE && endNs - first >= MINUTE_NS && isPlausible(endNs - first) ? `, ${rateText(perMinute)} a minute` : ''}.`,
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

/** When half of some connections had come. */
function halfTime(sorted: readonly Ended[]): number {
  let left = sorted.reduce((sum, { weight }) => sum + weight, 0) / 2
  for (const { closedNs, weight } of sorted) {
    left -= weight
    if (left <= 0) return closedNs
  }
  return NaN
}

/** How long 19 of 20 connections that were closed on both sides had been closed by one only. */
function usualHoldNs(all: readonly Ended[], closer: 'client' | 'server'): number {
  const times = all
    .filter(({ row, by }) => row.verdict === 'graceful_fin' && by === closer)
    .map((c) => c.endNs - c.closedNs)
    .sort((a, b) => a - b)
  return times[Math.floor(0.95 * (times.length - 1))] ?? 0
}

function rateText(perMinute: number): string {
  return perMinute >= 10 ? grouped(Math.round(perMinute)) : perMinute.toPrecision(2)
}
