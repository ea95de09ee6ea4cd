// Incidents of a service: its process dies, it is stopped, it is back.

import { count, duration, grouped } from '../../base/text.js'
import type { Confidence } from '../../verdict/answer.js'
import { countOf, isRequestLost } from '../ended.js'
import type { Incident } from '../incident.js'
import type { Names } from '../names.js'
import type { Scene, Service } from '../scene.js'
import type { Burst, Outage } from '../service-facts.js'
import type { Death } from '../service-deaths.js'
import type { Drain } from '../service-drains.js'
import type { Restart } from '../service-story.js'

/** More deaths, or restarts, of one service are told in one line. */
const FOLDED = 3
/** What takes longer is no instant. */
const ONE_AFTER_ANOTHER_NS = 50e6

/** Deaths, drains and restarts of a service. */
export function serviceIncidents(service: Service, { names }: Scene): Incident[] {
  const { deaths, drains, restarts } = service.story
  function ofWorkers(wanted: boolean): Incident[] {
    return deaths
      .filter(({ isWorker }) => isWorker === wanted)
      .map((death) => deathIncident(service, death, names, restarts))
  }
  const back = restarts.map((restart) => restartIncident(service, restart, names))
  return [
    ...folded(ofWorkers(false), `${service.name} died`, names),
    ...folded(ofWorkers(true), `Processes of ${service.name} died`, names),
    ...drains.map((drain) => drainIncident(service, drain, names.moment(drain.startNs))),
    ...folded(back, `${service.name} was down and back`, names),
  ]
}

/** Many of a kind as one. */
function folded(all: readonly Incident[], what: string, names: Names): readonly Incident[] {
  const [first] = all
  const last = all.at(-1)
  if (first === undefined || last === undefined || all.length <= FOLDED) return all
  const members = [...new Set(all.flatMap((incident) => incident.members))]
  function sum(of: (incident: Incident) => number | undefined): number {
    return all.reduce((total, incident) => total + (of(incident) ?? 0), 0)
  }
  const everyNs = (last.startNs - first.startNs) / (all.length - 1)
  const lost = sum(({ requestsLost }) => requestsLost)
  const refused = sum((incident) => incident.refused)
  const downtimeNs = sum((incident) => incident.downtimeNs)
  const parts = [
    `about every ${duration(everyNs)}`,
    lost > 0 ? `${count(lost, 'request')} lost` : '',
    refused > 0 ? `${count(refused, 'connection')} refused` : '',
    downtimeNs > 0 ? `down for ${duration(downtimeNs)} in all` : '',
  ].filter((text) => text !== '')
  return [
    {
      kind: first.kind,
      endpoint: first.endpoint,
      startNs: first.startNs,
      endNs: last.endNs,
      confidence: first.confidence,
      says: `${what} ${all.length} times from ${names.clock(first.startNs)} to ${names.moment(last.startNs)}, ${parts.join(', ')}.`,
      speaksFor: [first.says],
      speaksAgainst: first.speaksAgainst,
      members,
      requestsLost: lost,
      refused,
      ...(downtimeNs > 0 ? { downtimeNs } : {}),
    },
  ]
}

function deathIncident(
  service: Service,
  death: Death,
  names: Names,
  restarts: readonly Restart[],
): Incident {
  const { name } = service
  const { burst, outage, survivors, isWorker, afterDrain } = death
  const at = names.moment(death.startNs)
  const members = burst?.members ?? death.forgotten
  const lost = countOf(members.filter(isRequestLost))
  const back = restarts.find((restart) => restart.death === death)
  const refused = afterDrain ? undefined : outage
  const parts = [
    burst === undefined ? '' : endedText(burst),
    lost > 0 ? `${count(lost, 'request')} lost` : '',
    refused === undefined ? '' : refusedText(refused),
    afterwardsText(death, back),
  ].filter((text) => text !== '')
  const who = isWorker ? `One process of ${name}` : name
  return {
    kind: 'process_death',
    endpoint: name,
    startNs: death.startNs,
    endNs: death.endNs,
    confidence: sureOfDeath(death),
    says:
      burst === undefined && outage !== undefined
        ? goneText(name, at, death, outage, back, names)
        : `${who}${hungText(service, death, names)} died at ${at}${afterDrain ? ', after it had stopped taking connections' : ''}: ${parts.join(', ')}.`,
    speaksFor: forDeath(death),
    speaksAgainst: againstDeath(death),
    members,
    ...(members.length > 1 && burst !== undefined
      ? { spreadNs: burst.lastNs - burst.firstNs }
      : {}),
    ...(refused === undefined
      ? {}
      : {
          refused: countOf(refused.refused),
          toRefusedNs: Math.max(0, refused.firstRefusedNs - death.startNs),
        }),
    ...(members.length === 0 ? {} : { requestsLost: lost }),
    ...(survivors.length > 0 ? { leftOpen: countOf(survivors) } : {}),
  }
}

