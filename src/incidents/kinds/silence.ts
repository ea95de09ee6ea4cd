// Hosts that fall silent, and ports of living hosts that do.

import { count, duration } from '../../base/text.js'
import type { Ending } from '../../verdict/endings.js'
import { type Ended, countOf } from '../ended.js'
import { type Incident, isPlausible } from '../incident.js'
import type { Host, Scene, Service } from '../scene.js'

/** Endings of connections whose other side answers no more. */
const SILENT: ReadonlySet<Ending> = new Set<Ending>([
  'lingering_established.data_unanswered',
  'lingering_established.fin_unanswered',
  'retransmission_timeout.data',
  'retransmission_timeout.fin',
  'keepalive_timeout.silent',
  'keepalive_timeout.reset_sent',
  'keepalive_timeout.unanswered_at_end',
])
const FEWEST = 3
/** So many SYNs without an answer, of a host that had answered, need no open connection beside them. */
const FEWEST_SYNS = 8
/** Of a host that was never heard at most so many connections do not wait for it. */
const OTHERS_SHARE = 0.1
/** A host that answers for so long takes part in more than the handshake. */
const ANSWERED_NS = 0.1e9
/** Resets in the name of a server, of so many connections, are a rule of a device. */
const FEWEST_RESETS = 2
const RESET_SHARE = 0.05
const REFUSED: ReadonlySet<Ending> = new Set<Ending>([
  'handshake_failed.refused',
  'handshake_failed.icmp_unreachable',
])
/** Asked for so long without an answer. */
const ASKED_NS = 1e9

/** A host that vanished. */
export function vanishedHost(host: Host, scene: Scene): Incident[] {
  return host.role === 'server'
    ? vanishedAs(host, lastOfServer, lastOfClient, scene)
    : vanishedAs(host, lastOfClient, lastOfServer, scene)
}

/** When a connection heard the last of a side. */
type LastOf = (c: Ended) => number

function lastOfServer({ serverLastNs }: Ended): number {
  return serverLastNs
}

function lastOfClient({ clientLastNs }: Ended): number {
  return clientLastNs
}

function vanishedAs(host: Host, lastOfHost: LastOf, lastOfPeer: LastOf, scene: Scene): Incident[] {
  const { troubled, role, key } = host
  const sinceNs = scene.lastOf(role, key)
  const silent = troubled.filter((c) => isSilent(c, lastOfHost, lastOfPeer))
  const asked = silent.filter(
    (c) => lastOfPeer(c) - sinceNs >= ASKED_NS && tookPart(c, role, lastOfHost(c)),
  )
  const unheard = troubled.filter(
    (c) => c.ending === 'handshake_failed.unanswered' && c.startNs > sinceNs,
  )
  // SYNs count where something that was open falls silent as well, or many do where some had been taken.
  const signs = asked.length + (asked.length > 0 ? unheard.length : 0)
  const { names, endNs } = scene
  const name = names.hostOfKey(key)
  if (sinceNs === -Infinity) return neverHeard(host, lastOfPeer, unheard, scene)
  if (signs < FEWEST && unheard.length < FEWEST_SYNS) return []
  const members = scene
    .connectionsOf(host)
    .filter((c) => isSilent(c, lastOfHost, lastOfPeer) || isLeftOpen(c, lastOfHost, sinceNs))
  return [
    {
      kind: 'host_vanished',
      endpoint: name,
      startNs: sinceNs,
      endNs: latest([...members, ...unheard].map(lastOfPeer)),
      confidence: asked.length >= 5 ? 'certain' : 'likely',
      says: `${name} fell silent at ${names.moment(sinceNs)}: ${silenceText(members, unheard)}${forText(endNs - sinceNs, 'captured since')}.`,
      speaksFor: [
        `${count(countOf(silent), 'connection')} repeated payload, FINs or probes without an answer`,
        ...(unheard.length > 0 ? [`${count(countOf(unheard), 'SYN')} got no answer`] : []),
      ],
      speaksAgainst: ['a path that is cut looks the same'],
      members,
    },
  ]
}

