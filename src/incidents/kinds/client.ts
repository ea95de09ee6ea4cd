// The end of a client's process: all of its connections with a service close in one instant.

import { count, duration } from '../../base/text.js'
import { type Ended, countOf } from '../ended.js'
import type { Incident } from '../incident.js'
import type { Scene, Service } from '../scene.js'
import type { Names } from '../names.js'
import { type Burst, burstsOf, survivorsOf } from '../service-facts.js'

/** Connections that close together without anything under way are worth a line from so many on. */
const FEWEST = 8
/** Idle for that long, nothing was under way. */
const IDLE_NS = 0.4e9
/** More such bursts are how the client closes. */
const HABIT = 2

/** Deaths of clients of a service. */
export function clientIncidents({ opened, name }: Service, { names }: Scene): Incident[] {
  const incidents: Incident[] = []
  if (opened.length < FEWEST) return incidents
  for (const [client, mine] of byClient(opened)) {
    if (mine.length < FEWEST) continue
    const bursts = burstsOf(mine.filter(({ by }) => by === 'client')).filter(isDeath)
    if (bursts.length > HABIT) continue
    for (const burst of bursts) {
      if (survivorsOf(burst, mine).length > 0) continue
      incidents.push(clientDeath(names.hostOfKey(client), burst, name, names))
    }
  }
  return incidents
}

function clientDeath(host: string, burst: Burst, service: string, names: Names): Incident {
  const { members, firstNs, lastNs } = burst
  const n = count(countOf(members), 'connection')
  const within = `within ${duration(lastNs - firstNs)}`
  return {
    kind: 'process_death',
    endpoint: host,
    startNs: firstNs,
    endNs: lastNs,
    confidence: 'possible',
    says: `A client process on ${host} ended at ${names.moment(firstNs)}: all of its ${n} with ${service} closed ${within}.`,
    speaksFor: [`${n} closed by the client ${within}, none left open`],
    speaksAgainst: ['a clean exit, or a pool that is closed, looks the same'],
    members,
    spreadNs: lastNs - firstNs,
  }
}

function isDeath({ members, resets }: Burst): boolean {
  if (members.length < FEWEST) return false
  const idle = members.filter(({ idleNs }) => idleNs >= IDLE_NS).length
  return (
    idle === members.length || (resets.length > 0 && idle + resets.length >= members.length / 2)
  )
}

function byClient(all: readonly Ended[]): Map<string, Ended[]> {
  const groups = new Map<string, Ended[]>()
  for (const c of all) {
    const group = groups.get(c.clientKey)
    if (group === undefined) groups.set(c.clientKey, [c])
    else group.push(c)
  }
  return groups
}