/** A SYN is sent again after a second, less a tick. */
const SYN_AGAIN_NS = 0.9e9

/** Since when a service had taken no more connections before it died, when clients tell: their SYNs went without an answer. */
function hungText({ all }: Service, { startNs }: Death, names: Names): string {
  const waited = all.filter(
    (c) =>
      c.isRefused &&
      c.startNs < startNs &&
      c.closedNs > startNs &&
      c.closedNs - c.startNs >= SYN_AGAIN_NS,
  )
  if (waited.length === 0) return ''
  const sinceNs = Math.min(...waited.map((c) => c.startNs))
  return `, which had left ${count(countOf(waited), 'new connection')} without an answer since ${names.clock(sinceNs)},`
}

function goneText(
  name: string,
  at: string,
  { forgotten }: Death,
  { lastAcceptedNs, refused }: Outage,
  back: Restart | undefined,
  names: Names,
): string {
  const known =
    forgotten.length > 0
      ? `; it no longer knew ${count(countOf(forgotten), 'connection')} that ${forgotten.length === 1 ? 'was' : 'were'} used again`
      : ''
  const span =
    back === undefined ? '' : `, for ${mostText(back)}${duration(back.endNs - back.startNs)}`
  return `${name} was gone at ${at}: it had taken connections until ${names.clock(lastAcceptedNs)} and refused ${grouped(countOf(refused))} from then on${span}${known}.`
}

/** What became of a service that refused connections. */
function afterwardsText(death: Death, back: Restart | undefined): string {
  const { startNs, outage, nextAcceptedNs, isWorker, afterDrain } = death
  if (back !== undefined && !afterDrain)
    return `it took connections again ${mostText(back)}${duration(back.endNs - startNs)} later`
  if (outage !== undefined) return afterDrain ? '' : 'none taken since'
  if (isWorker || Number.isNaN(nextAcceptedNs)) return ''
  return `it took connections again ${duration(nextAcceptedNs - startNs)} later`
}

/** Where an earlier connection that was taken may be missing. */
function mostText({ isThinned }: Restart): string {
  return isThinned ? 'at most ' : ''
}

function forDeath({ burst, outage, survivors, endNs, afterDrain }: Death): string[] {
  const lines: string[] = []
  if (burst !== undefined) {
    const { members, midRequest, resets } = burst
    if (members.length > 1) lines.push(`${endedText(burst)}, by the server`)
    if (midRequest.length > 0)
      lines.push(`${count(countOf(midRequest), 'request')} had got no answer`)
    const unread = resets.filter(({ isMidRequest }) => isMidRequest)
    if (unread.length > 0) lines.push(`${count(countOf(unread), 'reset')} with payload unread`)
    if (survivors.length === 0 && members.length > 1)
      lines.push('none of its connections was left open')
  }
  if (outage !== undefined && !afterDrain)
    lines.push(refusedText(outage) + afterText(outage.firstRefusedNs - endNs))
  return lines
}

function againstDeath({ burst, survivors, isWorker, nextAcceptedNs, forgotten }: Death): string[] {
  const lines: string[] = []
  if (!isWorker && !Number.isNaN(nextAcceptedNs))
    lines.push('it took connections again and refused none: it may be one process of several')
  if (burst === undefined && forgotten.length === 0)
    lines.push('no connection was open: it may have been stopped, or a firewall answers for it')
  if (burst?.midRequest.length === 0) lines.push('no request was open: a clean exit looks the same')
  if (survivors.length > 0) lines.push(`${count(countOf(survivors), 'connection')} of it went on`)
  if (isWorker)
    lines.push(
      'the service takes connections all the time: a worker of several, a reload, or of a proxy what lies behind it',
    )
  return lines
}

/** How long the first refusal came after the last end, where it did. */
function afterText(ns: number): string {
  return ns > 0 ? `, the first ${duration(ns)} after the last end` : ''
}

function sureOfDeath({ burst, outage, isWorker, forgotten, nextAcceptedNs }: Death): Confidence {
  const open = burst?.midRequest.length ?? 0
  const signs =
    ((burst?.members.length ?? 0) >= 3 ? 1 : 0) +
    (open > 0 ? 1 : 0) +
    (open >= 3 ? 1 : 0) +
    (countOf(outage?.refused ?? []) > 1 ? 1 : 0) +
    (forgotten.length > 1 ? 1 : 0) -
    (isWorker ? 2 : Number.isNaN(nextAcceptedNs) ? 0 : 1)
  return signs >= 3 ? 'certain' : signs === 2 ? 'likely' : 'possible'
}

