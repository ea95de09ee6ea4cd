// The end of a client's process: all of its connections with a service close in one instant, whatever other services it has.

import { count, duration } from '../../base/text.js'
import { type Ended, countOf } from '../ended.js'
import type { Incident } from '../incident.js'
import type { Scene, Service } from '../scene.js'
import { type Burst, burstOf, burstsOf, survivorsOf } from '../service-facts.js'

/** Connections that close together are worth a line from so many on, over all services … */
const FEWEST = 8
/** … of which each has so many, or fewer that were reset. */
const FEWEST_OF_ONE = 3
/** Idle for that long, nothing was under way. */
const IDLE_NS = 0.4e9
/** More such bursts are how the client closes. */
const HABIT = 2
/** Who connects again so soon goes on. */
const AGAIN_NS = 1e9
/** What ends on several services so close together ends with one process. */
const TOGETHER_NS = 0.1e9

/** The connections of one client with one service that ended in one instant. */
export interface ClientBurst {
  readonly clientKey: string
  readonly service: string
  readonly burst: Burst
}

/** Bursts of ends by clients of a service, which may be parts of the ends of processes. */
export function clientBursts({ opened, name }: Service): ClientBurst[] {
  const found: ClientBurst[] = []
  if (opened.length < FEWEST_OF_ONE) return found
  for (const [clientKey, mine] of byClient(opened)) {
    if (mine.length < FEWEST_OF_ONE) continue
    const bursts = burstsOf(mine.filter(({ by }) => by === 'client')).filter(isDeath)
    if (bursts.length > HABIT) continue
    for (const burst of bursts) {
      const again = mine.some(
        ({ startNs }) => startNs > burst.lastNs && startNs - burst.lastNs <= AGAIN_NS,
      )
      if (again || survivorsOf(burst, mine).length > 0) continue
      found.push({ clientKey, service: name, burst })
    }
  }
  return found
}

/** Deaths of clients. */
export function clientDeaths(bursts: readonly ClientBurst[], scene: Scene): Incident[] {
  const sorted = [...bursts].sort(
    (a, b) =>
      (a.clientKey < b.clientKey ? -1 : a.clientKey > b.clientKey ? 1 : 0) ||
      a.burst.firstNs - b.burst.firstNs,
  )
  const groups: ClientBurst[][] = []
  for (const each of sorted) {
    const last = groups.at(-1)?.at(-1)
    const isSame =
      last?.clientKey === each.clientKey && each.burst.firstNs - last.burst.lastNs <= TOGETHER_NS
    if (isSame) groups.at(-1)?.push(each)
    else groups.push([each])
  }
  return groups.flatMap((group) => clientDeath(group, scene))
}

function clientDeath(group: readonly ClientBurst[], { names }: Scene): Incident[] {
  const members = group.flatMap(({ burst }) => burst.members)
  const [first] = group
  if (members.length < FEWEST || first === undefined) return []
  const { firstNs, lastNs } = burstOf(members.sort((a, b) => a.closedNs - b.closedNs))
  const host = names.hostOfKey(first.clientKey)
  const n = count(countOf(members), 'connection')
  const within = `within ${duration(lastNs - firstNs)}`
  const services = new Set<string>(group.map(({ service }) => service))
  const whom = services.size === 1 ? first.service : count(services.size, 'service')
  return [
    {
      kind: 'process_death',
      endpoint: host,
      startNs: firstNs,
      endNs: lastNs,
      confidence: 'possible',
      says: `A client process on ${host} ended at ${names.moment(firstNs)}: all of its ${n} with ${whom} closed ${within}.`,
      speaksFor: [`${n} closed by the client ${within}, none left open`],
      speaksAgainst: ['a clean exit, or a pool that is closed, looks the same'],
      members,
      spreadNs: lastNs - firstNs,
    },
  ]
}

function isDeath({ members, resets }: Burst): boolean {
  if (members.length < FEWEST_OF_ONE) return false
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
