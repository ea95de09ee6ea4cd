// The end of a client's process: all of its connections with a service close in one instant.

import { count, duration } from '../../base/text.js'
import { type Ended, countOf } from '../ended.js'
import type { Incident } from '../incident.js'
import type { Scene } from '../scene.js'
import { type Burst, burstsOf, survivorsOf } from '../service-facts.js'

/** Connections that close together without anything under way are worth a line from so many on. */
const FEWEST = 8
/** Idle for that long, nothing was under way. */
const IDLE_NS = 0.4e9
/** More such bursts are how the client closes. */
const HABIT = 2

/** Deaths of clients. */
export function clientIncidents({ services, hosts, names }: Scene): Incident[] {
  const incidents: Incident[] = []
  const hostOf = new Map(
    hosts.flatMap(({ name, asClient }) => asClient.map((c) => [c, name] as const)),
  )
  for (const { opened, name: service } of services) {
    for (const mine of byClient(opened).values()) {
      if (mine.length < FEWEST) continue
      const bursts = burstsOf(mine.filter(({ by }) => by === 'client')).filter(isDeath)
      if (bursts.length > HABIT) continue
      for (const burst of bursts) {
        if (survivorsOf(burst, mine).length > 0) continue
        const [member] = burst.members
        const host = member === undefined ? '' : (hostOf.get(member) ?? '')
        const n = count(countOf(burst.members), 'connection')
        const spanNs = burst.lastNs - burst.firstNs
        incidents.push({
          kind: 'process_death',
          endpoint: host,
          startNs: burst.firstNs,
          endNs: burst.lastNs,
          confidence: burst.resets > 0 ? 'likely' : 'possible',
          says: `A client process on ${host} ended at ${names.clock(burst.firstNs)}: all of its ${n} with ${service} closed within ${duration(spanNs)}.`,
          speaksFor: [`${n} closed by the client within ${duration(spanNs)}, none left open`],
          speaksAgainst:
            burst.resets > 0
              ? []
              : ['nothing was under way: a clean exit, or a pool that is closed, looks the same'],
          members: burst.members,
          spreadNs: spanNs,
        })
      }
    }
  }
  return incidents
}

function isDeath({ members, resets }: Burst): boolean {
  if (members.length < FEWEST) return false
  const idle = members.filter(({ idleNs }) => idleNs >= IDLE_NS).length
  return idle === members.length || (resets > 0 && idle + resets >= members.length / 2)
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
