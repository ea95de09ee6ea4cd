// Incidents of a service: its process dies, it is stopped, it is back.

import { count, duration, grouped } from '../../base/text.js'
import type { Confidence } from '../../verdict/answer.js'
import { countOf } from '../ended.js'
import type { Incident } from '../incident.js'
import type { Scene, Service } from '../scene.js'
import type { Names } from '../names.js'
import type { Burst, Outage } from '../service-facts.js'
import type { Death, Drain, Restart } from '../service-story.js'

/** Deaths, drains and restarts of a service. */
export function serviceIncidents(service: Service, { names }: Scene): Incident[] {
  const { deaths, drains, restarts } = service.story
  return [
    ...deaths.map((death) => deathIncident(service, death, names, restarts)),
    ...drains.map((drain) => drainIncident(service, drain, names.clock(drain.startNs))),
    ...restarts.map((restart) => restartIncident(service, restart, names.clock(restart.endNs))),
  ]
}

function deathIncident(
  { name }: Service,
  death: Death,
  names: Names,
  restarts: readonly Restart[],
): Incident {
  const at = names.clock(death.startNs)
  const { burst, outage, survivors, isWorker, afterDrain } = death
  const members = burst?.members ?? []
  const lost = burst?.lost.length ?? 0
  const back = restarts.find((restart) => restart.death === death)
  const parts: string[] = []
  if (burst !== undefined) parts.push(endedText(burst))
  if (lost > 0) parts.push(`${count(lost, 'request')} lost`)
  if (outage !== undefined) parts.push(refusedText(outage))
  if (back !== undefined)
    parts.push(`it took connections again ${duration(back.endNs - death.startNs)} later`)
  const what = isWorker ? `one process of ${name} died at ${at}` : `${name} died at ${at}`
  const speaksFor: string[] = []
  const speaksAgainst: string[] = []
  if (burst !== undefined && members.length > 1)
    speaksFor.push(`${endedText(burst)}, by the server`)
  if (lost > 0) speaksFor.push(`${count(lost, 'request')} had got no answer`)
  else if (burst !== undefined)
    speaksAgainst.push('no request was open: a clean exit looks the same')
  if (burst !== undefined && burst.resets > 0)
    speaksFor.push(`${burst.resets} of them by a reset: payload was unread`)
  if (outage !== undefined)
    speaksFor.push(refusedText(outage) + afterText(outage.firstRefusedNs - death.endNs))
  if (burst === undefined)
    speaksAgainst.push(
      'no connection was open: it may have been stopped, or a firewall answers for it',
    )
  if (survivors.length > 0)
    speaksAgainst.push(
      `${count(survivors.length, 'connection')} of it went on: other processes of it live`,
    )
  else if (members.length > 1) speaksFor.push('none of its connections was left open')
  return {
    kind: 'process_death',
    endpoint: name,
    startNs: death.startNs,
    endNs: death.endNs,
    confidence: sureOfDeath(death),
    says:
      burst === undefined && outage !== undefined
        ? `${name} was gone at ${at}: it had taken connections until ${names.clock(outage.lastAcceptedNs)} and refused ${grouped(countOf(outage.refused))} from then on${back === undefined ? '' : `, for ${duration(back.endNs - death.startNs)}`}.`
        : `${capital(what)}${afterDrain ? ', after it had stopped taking connections' : ''}: ${parts.join(', ')}.`,
    speaksFor,
    speaksAgainst,
    members,
    ...(members.length > 1 && burst !== undefined
      ? { spreadNs: burst.lastNs - burst.firstNs }
      : {}),
    ...(outage === undefined
      ? {}
      : {
          refused: countOf(outage.refused),
          toRefusedNs: Math.max(0, outage.firstRefusedNs - death.startNs),
        }),
    ...(burst === undefined ? {} : { requestsLost: lost }),
    ...(survivors.length > 0 ? { leftOpen: survivors.length } : {}),
  }
}

