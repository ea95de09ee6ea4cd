// Search, filters, and what is left out at the moment. Stays in sight.

import type { JSX } from 'preact'
import { useEffect, useMemo, useState } from 'preact/hooks'
import { grouped } from '../../base/text.js'
import type { Connections } from '../model/connections.js'
import {
  type Filters,
  LIST_FILTERS,
  type ListFilter,
  NO_FILTERS,
  hasFilters,
  toggled,
  valuesOf,
} from '../model/filters.js'
import { shownText } from '../model/words.js'
import { timeText, useShared } from './context.js'
import { baseName } from './header.js'
import { useMedia } from './look.js'

/** Filters with a list to choose from here; the others are clicked where they stand. */
const CHOICES = [
  ['confidence', 'Confidence'],
  ['closer', 'Closed by'],
  ['finding', 'Finding'],
  ['flag', 'Flag'],
  ['sees', 'Program saw'],
] as const

/** A search goes on when nothing was typed for so long. */
const TYPING_MS = 150

/** The bar. */
export function FilterBar({
  connections,
  out,
  shown,
  prepareSearch,
}: {
  readonly connections: Connections
  readonly out: Uint8Array
  readonly shown: number
  /** Does what the first search has to wait for. */
  readonly prepareSearch: () => void
}): JSX.Element {
  const { head, filters, setFilters } = useShared()
  const isFiltered = hasFilters(filters)
  const isWide = useMedia('(min-width: 801px)')
  const choices = (
    <>
      {CHOICES.map(([kind, label]) => (
        <Choice key={kind} kind={kind} label={label} connections={connections} out={out} />
      ))}
      <CaptureChoice />
    </>
  )
  return (
    <div class="filter-bar" role="search" aria-label="Filters">
      <div class="controls no-print">
        <Search prepare={prepareSearch} />
        {isWide ? (
          choices
        ) : (
          <details>
            <summary>More filters</summary>
            {choices}
          </details>
        )}
      </div>
      <div class="filter-state">
        <p role="status">{shownText(shown, connections.size, head.rest.connections, isFiltered)}</p>
        {isFiltered && (
          <>
            <ul class="chips" aria-label="Filters in force">
              {chipsOf(filters).map((chip) => (
                <li key={chip.text}>
                  <TimeOrText chip={chip} />
                </li>
              ))}
            </ul>
            <button type="button" class="no-print" onClick={() => setFilters(NO_FILTERS)}>
              Show all
            </button>
          </>
        )}
      </div>
    </div>
  )
}

/** A filter in force. */
interface Chip {
  readonly text: string
  readonly ms?: number
  readonly without: Filters
}

function chipsOf(filters: Filters): Chip[] {
  const chips: Chip[] = LIST_FILTERS.flatMap((kind) =>
    (filters.lists[kind] ?? []).map((value) => ({
      text: kind === 'ending' ? value.replace('.', ' / ') : `${kind} ${value}`,
      without: toggled(filters, kind, value),
    })),
  )
  const { fromMs, toMs, search } = filters
  if (fromMs !== -Infinity)
    chips.push({ text: 'since', ms: fromMs, without: { ...filters, fromMs: -Infinity } })
  if (toMs !== Infinity)
    chips.push({ text: 'until', ms: toMs, without: { ...filters, toMs: Infinity } })
  if (search.trim() !== '')
    chips.push({ text: `with “${search.trim()}”`, without: { ...filters, search: '' } })
  return chips
}

function TimeOrText({ chip }: { readonly chip: Chip }): JSX.Element {
  const { setFilters, isLocal, hasDates } = useShared()
  const { text, ms, without } = chip
  const shown = ms === undefined ? text : `${text} ${timeText(ms, isLocal, hasDates)}`
  return (
    <button type="button" class="chip" onClick={() => setFilters(without)}>
      {shown}
      <span aria-hidden="true" class="no-print">
        {' '}
        ×
      </span>
      <span class="hidden">, remove this filter</span>
    </button>
  )
}

/** Words that have to be in a row. */
function Search({ prepare }: { readonly prepare: () => void }): JSX.Element {
  const { filters, setFilters } = useShared()
  const [text, setText] = useState(filters.search)
  // A link, or the button that shows all, may change it too.
  useEffect(() => setText(filters.search), [filters.search])
  useEffect(() => {
    if (text === filters.search) return undefined
    const timer = setTimeout(() => setFilters({ ...filters, search: text }), TYPING_MS)
    return () => clearTimeout(timer)
  }, [text, filters, setFilters])
  return (
    <label class="search">
      Search
      <input
        type="search"
        value={text}
        placeholder="address, port, ending, stream …"
        onFocus={prepare}
        onInput={(event) => setText(event.currentTarget.value)}
      />
    </label>
  )
}

function Choice({
  kind,
  label,
  connections,
  out,
}: {
  readonly kind: (typeof CHOICES)[number][0]
  readonly label: string
  readonly connections: Connections
  readonly out: Uint8Array
}): JSX.Element | null {
  const values = useMemo(() => valuesOf(kind, connections, out), [kind, connections, out])
  const options = values.map(([value, n]) => [value, `${value} (${grouped(n)})`] as const)
  return <ListChoice kind={kind} label={label} options={options} />
}

/** Of several captures one. */
function CaptureChoice(): JSX.Element | null {
  const { head } = useShared()
  if (head.captures.length < 2) return null
  const options = head.captures.map(
    ({ capture, connections }, at) =>
      [`${at + 1}`, `${at + 1}: ${baseName(capture)} (${grouped(connections)})`] as const,
  )
  return <ListChoice kind="capture" label="Capture" options={options} />
}

function ListChoice({
  kind,
  label,
  options,
}: {
  readonly kind: ListFilter
  readonly label: string
  readonly options: readonly (readonly [value: string, text: string])[]
}): JSX.Element | null {
  const { filters, setFilters } = useShared()
  const list = filters.lists[kind] ?? []
  const known = new Set(options.map(([value]) => value))
  // What is chosen stays, also where no connection has it any more.
  const all = [
    ...options,
    ...list.filter((value) => !known.has(value)).map((value) => [value, value] as const),
  ]
  if (all.length === 0) return null
  return (
    <label>
      {label}
      <select
        value={list.length === 1 ? list[0] : list.length > 1 ? 'several' : ''}
        onChange={(event) => {
          const { value } = event.currentTarget
          const others = { ...filters, lists: { ...filters.lists, [kind]: [] } }
          setFilters(value === '' ? others : toggled(others, kind, value))
        }}
      >
        <option value="">any</option>
        {list.length > 1 && (
          <option value="several" disabled>
            {list.length} chosen
          </option>
        )}
        {all.map(([value, text]) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
    </label>
  )
}