/** How long it was so; nothing of a span that only a clock that was set can make. */
function forText(ns: number, how: string): string {
  return isPlausible(ns) ? `, for the ${duration(ns)} ${how}` : ''
}

/** A host that had fallen silent before the capture began. Of one whose packets were not captured few connections wait for it. */
function neverHeard(
  host: Host,
  lastOfPeer: LastOf,
  unheard: readonly Ended[],
  scene: Scene,
): Incident[] {
  const silent = host.troubled.filter(
    (c) => SILENT.has(c.ending) && c.isRepeating && lastOfPeer(c) - c.startNs >= ASKED_NS,
  )
  if (silent.length < FEWEST) return []
  const all = scene.connectionsOf(host)
  const others = all.length - silent.length - unheard.length
  if (others > OTHERS_SHARE * all.length) return []
  const { endNs, names } = scene
  const name = names.hostOfKey(host.key)
  const startNs = Math.min(...all.map((c) => c.startNs))
  return [
    {
      kind: 'host_vanished',
      endpoint: name,
      startNs,
      endNs,
      confidence: 'likely',
      says: `${name} was silent when the capture began at ${names.moment(startNs)}: ${silenceText(silent, unheard)}${forText(endNs - startNs, 'captured')}.`,
      speaksFor: [
        `${count(countOf(silent), 'connection')} repeated payload, FINs or probes without an answer`,
        'no packet of it was captured',
      ],
      speaksAgainst: ['a path that is cut looks the same'],
      members: [...silent, ...unheard],
    },
  ]
}

function silenceText(members: readonly Ended[], unheard: readonly Ended[]): string {
  const fresh = count(countOf(unheard), 'new one')
  if (members.length === 0) return `${count(countOf(unheard), 'connection')} with it got no answer`
  const n = count(countOf(members), 'connection')
  return `${n} with it got no answer any more${unheard.length > 0 ? `, ${fresh} neither` : ''}`
}

/** Whether a host did more than to answer a SYN: a full accept queue falls silent as well. */
function tookPart(c: Ended, role: Host['role'], lastNs: number): boolean {
  const bytes = role === 'server' ? c.serverBytes : c.clientBytes
  return bytes > 0 || lastNs - c.startNs >= ANSWERED_NS
}

function isLeftOpen(c: Ended, lastOfHost: LastOf, sinceNs: number): boolean {
  return c.isOpened && c.row.verdict === 'lingering_established' && lastOfHost(c) <= sinceNs
}

function isSilent(c: Ended, lastOfHost: LastOf, lastOfPeer: LastOf): boolean {
  return SILENT.has(c.ending) && c.isRepeating && lastOfPeer(c) > lastOfHost(c)
}

/** The latest of some times, of which some may be unknown; -Infinity for none. */
function latest(times: readonly number[]): number {
  return times.reduce((most, ns) => (ns > most ? ns : most), -Infinity)
}

/** A service that falls silent while its host lives. */
export function blockedPath(service: Service, scene: Scene): Incident[] {
  const { name, all, hostKey } = service
  const { names } = scene
  const silent = all.filter((c) => isSilent(c, lastOfServer, lastOfClient))
  const sinceNs = latest(all.map(lastOfServer))
  const asked = silent.filter((c) => lastOfClient(c) - sinceNs >= ASKED_NS)
  // Other ports answered while this one was asked again.
  const askedNs = Math.min(
    ...asked.map((c) => (Number.isNaN(c.askedNs) ? lastOfClient(c) : c.askedNs)),
  )
  const isBlocked =
    asked.length >= FEWEST &&
    scene.lastOf('server', hostKey) > Math.max(askedNs, sinceNs + ASKED_NS)
  if (!isBlocked) return newOnesBlocked(service, scene)
  return [
    {
      kind: 'path_blocked',
      endpoint: name,
      startNs: sinceNs,
      endNs: latest(silent.map(lastOfClient)),
      confidence: 'likely',
      says: `${name} fell silent at ${names.moment(sinceNs)} while other ports of its host went on: ${count(countOf(silent), 'connection')} got no answer any more.`,
      speaksFor: ['the same host answers on other ports'],
      speaksAgainst: ['a process that is stopped or hangs in the kernel looks the same'],
      members: silent,
    },
  ]
}

