// The packets of a connection: client on the left, server on the right, states at the sides, evidence marked.

import type { JSX } from 'preact'
import type { PageEvidence, PageFold, PageLadder, PagePacket } from '../../output/page/page-data.js'
import type { Details } from '../model/details.js'

/** The ladder of a connection. */
export function Ladder({
  ladder: { rows, omitted },
  client,
  server,
}: {
  readonly ladder: PageLadder
  readonly client: string
  readonly server: string
}): JSX.Element {
  const before: [string, string] = ['', '']
  return (
    <>
      <div class="ladder" role="table" aria-label={`Packets between ${client} and ${server}`}>
        <div class="ladder-head" role="row">
          <span role="columnheader">packet</span>
          <span role="columnheader">time (s)</span>
          <span role="columnheader" class="state client">
            client
          </span>
          <span role="columnheader" class="arrow-head">
            <span class="hidden">packet sent</span>
          </span>
          <span role="columnheader" class="state">
            server
          </span>
        </div>
        {rows.map((row, at) => {
          if (!isPacket(row)) return <Fold key={`${at} ${row.text}`} {...row} />
          const [left, right] = before
          before[0] = row.client
          before[1] = row.server
          return (
            <Packet
              key={row.packet}
              packet={row}
              client={row.client === left ? '' : row.client}
              server={row.server === right ? '' : row.server}
            />
          )
        })}
      </div>
      {omitted !== '' && <p class="about">{omitted}</p>}
    </>
  )
}

function isPacket(row: PagePacket | PageFold): row is PagePacket {
  return 'packet' in row
}

function Fold({ text, isSilence }: PageFold): JSX.Element {
  return (
    <div class={isSilence ? 'fold silence' : 'fold'} role="row">
      <span role="cell" aria-colspan={5}>
        … {text} …
      </span>
    </div>
  )
}

/** What a packet does to the connection, for its colour. */
function kindOf({ label, from }: PagePacket): string {
  if (from === 'network' || /\bRST\b/.test(label)) return 'rst'
  if (/\bFIN\b/.test(label)) return 'fin'
  return /\bSYN\b/.test(label) ? 'syn' : 'plain'
}

const DIRECTIONS = {
  client: 'client to server',
  server: 'server to client',
  network: 'from the network',
} as const

/** One packet; states where they have changed. */
function Packet({
  packet,
  client,
  server,
}: {
  readonly packet: PagePacket
  readonly client: string
  readonly server: string
}): JSX.Element {
  const { packet: number, at, from, label, notes = [], shows } = packet
  return (
    <div class={`packet${shows === undefined ? '' : ' evidence'}`} role="row">
      <span class="frame" role="cell">
        {shows !== undefined && <span aria-hidden="true">* </span>}
        {number}
      </span>
      <span class="at" role="cell">
        {at.toFixed(6)}
      </span>
      <span class="state client" role="cell">
        {client}
      </span>
      <span role="cell" class={`arrow from-${from} ${kindOf(packet)}`}>
        <span class="hidden">{DIRECTIONS[from]}: </span>
        <span class="shaft">
          <span class="label">{label}</span>
        </span>
        {(client !== '' || server !== '') && (
          <span class="states-below">
            {[client && `client ${client}`, server && `server ${server}`]
              .filter(Boolean)
              .join(', ')}
          </span>
        )}
        {(notes.length > 0 || shows !== undefined) && (
          <span class="below">
            {notes.join(', ')}
            {notes.length > 0 && shows !== undefined ? '; ' : ''}
            {shows !== undefined && <em>{shows}</em>}
          </span>
        )}
      </span>
      <span class="state" role="cell">
        {server}
      </span>
    </div>
  )
}

/** The packets a verdict rests on, where no others are in the page. */
export function Evidence({
  details,
  isReading,
}: {
  readonly details: Details
  /** The others are on their way. */
  readonly isReading: boolean
}): JSX.Element {
  const evidence = (details['evidence'] ?? []) as readonly PageEvidence[]
  const others = isReading ? 'the others are being read …' : 'this page has no others of it.'
  if (evidence.length === 0)
    return (
      <p class="about" role="status">
        {isReading ? 'Reading its packets …' : 'No packet is evidence by itself.'}
      </p>
    )
  return (
    <>
      <p class="about" role="status">
        The packets that the verdict rests on; {others}
      </p>
      <table class="evidence-table" aria-label="Packets that the verdict rests on">
        <thead>
          <tr>
            <th scope="col">packet</th>
            <th scope="col">time (s)</th>
            <th scope="col">what it shows</th>
          </tr>
        </thead>
        <tbody>
          {evidence.map(([packet, at, shows]) => (
            <tr key={`${packet} ${shows}`}>
              <td class="n">{packet}</td>
              <td class="n">{at.toFixed(6)}</td>
              <td>{shows}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  )
}
