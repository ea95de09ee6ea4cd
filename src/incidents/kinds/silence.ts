// Hosts that fall silent, and ports of living hosts that do.

import { count, duration } from '../../base/text.js'
import type { Ending } from '../../verdict/endings.js'
import { type Ended, countOf } from '../ended.js'
import type { Incident } from '../incident.js'
import type { Host, Scene } from '../scene.js'

/** Endings of connections whose other side answers no more. */
const SILENT: ReadonlySet<Ending> = new Set<Ending>([
  'lingering_established.data_unanswered',
  'lingering_established.fin_unanswered',
  'retransmission_timeout.data',
  'retransmission_timeout.fin',
  'keepalive_timeout.silent',
  'keepalive_timeout.unanswered_at_end',
])
const FEWEST = 3
/** Asked for so long without an answer. */
const ASKED_NS = 1e9

/** Vanished hosts. */
export function vanishedHosts(scene: Scene): Incident[] {
  return scene.hosts.flatMap((host) => [
    ...vanishedAs(host, host.asServer, lastOfServer, lastOfClient, scene),
    ...vanishedAs(host, host.asClient, lastOfClient, lastOfServer, scene),
  ])
}

/** When a connection heard the last of a side. */
type LastOf = (c: Ended) => number

function lastOfServer({ serverLastNs }: Ended): number {
  return serverLastNs
}

function lastOfClient({ clientLastNs }: Ended): number {
  return clientLastNs
}

function vanishedAs(
  { name }: Host,
  all: readonly Ended[],
  lastOfHost: LastOf,
  lastOfPeer: LastOf,
  { names, endNs }: Scene,
): Incident[] {
  const sinceNs = latest(all.map(lastOfHost))
  const silent = all.filter((c) => isSilent(c, lastOfHost, lastOfPeer))
  const asked = silent.filter((c) => lastOfPeer(c) - sinceNs >= ASKED_NS)
  if (asked.length < FEWEST) return []
  const open = all.filter(
    (c) => c.isOpened && c.row.verdict === 'lingering_established' && lastOfHost(c) <= sinceNs,
  )
  const members = [...new Set([...silent, ...open])]
  const unheard = all.filter(
    (c) => c.ending === 'handshake_failed.unanswered' && c.startNs > sinceNs,
  )
  const n = count(countOf(members), 'connection')
  return [
    {
      kind: 'host_vanished',
      endpoint: name,
      startNs: sinceNs,
      endNs: latest(members.map(lastOfPeer)),
      confidence: asked.length >= 5 ? 'certain' : 'likely',
      says: `${name} fell silent at ${names.clock(sinceNs)}: ${n} with it got no answer any more${unheard.length > 0 ? `, ${count(countOf(unheard), 'new one')} neither` : ''}, until the capture ended ${duration(endNs - sinceNs)} later.`,
      speaksFor: [
        `${count(countOf(silent), 'connection')} repeated payload, FINs or probes without an answer`,
        ...(unheard.length > 0 ? [`${count(countOf(unheard), 'SYN')} got no answer`] : []),
      ],
      speaksAgainst: ['a path that is cut looks the same'],
      members,
    },
  ]
}

function isSilent(c: Ended, lastOfHost: LastOf, lastOfPeer: LastOf): boolean {
  return SILENT.has(c.ending) && lastOfPeer(c) > lastOfHost(c)
}

/** The latest of some times, of which some may be unknown; -Infinity for none. */
function latest(times: readonly number[]): number {
  return times.reduce((most, ns) => (ns > most ? ns : most), -Infinity)
}

/** Ports that are cut off while their host lives. */
export function blockedPaths({ services, hosts, names }: Scene): Incident[] {
  const incidents: Incident[] = []
  for (const { name, history } of services) {
    const { all } = history
    const reset = all.filter(({ ending }) => ending === 'reset_other.middlebox')
    const first = Math.min(...reset.map(({ closedNs }) => closedNs))
    const refused = all.filter(
      (c) =>
        (c.ending === 'handshake_failed.refused' ||
          c.ending === 'handshake_failed.icmp_unreachable') &&
        c.startNs > first,
    )
    if (reset.length >= 2) {
      const members = [...reset, ...refused]
      incidents.push({
        kind: 'path_blocked',
        endpoint: name,
        startNs: first,
        endNs: latest(members.map(({ endNs }) => endNs)),
        confidence: refused.length > 0 ? 'certain' : 'likely',
        says: `A device on the path cut connections to ${name} at ${names.clock(first)}: ${count(countOf(reset), 'connection')} reset in its name${refused.length > 0 ? `, ${count(countOf(refused), 'new one')} refused` : ''}.`,
        speaksFor: [`${count(countOf(reset), 'reset')} that the server did not send`],
        speaksAgainst: [],
        members,
        refused: countOf(refused),
      })
      continue
    }
    const silent = all.filter((c) => isSilent(c, lastOfServer, lastOfClient))
    const sinceNs = latest(all.map(lastOfServer))
    const asked = silent.filter((c) => lastOfClient(c) - sinceNs >= ASKED_NS)
    if (asked.length < FEWEST) continue
    const host = hosts.find(({ asServer }) => asServer.includes(all[0] as Ended))
    const others = host?.asServer.filter((c) => !all.includes(c)) ?? []
    if (!(latest(others.map(lastOfServer)) > sinceNs + ASKED_NS)) continue
    incidents.push({
      kind: 'path_blocked',
      endpoint: name,
      startNs: sinceNs,
      endNs: latest(silent.map(lastOfClient)),
      confidence: 'likely',
      says: `${name} fell silent at ${names.clock(sinceNs)} while other ports of its host went on: ${count(countOf(silent), 'connection')} got no answer any more.`,
      speaksFor: ['the same host answers on other ports'],
      speaksAgainst: ['a process that is stopped or hangs in the kernel looks the same'],
      members: silent,
    })
  }
  return incidents
}
