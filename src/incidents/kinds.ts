// Every kind of incident once: its name, what it means, what to do. New kinds are rows here and a file in kinds/.

import type { Incident, IncidentKind } from './incident.js'
import { fullAcceptQueue } from './kinds/accept-queue.js'
import { type ClientBurst, clientBursts, clientDeaths } from './kinds/client.js'
import { clientLeak, serviceLeak } from './kinds/close-wait-leak.js'
import { idleTimers } from './kinds/idle-timer.js'
import { serviceIncidents } from './kinds/service.js'
import { blockedPath, cutByDevice, vanishedHost } from './kinds/silence.js'
import type { Host, Scene, Service } from './scene.js'

/** A kind of incident. */
export interface KindRow {
  readonly kind: IncidentKind
  readonly meaning: string
  readonly advice: string
}

/** All kinds, in the order of reports. */
export const INCIDENT_KINDS: readonly KindRow[] = [
  {
    kind: 'process_death',
    meaning:
      'The connections of a server endpoint, or of a client, were ended by it within milliseconds.',
    advice:
      'Look at its log and the journal at that time (kernel: out of memory, a crash; systemd: a restart). Of one worker of several only its connections are lost.',
  },
  {
    kind: 'graceful_shutdown',
    meaning: 'A service stopped taking connections while it went on serving those that were open.',
    advice: 'A drain. Clients that are refused meanwhile should be sent elsewhere first.',
  },
  {
    kind: 'service_restart',
    meaning: 'A service that had died or been stopped took connections again.',
    advice: 'Its time down is what clients saw: let another instance take over meanwhile.',
  },
  {
    kind: 'host_vanished',
    meaning: 'Several connections with one host got no answer any more, from the same time on.',
    advice: 'Is the host up, and can it be reached from here? Then look at the path between.',
  },
  {
    kind: 'path_blocked',
    meaning: 'One port, or one host, was cut off by resets or silence, while the other side lives.',
    advice: 'Look for a firewall rule, a security group or a route that changed at that time.',
  },
  {
    kind: 'accept_queue_full',
    meaning: 'A service took connections more slowly than they came.',
    advice:
      'Look at ss -ltn (Recv-Q against Send-Q), raise the backlog and net.core.somaxconn, or find out why it does not accept.',
  },
  {
    kind: 'close_wait_leak',
    meaning: 'An endpoint does not close connections that its peers have closed.',
    advice: 'Find the missing close() in that program: its file descriptors run out one day.',
  },
  {
    kind: 'idle_timer',
    meaning: 'Several connections were closed after the same idle time.',
    advice:
      'Let the side that sends requests close earlier than the other one (a shorter keep-alive timeout in the client, proxy or pool).',
  },
]

/** What is said of the kind of an incident. */
export function kindOf(incident: Incident): KindRow {
  return INCIDENT_KINDS.find(({ kind }) => kind === incident.kind) as KindRow
}

/** Looks for incidents of a service. */
type ServiceKind = (service: Service, scene: Scene) => Incident[]
/** Looks for incidents of a host. */
type HostKind = (host: Host, scene: Scene) => Incident[]

const OF_SERVICES: readonly ServiceKind[] = [
  serviceIncidents,
  blockedPath,
  fullAcceptQueue,
  serviceLeak,
  idleTimers,
]
const OF_HOSTS: readonly HostKind[] = [vanishedHost, cutByDevice, clientLeak]

/** All incidents of a capture, by the time they began. */
export function incidentsOf(scene: Scene): Incident[] {
  const found: Incident[] = []
  const ofClients: ClientBurst[] = []
  for (const service of scene.services()) {
    for (const find of OF_SERVICES) found.push(...find(service, scene))
    ofClients.push(...clientBursts(service))
  }
  found.push(...clientDeaths(ofClients, scene))
  for (const host of scene.hosts()) {
    for (const find of OF_HOSTS) found.push(...find(host, scene))
  }
  const order = INCIDENT_KINDS.map(({ kind }) => kind)
  return found.sort(
    (a, b) =>
      placeOf(a) - placeOf(b) ||
      order.indexOf(a.kind) - order.indexOf(b.kind) ||
      (a.endpoint < b.endpoint ? -1 : 1),
  )
}

/** What is back is told when it is. */
function placeOf({ kind, startNs, endNs }: Incident): number {
  return kind === 'service_restart' ? endNs : startNs
}
