// A service that takes connections more slowly than they come: its accept queue is full.

import { count, duration } from '../../base/text.js'
import { countOf } from '../ended.js'
import type { Incident } from '../incident.js'
import type { Scene, Service } from '../scene.js'

const FEWEST_OVERFLOWS = 2
const FEWEST_SILENCES = 3

/** The full accept queue of a service. */
export function fullAcceptQueue({ name, all, opened }: Service, { names }: Scene): Incident[] {
  const overflows = all.filter(({ ending }) => ending === 'handshake_failed.accept_overflow')
  const firstTaken = Math.min(...opened.map(({ startNs }) => startNs))
  const lastTaken = Math.max(...opened.map(({ startNs }) => startNs))
  // A client that is never taken is turned away by something else.
  const taken = new Set<string>(opened.map(({ clientKey }) => clientKey))
  const silences = all.filter(
    ({ ending, startNs, clientKey }) =>
      ending === 'handshake_failed.unanswered' &&
      startNs > firstTaken &&
      startNs < lastTaken &&
      taken.has(clientKey),
  )
  if (overflows.length < FEWEST_OVERFLOWS && silences.length < FEWEST_SILENCES) return []
  const members = [...overflows, ...silences]
  const startNs = Math.min(...members.map((c) => c.startNs))
  const endNs = Math.max(...members.map((c) => c.endNs))
  const parts = [
    overflows.length > 0
      ? `${count(countOf(overflows), 'connection')} open for the client only`
      : '',
    silences.length > 0
      ? `${count(countOf(silences), 'SYN')} without an answer while others were taken`
      : '',
  ].filter((text) => text !== '')
  return [
    {
      kind: 'accept_queue_full',
      endpoint: name,
      startNs,
      endNs,
      confidence: overflows.length >= FEWEST_OVERFLOWS ? 'likely' : 'possible',
      says: `The accept queue of ${name} was full from ${names.moment(startNs)} on, for ${duration(endNs - startNs)}: ${parts.join(', ')}.`,
      speaksFor: parts,
      speaksAgainst: overflows.length > 0 ? [] : ['a firewall that drops some SYNs looks the same'],
      members,
    },
  ]
}