/** A service that goes on with the connections it has, and gets no new ones. */
function newOnesBlocked(
  { name, all, opened, acceptedNs }: Service,
  { names, endNs }: Scene,
): Incident[] {
  const lastTakenNs = acceptedNs.at(-1) ?? -Infinity
  const unheard = all.filter(
    (c) => c.ending === 'handshake_failed.unanswered' && c.startNs > lastTakenNs,
  )
  const startNs = Math.min(...unheard.map((c) => c.startNs))
  const lastAskedNs = Math.max(...unheard.map(lastOfClient))
  const served = opened.filter(
    (c) => c.startNs < startNs && c.serverBytes > 0 && lastOfServer(c) - startNs >= ASKED_NS,
  )
  if (unheard.length < FEWEST_SYNS || served.length === 0) return []
  if (lastTakenNs === -Infinity || lastAskedNs - startNs < ASKED_NS) return []
  const n = count(countOf(unheard), 'new connection')
  return [
    {
      kind: 'path_blocked',
      endpoint: name,
      startNs,
      endNs: lastAskedNs,
      confidence: 'possible',
      says: `${name} got no new connections from ${names.moment(startNs)} on: ${n} without an answer in ${duration(endNs - startNs)}, while ${count(countOf(served), 'open one')} went on.`,
      speaksFor: [
        `${n} without an answer`,
        `${count(countOf(served), 'connection')} of before went on`,
      ],
      speaksAgainst: ['a program that accepts no more, with its accept queue full, looks the same'],
      members: unheard,
    },
  ]
}

/** A host whose connections a device resets in its name. */
export function cutByDevice(host: Host, scene: Scene): Incident[] {
  if (host.role !== 'server') return []
  const reset = host.troubled.filter(({ ending }) => ending === 'reset_other.middlebox')
  if (reset.length < FEWEST_RESETS) return []
  const ports = new Set(reset.map(({ serverPort }) => serverPort))
  const all = scene.connectionsOf(host).filter(({ serverPort }) => ports.has(serverPort))
  if (reset.length < RESET_SHARE * all.length) return []
  const { names } = scene
  const address = names.hostOfKey(host.key)
  const [port] = ports
  const isOne = ports.size === 1 && port !== undefined
  const name = isOne ? names.endpoint(address, port) : address
  const list = [...ports].sort((a, b) => a - b).join(', ')
  const first = Math.min(...reset.map(({ closedNs }) => closedNs))
  const refused = all.filter((c) => REFUSED.has(c.ending) && c.startNs > first)
  const members = [...reset, ...refused]
  const more = refused.length > 0 ? `, ${count(countOf(refused), 'new one')} refused` : ''
  return [
    {
      kind: 'path_blocked',
      endpoint: name,
      startNs: first,
      endNs: latest(members.map(({ endNs }) => endNs)),
      confidence: refused.length > 0 ? 'certain' : 'likely',
      says: `A device on the path cut connections to ${name}${isOne ? '' : ` (ports ${list})`} at ${names.moment(first)}: ${count(countOf(reset), 'connection')} reset in its name${more}.`,
      speaksFor: [
        `${count(countOf(reset), 'reset')} that the server did not send: by TTL, numbers or what came after`,
      ],
      speaksAgainst: [],
      members,
      refused: countOf(refused),
    },
  ]
}
