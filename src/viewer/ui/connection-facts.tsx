// What an ending means, what else was found, and every number of a connection.

import { Fragment, type JSX } from 'preact'
import { bytesText, duration, grouped } from '../../base/text.js'
import type { PageFinding, PageHead } from '../../output/page/page-data.js'
import type { Details } from '../model/details.js'
import { type Connections, SPANS, wordAt } from '../model/connections.js'
import { useShared } from './context.js'

/** A heading of the list and what stands behind it. */
type Fact = readonly [name: string, texts: readonly string[]]

/** The parts below the ladder. */
export function ConnectionFacts({
  connections: c,
  place,
  details,
}: {
  readonly connections: Connections
  readonly place: number
  readonly details: Details
}): JSX.Element {
  const { head } = useShared()
  return (
    <>
      <h3>About this ending</h3>
      <dl class="facts-list">
        {factsOf(c, place, details, head)
          .filter(([, texts]) => texts.length > 0)
          .map(([name, texts]) => (
            <Fragment key={name}>
              <dt>{name}</dt>
              {texts.map((text) => (
                <dd key={text}>{text}</dd>
              ))}
            </Fragment>
          ))}
      </dl>
      <Numbers connections={c} place={place} details={details} />
    </>
  )
}

function factsOf(c: Connections, place: number, details: Details, head: PageHead): Fact[] {
  const ending = head.endings[c.ending[place] as number]
  const findings = (details['findings'] ?? []) as readonly PageFinding[]
  const alternatives = (details['alternatives'] ?? []) as readonly string[]
  const sees = [
    ['client', wordAt(c.clientSees, place)],
    ['server', wordAt(c.serverSees, place)],
  ] as const
  return [
    ['What it means', ending === undefined ? [] : [ending.meaning]],
    ['Usually behind it', ending === undefined ? [] : [ending.usually]],
    ['What to do', ending === undefined ? [] : [ending.advice]],
    ['Findings', findings.map(([code, packet, says]) => `${code}, packet ${packet}: ${says}`)],
    [
      'Programs saw',
      sees
        .filter(([, word]) => word !== '')
        .map(([side, word]) => `${side}: ${word} (${head.sees[word] ?? ''})`),
    ],
    ['Could also be', alternatives.map((name) => alternativeText(name, head))],
    ['Flags', (c.flags[place] ?? []).map((name) => `${name}: ${head.flags[name] ?? ''}`)],
  ]
}

function alternativeText(name: string, head: PageHead): string {
  const ending = head.endings.find((each) => each.name === name)
  return ending === undefined ? name : `${name}: ${ending.meaning} ${ending.usually}`
}

/** Columns of the details that are shown elsewhere. */
const NO_NUMBERS: ReadonlySet<string> = new Set(['opened_s'])

/** Timings, and what was sent. */
function Numbers({
  connections: c,
  place,
  details,
}: {
  readonly connections: Connections
  readonly place: number
  readonly details: Details
}): JSX.Element {
  const { head } = useShared()
  const spans = SPANS.map((key) => [key, c.spans[key][place] as number] as const)
  const all = [
    ['duration_s', c.durationS[place] as number] as const,
    ...spans,
    ['client_bytes', c.clientBytes[place] as number] as const,
    ['server_bytes', c.serverBytes[place] as number] as const,
    ...Object.entries(details).filter(
      (pair): pair is [string, number] => typeof pair[1] === 'number' && !NO_NUMBERS.has(pair[0]),
    ),
  ].filter(([, value]) => !Number.isNaN(value))
  const states = ['client_state', 'server_state'].flatMap((key) =>
    typeof details[key] === 'string' ? [[key, details[key]] as const] : [],
  )
  const rows = [...states, ...all.map(([key, value]) => [key, numberText(key, value)] as const)]
  return (
    <>
      <h3>Timings and counts</h3>
      <dl class="numbers-list">
        {rows.map(([key, text]) => (
          <div key={key}>
            <dt title={head.docs[key]}>
              <code>{key}</code>
            </dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
    </>
  )
}

function numberText(key: string, value: number): string {
  if (key.endsWith('_s')) return value === 0 ? '0' : duration(value * 1e9)
  return key.endsWith('_bytes') ? bytesText(value) : grouped(value)
}
