// What happened to services and hosts, in sentences. Without an incident, where most trouble is.

import type { JSX } from 'preact'
import { useMemo } from 'preact/hooks'
import { msOfIso } from '../../base/clock-time.js'
import { count, grouped } from '../../base/text.js'
import type { PageHead, PageIncident } from '../../output/page/page-data.js'
import type { Connections } from '../model/connections.js'
import { endpointCounts } from '../model/endpoints.js'
import { NO_FILTERS, allSeen, incidentName, withList } from '../model/filters.js'
import { quietText } from '../model/words.js'
import { timeText, useShared, zoneText, zonesText } from './context.js'
import { baseName } from './header.js'

/** Incidents that are told at once. */
const MOST_TOLD = 5

/** The first part of the page. */
export function Incidents({
  connections,
}: {
  readonly connections: Connections | undefined
}): JSX.Element {
  const { head } = useShared()
  const events = numbered(head.incidents, false)
  const calm = numbered(head.incidents, true)
  return (
    <section aria-labelledby="happened" class="incidents">
      <h2 id="happened">What happened</h2>
      {head.scans.length > 0 && (
        <ul class="told">
          {head.scans.map((scan) => (
            <ScanItem key={scan.ending} {...scan} />
          ))}
        </ul>
      )}
      {events.length === 0 ? (
        head.scans.length === 0 && <NoIncident connections={connections} />
      ) : (
        <ol class="told">
          {events.slice(0, MOST_TOLD).map((each) => (
            <Incident key={each.number} {...each} />
          ))}
        </ol>
      )}
      {events.length > MOST_TOLD && (
        <details>
          <summary>{grouped(events.length - MOST_TOLD)} more incidents</summary>
          <ol class="told">
            {events.slice(MOST_TOLD).map((each) => (
              <Incident key={each.number} {...each} />
            ))}
          </ol>
        </details>
      )}
      {calm.length > 0 && (
        <details open={events.length === 0}>
          <summary>{count(calm.length, 'timer')} that close idle connections</summary>
          <ol class="told calm">
            {calm.map((each) => (
              <Incident key={each.number} {...each} />
            ))}
          </ol>
        </details>
      )}
    </section>
  )
}

/** One sentence, of one incident or of two. */
export interface ToldIncident {
  /** Beside it, and on the time line. */
  readonly number: number
  readonly incident: PageIncident
  readonly all: readonly PageIncident[]
}

/** Events, or how services are set up, with their numbers; one that another's sentence tells too is joined to it. */
export function numbered(incidents: readonly PageIncident[], isCalm: boolean): ToldIncident[] {
  return incidents
    .filter(({ told_by: by, is_calm: is }) => by === undefined && is === isCalm)
    .map((incident, at) => ({
      number: at + 1,
      incident,
      all: [
        incident,
        ...incidents.filter(
          (other) => other.told_by === incident.id && other.capture_at === incident.capture_at,
        ),
      ],
    }))
}

function Incident({ number, incident, all }: ToldIncident): JSX.Element {
  const { head, isLocal, filters, setFilters } = useShared()
  const {
    explanation,
    endpoint,
    confidence,
    start_time: start,
    speaks_for,
    speaks_against,
  } = incident
  const names = all.map(incidentName)
  const isShown = filters.lists.incident?.join() === names.join()
  const kinds = all.map(({ kind }) => kind)
  const ms = msOfIso(start)
  const [before, ...after] = explanation.split(endpoint)
  return (
    <li>
      <span class="number" aria-hidden="true">
        {number}
      </span>
      <div>
        <p class="sentence">
          {before}
          {after.length > 0 && <strong>{endpoint}</strong>}
          {after.join(endpoint)}
        </p>
        <div class="about">
          <time dateTime={start}>
            {timeText(ms, isLocal, true)} {zoneText(ms, isLocal)}
          </time>
          <span>{confidence}</span>
          <code>{kinds.join(', ')}</code>
          {head.captures.length > 1 && <span>{baseName(incident.capture)}</span>}
          <button
            type="button"
            class="link no-print"
            aria-pressed={isShown}
            onClick={() =>
              setFilters(
                isShown
                  ? withList(filters, 'incident', [])
                  : withList(NO_FILTERS, 'incident', names),
              )
            }
          >
            {isShown ? 'show all connections' : `show ${membersText(all)}`}
          </button>
          <details class="why">
            <summary>why, and what to do</summary>
            <ul>
              {speaks_for.map((text) => (
                <li key={text}>For: {text}</li>
              ))}
              {speaks_against.map((text) => (
                <li key={text}>Against: {text}</li>
              ))}
              {kinds.map((kind) => (
                <li key={kind}>
                  <code>{kind}</code>: {head.kinds[kind]}
                </li>
              ))}
            </ul>
          </details>
        </div>
      </div>
    </li>
  )
}

