// Connections by verdict, in plain words: how many, and which share. Each is a filter.

import type { JSX } from 'preact'
import { useMemo } from 'preact/hooks'
import { grouped } from '../../base/text.js'
import type { Connections } from '../model/connections.js'
import { type VerdictCount, verdictCounts } from '../model/counts.js'
import { seenBy, toggled } from '../model/filters.js'
import { RowsOnly, shareText, useShared } from './context.js'
import { StackedBar, Swatch } from './patterns.js'

/** How connections ended. */
export function Verdicts({
  connections,
  out,
  hasRest,
}: {
  readonly connections: Connections
  readonly out: Uint8Array
  /** Connections without a row are counted too: nothing is left out. */
  readonly hasRest: boolean
}): JSX.Element {
  const { head } = useShared()
  const counts = useMemo(
    () => verdictCounts(connections, head, seenBy(out, 'ending'), hasRest ? head.rest.causes : {}),
    [connections, head, out, hasRest],
  )
  const all = counts.reduce((sum, { n }) => sum + n, 0)
  const most = Math.max(1, ...counts.map(({ n }) => n))
  return (
    <section aria-labelledby="endings" class="verdicts">
      <h2 id="endings">How connections ended {!hasRest && <RowsOnly />}</h2>
      <ul class="verdict-list">
        {counts.map((each) => (
          <VerdictRow key={each.verdict} {...each} all={all} most={most} />
        ))}
      </ul>
    </section>
  )
}

function VerdictRow({
  verdict,
  title,
  n,
  causes,
  all,
  most,
}: VerdictCount & { readonly all: number; readonly most: number }): JSX.Element {
  const { filters, setFilters } = useShared()
  const wanted = filters.lists.ending ?? []
  return (
    <li>
      <button
        type="button"
        class="row"
        aria-pressed={wanted.includes(verdict)}
        onClick={() => setFilters(toggled(filters, 'ending', verdict))}
      >
        <Swatch verdict={verdict} />
        <span class="words">
          <span class="plain">{title}</span> <code class="name">{verdict}</code>
        </span>
        <span class="n">{grouped(n)}</span>
        <span class="share">{shareText(n, all)}</span>
        <StackedBar parts={[[verdict, n]]} most={most} />
      </button>
      <ul class="causes">
        {causes.map(({ ending, n: each }) => (
          <li key={ending.name}>
            <button
              type="button"
              class="cause"
              aria-pressed={wanted.includes(ending.name)}
              title={ending.meaning}
              onClick={() => setFilters(toggled(filters, 'ending', ending.name))}
            >
              {ending.cause} <span class="n">{grouped(each)}</span>
            </button>
          </li>
        ))}
      </ul>
    </li>
  )
}