/** How long the first refusal came after the last end, where it did. */
function afterText(ns: number): string {
  return ns > 0 ? `, the first ${duration(ns)} after the last end` : ''
}

function sureOfDeath({ burst, outage, survivors }: Death): Confidence {
  const signs =
    ((burst?.members.length ?? 0) >= 3 ? 1 : 0) +
    ((burst?.lost.length ?? 0) > 0 || (burst?.resets ?? 0) > 0 ? 1 : 0) +
    ((burst?.lost.length ?? 0) >= 3 ? 1 : 0) +
    (outage === undefined ? 0 : 1) -
    (survivors.length > 0 ? 1 : 0)
  return signs >= 3 ? 'certain' : signs === 2 ? 'likely' : 'possible'
}

const ONE_AFTER_ANOTHER_NS = 50e6

function drainIncident({ name }: Service, drain: Drain, at: string): Incident {
  const { outage, members, leftOpen, startNs, endNs } = drain
  const n = countOf(members)
  const spanNs = endNs - startNs
  const how = spanNs >= ONE_AFTER_ANOTHER_NS ? 'one after another over' : 'within'
  const ended = `${count(n, 'connection')} ended ${how} ${duration(spanNs)}`
  const lost = members.filter(({ ending }) => ending === 'graceful_fin.unanswered_request').length
  return {
    kind: 'graceful_shutdown',
    endpoint: name,
    startNs,
    endNs,
    confidence: members.length >= 3 && lost === 0 ? 'likely' : 'possible',
    says: `${name} stopped taking connections at ${at} and served those that were open: ${ended}, ${refusedText(outage)}${leftOpen.length > 0 ? `, ${count(leftOpen.length, 'connection')} left open` : ''}.`,
    speaksFor: [
      `${refusedText(outage)}, while open connections went on`,
      ...(lost === 0 ? ['every request was answered first'] : []),
    ],
    speaksAgainst: lost > 0 ? [`${count(lost, 'request')} had got no answer`] : [],
    members,
    spreadNs: endNs - startNs,
    refused: countOf(outage.refused),
    requestsLost: lost,
    ...(leftOpen.length > 0 ? { leftOpen: leftOpen.length } : {}),
  }
}

function restartIncident({ name }: Service, restart: Restart, at: string): Incident {
  const { outage, startNs, endNs, death, drain } = restart
  const how =
    death === undefined
      ? 'it had been stopped'
      : drain === undefined
        ? 'it had died'
        : 'it had been stopped and killed'
  return {
    kind: 'service_restart',
    endpoint: name,
    startNs,
    endNs,
    confidence: outage.refused.length >= 2 && death?.isWorker !== true ? 'certain' : 'likely',
    says: `${name} was back at ${at}: ${how}, was down for ${duration(endNs - startNs)} and refused ${count(countOf(outage.refused), 'connection')} meanwhile.`,
    speaksFor: [
      `${count(countOf(outage.refused), 'connection')} refused, then one taken ${duration(endNs - outage.lastRefusedNs)} after the last refusal`,
    ],
    speaksAgainst: [],
    members: outage.refused,
    downtimeNs: endNs - startNs,
    toRefusedNs: Math.max(0, outage.firstRefusedNs - startNs),
    refused: countOf(outage.refused),
  }
}

function endedText({ members, resets, firstNs, lastNs }: Burst): string {
  const fins = members.length - resets
  const how = [
    fins > 0 ? `${grouped(fins)} FIN` : '',
    resets > 0 ? `${grouped(resets)} RST` : '',
  ].filter((text) => text !== '')
  const within = members.length > 1 ? ` within ${duration(lastNs - firstNs)}` : ''
  return `${count(members.length, 'connection')} ended${within} (${how.join(', ')})`
}

function refusedText({ refused, firstRefusedNs, lastRefusedNs }: Outage): string {
  const spanNs = lastRefusedNs - firstRefusedNs
  return `${count(countOf(refused), 'connection')} refused${spanNs > 0 ? ` over ${duration(spanNs)}` : ''}`
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