/** What looks like a scan. */
function ScanItem({ ending, client, text }: PageHead['scans'][number]): JSX.Element {
  const { filters, setFilters } = useShared()
  const its = withList(withList(NO_FILTERS, 'client', [client]), 'ending', [ending])
  const { lists } = filters
  const isShown = lists.client?.join() === client && lists.ending?.join() === ending
  return (
    <li>
      <div>
        <p class="sentence">
          <strong>{client}</strong>
          {text.slice(client.length)}
        </p>
        <div class="about">
          <button
            type="button"
            class="link no-print"
            aria-pressed={isShown}
            onClick={() => setFilters(isShown ? NO_FILTERS : its)}
          >
            {isShown ? 'show all connections' : 'show its connections'}
          </button>
        </div>
      </div>
    </li>
  )
}

/** Which of its connections are known by their streams: of very many some. */
function membersText(all: readonly PageIncident[]): string {
  const known = new Set(all.flatMap(({ streams }) => streams)).size
  const isWhole = all.every(({ connections, streams }) => connections <= streams.length)
  return isWhole ? 'its connections' : `${grouped(known)} of its connections`
}

/** Where most connections ended badly, which is no incident. */
function NoIncident({
  connections: c,
}: {
  readonly connections: Connections | undefined
}): JSX.Element {
  const { head, isLocal } = useShared()
  const worst = useMemo(
    () => (c === undefined ? undefined : endpointCounts(c, head, c.server, allSeen(c), 1).first[0]),
    [c, head],
  )
  if (c === undefined) return <p>No incident was found.</p>
  if (worst === undefined || worst.firstMs === Infinity) return <p>{quietText(head)}</p>
  const { name, firstMs, lastMs } = worst
  const isPart = head.rest.connections > 0
  const isLong = lastMs - firstMs >= 1
  return (
    <p>
      No incident was found: nothing that concerns a service or host as a whole. Most trouble has{' '}
      <strong>{name}</strong>,{' '}
      {isLong
        ? `from ${timeText(firstMs, isLocal, true)} to ${timeText(lastMs, isLocal, true)}`
        : `at ${timeText(firstMs, isLocal, true)}`}{' '}
      {zonesText(firstMs, lastMs, isLocal)}: {troubleText(worst)}
      {isPart ? ` (counting only the ${grouped(head.rows)} connections that have a row)` : ''}.
    </p>
  )
}

function troubleText(worst: {
  readonly connections: number
  readonly refused: number
  readonly unanswered: number
  readonly resets: number
}): string {
  const { connections, refused, unanswered, resets } = worst
  const parts = [
    ...(refused > 0 ? [`${grouped(refused)} refused`] : []),
    ...(unanswered > 0 ? [`${grouped(unanswered)} unanswered`] : []),
    ...(resets > 0 ? [`${grouped(resets)} reset`] : []),
  ]
  const all = count(connections, 'connection')
  return parts.length === 0 ? all : `${parts.join(', ')} of ${all}`
}
