// What a capture holds for the kinds of incidents to look at.

import type { Ended } from './ended.js'
import type { EndpointHistory } from './history.js'
import type { Names } from './kinds/names.js'
import { type ServiceFacts, serviceFacts } from './service-facts.js'
import { type ServiceStory, serviceStory } from './service-story.js'

/** One server endpoint. */
export interface Service extends ServiceFacts {
  readonly story: ServiceStory
  readonly name: string
}

/** One host, as a client or as a server. */
export interface Host {
  readonly name: string
  readonly isIpv6: boolean
  /** Connections in which it is the server, and those in which it is the client. */
  readonly asServer: readonly Ended[]
  readonly asClient: readonly Ended[]
}

/** One capture. */
export interface Scene {
  readonly names: Names
  readonly services: readonly Service[]
  readonly hosts: readonly Host[]
  /** Time of the last packet of any connection. */
  readonly endNs: number
}

/** Reads the scene from the connections of a capture. */
export function sceneOf(histories: readonly EndpointHistory[], names: Names): Scene {
  const services = histories.map((history) => {
    const facts = serviceFacts(history)
    return { ...facts, story: serviceStory(facts), name: names.service(history) }
  })
  const endNs = histories.reduce(
    (last, { all }) => all.reduce((most, { endNs: ns }) => Math.max(most, ns), last),
    -Infinity,
  )
  return { names, services, hosts: hostsOf(histories, names), endNs }
}

function hostsOf(histories: readonly EndpointHistory[], names: Names): Host[] {
  const hosts = new Map<string, Host & { readonly asServer: Ended[]; readonly asClient: Ended[] }>()
  function hostOf(key: string, isIpv6: boolean): { asServer: Ended[]; asClient: Ended[] } {
    const id = `${isIpv6 ? 6 : 4} ${key}`
    let host = hosts.get(id)
    if (host === undefined) {
      const name = names.host(Int32Array.from(key.split(' '), Number), isIpv6)
      host = { name, isIpv6, asServer: [], asClient: [] }
      hosts.set(id, host)
    }
    return host
  }
  for (const { address, isIpv6, all } of histories) {
    const { asServer } = hostOf(address.join(' '), isIpv6)
    for (const c of all) {
      asServer.push(c)
      hostOf(c.clientKey, isIpv6).asClient.push(c)
    }
  }
  return [...hosts.values()]
}
