// A service that takes connections more slowly than they come: its accept queue is full.

import { count, duration } from '../../base/text.js'
import { type Ended, countOf } from '../ended.js'
import type { Incident } from '../incident.js'
import type { Scene, Service } from '../scene.js'

const FEWEST_OVERFLOWS = 2
const FEWEST_SILENCES = 3
/** Another connection was taken so shortly before or after a SYN that got no answer, or in as many usual gaps. */
const BESIDE_NS = 1e9
const BESIDE_GAPS = 3
/** What lies further apart are several times. */
const APART_NS = 10e9
/** More times than that are told as one. */
const MOST_TIMES = 3

/** The times at which the accept queue of a service was full. */
export function fullAcceptQueue(service: Service, scene: Scene): Incident[] {
  const { all, opened, acceptedNs, usualGapNs } = service
  const overflows = all.filter(isOverflow)
  // A client that is never taken is turned away by something else.
  const firstTakenNs = acceptedNs[0] ?? Infinity
  const lastTakenNs = acceptedNs.at(-1) ?? -Infinity
  const taken = new Set<string>(opened.map(({ clientKey }) => clientKey))
  const besideNs = Math.max(BESIDE_NS, BESIDE_GAPS * usualGapNs || 0)
  const silences = all.filter(
    ({ ending, startNs, clientKey }) =>
      ending === 'handshake_failed.unanswered' &&
      startNs > firstTakenNs &&
      startNs < lastTakenNs &&
      taken.has(clientKey) &&
      acceptedNs.some((ns) => Math.abs(ns - startNs) <= besideNs),
  )
  const members = [...overflows, ...silences].sort((a, b) => a.startNs - b.startNs)
  const told = timesOf(members).filter(isTelling)
  return (told.length > MOST_TIMES ? [told.flat()] : told).map((each) =>
    queueIncident(service, each, told.length, scene),
  )
}

function isOverflow({ ending }: Ended): boolean {
  return ending === 'handshake_failed.accept_overflow'
}

function isTelling(members: readonly Ended[]): boolean {
  const overflows = members.filter(isOverflow).length
  return overflows >= FEWEST_OVERFLOWS || members.length - overflows >= FEWEST_SILENCES
}

/** Connections that are close to each other. */
function timesOf(sorted: readonly Ended[]): Ended[][] {
  const times: Ended[][] = []
  let lastNs = -Infinity
  for (const c of sorted) {
    if (c.startNs - lastNs > APART_NS) times.push([])
    times.at(-1)?.push(c)
    lastNs = c.startNs
  }
  return times
}

function queueIncident(
  { name }: Service,
  members: readonly Ended[],
  times: number,
  { names }: Scene,
): Incident {
  const overflows = members.filter(isOverflow)
  const silences = members.filter((c) => !isOverflow(c))
  const startNs = Math.min(...members.map((c) => c.startNs))
  const endNs = Math.max(...members.map((c) => c.startNs))
  const parts = [
    overflows.length > 0
      ? `${count(countOf(overflows), 'connection')} open for the client only`
      : '',
    silences.length > 0
      ? `${count(countOf(silences), 'new connection')} without an answer while others were taken`
      : '',
  ].filter((text) => text !== '')
  const often = times > MOST_TIMES ? ` ${times} times` : ''
  return {
    kind: 'accept_queue_full',
    endpoint: name,
    startNs,
    endNs,
    confidence: overflows.length >= FEWEST_OVERFLOWS ? 'likely' : 'possible',
    says: `The accept queue of ${name} was full${often} from ${names.range(startNs, endNs)} (${duration(endNs - startNs)}): ${parts.join(', ')}.`,
    speaksFor: parts,
    speaksAgainst: overflows.length > 0 ? [] : ['a firewall that drops some SYNs looks the same'],
    members,
  }
}
