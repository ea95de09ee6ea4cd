// Connections by server and by client. Each endpoint is a filter.

import type { JSX } from 'preact'
import { useMemo, useState } from 'preact/hooks'
import { grouped } from '../../base/text.js'
import type { Connections } from '../model/connections.js'
import { type EndpointCount, endpointCounts } from '../model/endpoints.js'
import { seenBy, toggled } from '../model/filters.js'
import { RowsOnly, useShared } from './context.js'
import { StackedBar } from './patterns.js'

/** Endpoints listed at first, and with each step. */
const FIRST = 6
const STEP = 50

/** Both lists. */
export function Endpoints({
  connections: c,
  out,
}: {
  readonly connections: Connections
  readonly out: Uint8Array
}): JSX.Element {
  return (
    <div class="endpoints">
      <EndpointList title="Servers" kind="server" connections={c} out={out} />
      <EndpointList title="Clients" kind="client" connections={c} out={out} />
    </div>
  )
}

function EndpointList({
  title,
  kind,
  connections: c,
  out,
}: {
  readonly title: string
  readonly kind: 'server' | 'client'
  readonly connections: Connections
  readonly out: Uint8Array
}): JSX.Element {
  const { head } = useShared()
  const [shown, setShown] = useState(FIRST)
  const { all, first } = useMemo(
    () =>
      endpointCounts(c, head, kind === 'server' ? c.server : c.clientIp, seenBy(out, kind), shown),
    [c, head, kind, out, shown],
  )
  const most = Math.max(1, ...first.map(({ connections }) => connections))
  return (
    <section aria-labelledby={`${kind}s`}>
      <h2 id={`${kind}s`}>
        {title} <span class="of">{grouped(all)}</span> <RowsOnly />
        {all > 1 && <span class="of"> · most trouble first</span>}
      </h2>
      <div class="scroll" tabIndex={0} role="region" aria-label={`${title}, counted`}>
        <table class="endpoint-table">
          <thead>
            <tr>
              <th scope="col">{kind === 'server' ? 'address and port' : 'address'}</th>
              <th scope="col">connections</th>
              <th scope="col">refused</th>
              <th scope="col">unanswered</th>
              <th scope="col">resets</th>
              <th scope="col" class="wide">
                by verdict
              </th>
            </tr>
          </thead>
          <tbody>
            {first.map((each) => (
              <EndpointRow key={each.name} kind={kind} count={each} most={most} />
            ))}
          </tbody>
        </table>
      </div>
      {all > shown && (
        <button type="button" class="no-print" onClick={() => setShown(shown + STEP)}>
          Show {grouped(Math.min(STEP, all - shown))} more
        </button>
      )}
    </section>
  )
}

function EndpointRow({
  kind,
  count,
  most,
}: {
  readonly kind: 'server' | 'client'
  readonly count: EndpointCount
  readonly most: number
}): JSX.Element {
  const { head, filters, setFilters } = useShared()
  const { name, connections, refused, unanswered, resets, verdicts } = count
  const parts = head.verdicts.map(({ verdict }, at) => [verdict, verdicts[at] ?? 0] as const)
  const words = parts
    .filter(([, n]) => n > 0)
    .map(([verdict, n]) => `${verdict} ${grouped(n)}`)
    .join(', ')
  return (
    <tr>
      <th scope="row">
        <button
          type="button"
          class="link"
          aria-pressed={filters.lists[kind]?.includes(name) === true}
          onClick={() => setFilters(toggled(filters, kind, name))}
        >
          {name}
        </button>
      </th>
      <td>{grouped(connections)}</td>
      <td>{refused === 0 ? '' : grouped(refused)}</td>
      <td>{unanswered === 0 ? '' : grouped(unanswered)}</td>
      <td>{resets === 0 ? '' : grouped(resets)}</td>
      <td class="wide" title={words}>
        <span class="hidden">{words}</span>
        <StackedBar parts={parts} most={most} />
      </td>
    </tr>
  )
}
