// The columns of the table, and a row of it.

import type { JSX } from 'preact'
import { bytesText, duration } from '../../base/text.js'
import type { PageHead } from '../../output/page/page-data.js'
import { type Connections, clientAt, serverAt, wordAt } from '../model/connections.js'
import { connectionText } from '../model/hash.js'
import type { OrderName } from '../model/order.js'
import { type Shared, timeText, useShared } from './context.js'
import { baseName } from './header.js'
import { Swatch } from './patterns.js'

/** How times are written. */
type Times = Pick<Shared, 'isLocal' | 'hasDates'>

/** A column. */
export interface TableColumn {
  readonly name: string
  readonly label: string
  /** What it sorts by; undefined where nobody would. */
  readonly order?: OrderName
  /** Sorted so at first. */
  readonly isDescending?: boolean
  readonly text: (c: Connections, at: number, head: PageHead, times: Times) => string
}

/** All columns, in order; the first one has the link. */
export const COLUMNS: readonly TableColumn[] = [
  {
    name: 'ending',
    label: 'Ending',
    order: 'trouble',
    isDescending: true,
    text: (c, at, head) => {
      const ending = head.endings[c.ending[at] as number]
      return ending === undefined ? '' : `${ending.verdict} / ${ending.cause}`
    },
  },
  {
    name: 'ended',
    label: 'Ended',
    order: 'ended',
    text: (c, at, _head, { isLocal, hasDates }) =>
      timeText(c.endedMs[at] as number, isLocal, hasDates),
  },
  { name: 'client', label: 'Client', order: 'client', text: clientAt },
  { name: 'server', label: 'Server', order: 'server', text: serverAt },
  {
    name: 'closer',
    label: 'Closed by',
    order: 'closer',
    text: (c, at) => wordAt(c.closer, at),
  },
  {
    name: 'confidence',
    label: 'Confidence',
    order: 'confidence',
    text: (c, at) => wordAt(c.confidence, at),
  },
  {
    name: 'lasted',
    label: 'Lasted',
    order: 'lasted',
    isDescending: true,
    text: (c, at) => shortDuration(c.durationS[at] as number),
  },
  {
    name: 'bytes',
    label: 'Payload',
    order: 'bytes',
    isDescending: true,
    text: (c, at) => bytesText((c.clientBytes[at] as number) + (c.serverBytes[at] as number)),
  },
  {
    name: 'client-sees',
    label: 'Client saw',
    order: 'client_sees',
    text: (c, at) => wordAt(c.clientSees, at),
  },
  {
    name: 'server-sees',
    label: 'Server saw',
    order: 'server_sees',
    text: (c, at) => wordAt(c.serverSees, at),
  },
  {
    name: 'findings',
    label: 'Findings, flags',
    text: (c, at) => [...(c.findings[at] ?? []), ...(c.flags[at] ?? [])].join(', '),
  },
  {
    name: 'stream',
    label: 'Stream',
    order: 'stream',
    text: (c, at) => `${c.stream[at]}`,
  },
  {
    name: 'capture',
    label: 'Capture',
    text: (c, at, head) => baseName(head.captures[c.capture[at] as number]?.capture ?? ''),
  },
]

/** A duration in a narrow column. */
function shortDuration(seconds: number): string {
  return seconds < 1e-9 ? '0' : duration(seconds * 1e9)
}

/** A date and a time; what a narrow screen has no room for, it does not show. */
function Dated({ text }: { readonly text: string }): JSX.Element {
  const [, year = '', rest = text, below = ''] = /^(\d+-)(.*)(\.\d+)$/.exec(text) ?? []
  return (
    <>
      <span class="year">{year}</span>
      {rest}
      <span class="below-s">{below}</span>
    </>
  )
}

/** One connection. */
export function Row({
  connections: c,
  columns,
  place,
  index,
  isActive,
  show,
}: {
  readonly connections: Connections
  readonly columns: readonly TableColumn[]
  readonly place: number
  readonly index: number
  readonly isActive: boolean
  readonly show: (place: number) => void
}): JSX.Element {
  const { head, isLocal, hasDates } = useShared()
  const ending = head.endings[c.ending[place] as number]
  const verdict = ending?.verdict ?? ''
  const link = connectionText({
    capture: c.capture[place] as number,
    stream: c.stream[place] as number,
  })
  return (
    <tr
      aria-rowindex={index + 2}
      onClick={(event) => {
        // Links open elsewhere with these, and texts can be selected.
        if (event.ctrlKey || event.metaKey || event.shiftKey) return
        if (getSelection()?.isCollapsed === false) return
        event.preventDefault()
        show(place)
      }}
    >
      {columns.map(({ name, text }) => {
        const shown = text(c, place, head, { isLocal, hasDates })
        return (
          <td key={name} class={`c-${name}`} title={shown.length > 12 ? shown : undefined}>
            {name === 'ending' ? (
              <a href={`#connection=${link}`} tabIndex={isActive ? 0 : -1}>
                <Swatch verdict={verdict} />
                <span class="verdict-part">{verdict} / </span>
                {ending?.cause}
              </a>
            ) : name === 'ended' && hasDates ? (
              <Dated text={shown} />
            ) : (
              shown
            )}
          </td>
        )
      })}
    </tr>
  )
}
