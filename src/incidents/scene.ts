// What a capture holds for the kinds of incidents to look at: its services, one at a time, and the hosts that are in trouble.

import type { Ended } from './ended.js'
import type { EndpointHistory } from './history.js'
import type { Names } from './names.js'
import { type ServiceFacts, serviceFacts } from './service-facts.js'
import { type ServiceStory, serviceStory } from './service-story.js'

/** One server endpoint. */
export interface Service extends ServiceFacts {
  readonly story: ServiceStory
  readonly name: string
  /** Address of its host, see `clientKey`. */
  readonly hostKey: string
}

/** A host as a client, or as a server, with connections that wait for it, that it does not close, or that were cut in its name. */
export interface Host {
  readonly key: string
  readonly role: 'client' | 'server'
  readonly troubled: readonly Ended[]
}

/** One capture. */
export class Scene {
  readonly names: Names
  /** Time of the last packet of any connection. */
  endNs: number = -Infinity
  private readonly histories: readonly EndpointHistory[]
  private readonly found = new Map<string, Host & { readonly troubled: Ended[] }>()
  private readonly lastNs = new Map<string, number>()

  constructor(histories: readonly EndpointHistory[], names: Names) {
    this.histories = histories
    this.names = names
    for (const history of histories) this.look(history)
  }

  /** The services, of which each is to be looked at before the next. */
  *services(): Generator<Service, void, undefined> {
    for (const history of this.histories) {
      if (!history.isTelling) continue
      const facts = serviceFacts(history.all(), history)
      const name = this.names.service(history)
      yield { ...facts, story: serviceStory(facts), name, hostKey: keyOf(history) }
    }
  }

  /** Hosts in trouble. */
  hosts(): readonly Host[] {
    return [...this.found.values()]
  }

  /** Time of the last packet of a host in a role, -Infinity for none. */
  lastOf(role: Host['role'], key: string): number {
    return this.lastNs.get(idOf(role, key)) ?? -Infinity
  }

  /** All connections of a host in a role. */
  connectionsOf({ role, key }: Host): Ended[] {
    return this.histories
      .filter((history) => role === 'client' || keyOf(history) === key)
      .flatMap((history) => history.all())
      .filter(({ clientKey }) => role === 'server' || clientKey === key)
  }

  /** Takes note of the hosts of a history. */
  private look(history: EndpointHistory): void {
    const server = keyOf(history)
    for (const c of history.all()) {
      if (c.endNs > this.endNs) this.endNs = c.endNs
      this.heard('server', server, c.serverLastNs)
      this.heard('client', c.clientKey, c.clientLastNs)
      if (!isTroubled(c)) continue
      this.hostOf('server', server).push(c)
      this.hostOf('client', c.clientKey).push(c)
    }
  }

  private heard(role: Host['role'], key: string, ns: number): void {
    const id = idOf(role, key)
    if (!(ns <= (this.lastNs.get(id) ?? -Infinity)) && !Number.isNaN(ns)) this.lastNs.set(id, ns)
  }

  private hostOf(role: Host['role'], key: string): Ended[] {
    const id = idOf(role, key)
    let host = this.found.get(id)
    if (host === undefined) {
      host = { key, role, troubled: [] }
      this.found.set(id, host)
    }
    return host.troubled
  }
}

function keyOf({ address, isIpv6 }: EndpointHistory): string {
  return isIpv6 ? address.join(' ') : `${address[0]} `
}

/** Keys of IPv6 addresses have four words, those of IPv4 one. */
function idOf(role: Host['role'], key: string): string {
  return role === 'server' ? `>${key}` : key
}

/** Whether a connection waits for one of its hosts, is not closed by one, or was cut in the name of one. */
function isTroubled(c: Ended): boolean {
  return (
    c.isRepeating ||
    c.ending === 'reset_other.middlebox' ||
    c.ending === 'lingering_established.close_wait' ||
    c.ending === 'handshake_failed.unanswered'
  )
}