function drainIncident({ name }: Service, drain: Drain, at: string): Incident {
  const { outage, members, leftOpen, killed, answered, startNs, endNs } = drain
  const spanNs = endNs - startNs
  const how = spanNs >= ONE_AFTER_ANOTHER_NS ? 'one after another over' : 'within'
  const lost = countOf(members.filter(isRequestLost))
  const open = countOf(leftOpen.filter((c) => !killed.includes(c)))
  const parts = [
    members.length > 0
      ? `${count(countOf(members), 'connection')} ended ${how} ${duration(spanNs)}`
      : '',
    killed.length > 0 ? `${grouped(countOf(killed))} killed later` : '',
    open > 0 ? `${grouped(open)} went on` : '',
    refusedText(outage),
  ].filter((text) => text !== '')
  return {
    kind: 'graceful_shutdown',
    endpoint: name,
    startNs,
    endNs,
    confidence: members.length >= 3 && lost === 0 ? 'likely' : 'possible',
    says:
      members.length > 0
        ? `${name} stopped taking connections at ${at} and went on serving those that were open: ${parts.join(', ')}.`
        : `${name} refused new connections from ${at} on and went on with those that were open: ${parts.join(', ')}.`,
    speaksFor: [
      answered.length > 0
        ? `${count(countOf(answered), 'connection')} closed right behind an answer, then ${refusedText(outage)}`
        : `${refusedText(outage)}, while open connections went on`,
      ...(lost === 0 && members.length > 0
        ? [
            killed.length > 0
              ? 'before the kill every connection that ended had got its answers'
              : 'every request was answered first',
          ]
        : []),
    ],
    speaksAgainst: [
      ...(lost > 0 ? [`${count(lost, 'request')} had got no answer`] : []),
      ...(answered.length > 0 ? ['nothing was refused before all had ended'] : []),
      ...(members.length === 0
        ? ['none of the open connections ended: a firewall that rejects new ones looks the same']
        : []),
    ],
    members,
    spreadNs: spanNs,
    refused: countOf(outage.refused),
    requestsLost: lost,
    ...(open > 0 ? { leftOpen: open } : {}),
  }
}

function restartIncident({ name }: Service, restart: Restart, names: Names): Incident {
  const { outage, startNs, endNs, death, drain } = restart
  const n = count(countOf(outage.refused), 'connection')
  return {
    kind: 'service_restart',
    endpoint: name,
    startNs,
    endNs,
    confidence: sureOfRestart(restart),
    says: `${name} was down from ${names.range(startNs, endNs)} (${mostText(restart)}${duration(endNs - startNs)}): ${whyDown(restart)}, refused ${n}, and took them again.`,
    speaksFor: [
      `${n} refused, then one taken ${duration(endNs - outage.lastRefusedNs)} after the last refusal`,
    ],
    speaksAgainst:
      death === undefined && drain === undefined
        ? ['nothing before it was captured: it may never have been there before']
        : [],
    members: outage.refused,
    downtimeNs: endNs - startNs,
    toRefusedNs: Math.max(0, outage.firstRefusedNs - startNs),
    refused: countOf(outage.refused),
  }
}

function whyDown({ death, drain }: Restart): string {
  if (death === undefined && drain === undefined) return 'it refused when the capture began'
  if (death === undefined) return 'it had been stopped'
  return drain === undefined ? 'it had died' : 'it had been stopped and killed'
}

/** No surer than what it follows, and than the times allow. */
function sureOfRestart({ death, drain, outage, isThinned }: Restart): Confidence {
  if (death === undefined && drain === undefined) return 'possible'
  const isMany = outage.refused.length >= 3
  const before = death === undefined ? 'likely' : sureOfDeath(death)
  if (before === 'possible') return isMany ? 'likely' : 'possible'
  return isMany && !isThinned ? 'certain' : 'likely'
}

function endedText({ members, resets, firstNs, lastNs }: Burst): string {
  const byReset = countOf(resets)
  const fins = countOf(members) - byReset
  const how = [
    fins > 0 ? `${grouped(fins)} FIN` : '',
    byReset > 0 ? `${grouped(byReset)} RST` : '',
  ].filter((text) => text !== '')
  const within = members.length > 1 ? ` within ${duration(lastNs - firstNs)}` : ''
  return `${count(countOf(members), 'connection')} ended${within} (${how.join(', ')})`
}

function refusedText({ refused, firstRefusedNs, lastRefusedNs }: Outage): string {
  const spanNs = lastRefusedNs - firstRefusedNs
  return `${count(countOf(refused), 'connection')} refused${spanNs > 0 ? ` over ${duration(spanNs)}` : ''}`
}
