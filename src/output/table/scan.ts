// A client that tries many ports of a host: each connection alone looks like a service that is gone.

import { grouped } from '../../base/text.js'
import type { Ending } from '../../verdict/endings.js'
import type { EndingGroup } from '../collect/groups.js'
import type { Totals } from '../formats/format.js'
import type { Timeline } from './timeline.js'

/** Endings of connections that nobody takes. */
const UNTAKEN: readonly Ending[] = [
  'handshake_failed.unanswered',
  'handshake_failed.refused',
  'handshake_failed.icmp_unreachable',
]
const WHAT: Readonly<Record<string, string>> = {
  'handshake_failed.unanswered': 'got no answer',
  'handshake_failed.refused': 'were refused',
  'handshake_failed.icmp_unreachable': 'were answered by an ICMP error',
}
/** So many different endpoints no client of a service tries. */
const FEWEST_ENDPOINTS = 100
/** Share of a group that one client has at least. */
const CLIENT_SHARE = 0.5
/** Share of the endpoints that lie on one host at least, to name it. */
const HOST_SHARE = 0.8
/** An endpoint is tried this often at most on average: a service that is down is tried again and again. */
const TRIES_MOST = 2

/** What looks like a scan. */
export interface Scan {
  readonly ending: Ending
  /** Address of the client. */
  readonly client: string
  readonly text: string
}

/** What looks like a scan, of each ending that is mostly the work of one. */
export function scansOf(
  { groups, summary }: Pick<Totals, 'groups' | 'summary'>,
  timeline: Timeline,
): Scan[] {
  return UNTAKEN.flatMap((ending) => {
    const group = groups.get(ending)
    return group === undefined ? [] : scanOf(ending, group, summary.causes[ending] ?? 0, timeline)
  })
}

function scanOf(ending: Ending, group: EndingGroup, total: number, timeline: Timeline): Scan[] {
  const servers = group.servers.sorted()
  const [client] = group.clients.sorted()
  if (client === undefined || servers.length < FEWEST_ENDPOINTS) return []
  if (client.count < CLIENT_SHARE * total) return []
  const tried = servers.reduce((sum, { count }) => sum + count, 0)
  if (tried > TRIES_MOST * servers.length) return []
  const [host, ports] = mostOf(servers.map(({ name }) => name.replace(/:\d+$/, '')))
  const isMany = group.servers.others > 0
  const n = `${isMany ? 'more than ' : ''}${grouped(servers.length)}`
  const where =
    ports >= HOST_SHARE * servers.length ? `${n} ports of ${host}` : `${n} ports of several hosts`
  const when = `${timeline.span(client.times.firstMs, client.times.lastMs)} ${timeline.zone}`
  const tries = `${client.name} tried ${where} (${when})`
  const what = `${grouped(client.count)} SYNs ${WHAT[ending] ?? ''}`
  const text = `${tries}: ${what}. That is what a port scan looks like.`
  return [{ ending, client: client.name, text }]
}

/** The most frequent of some names, and how often it is among them. */
function mostOf(names: readonly string[]): readonly [name: string, times: number] {
  const counts = new Map<string, number>()
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1)
  let most: readonly [string, number] = ['', 0]
  for (const each of counts) if (each[1] > most[1]) most = each
  return most
}
