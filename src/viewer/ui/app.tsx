// The page as a whole: what is shown, kept in the address, and its parts.

import type { JSX } from 'preact'
import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { PageSource } from '../blocks.js'
import { type Connections, findConnection } from '../model/connections.js'
import { type Filters, hasFilters, leftOut, searchTexts } from '../model/filters.js'
import { type ConnectionName, type Shown, connectionText, hashOf, shownOf } from '../model/hash.js'
import { orderOf } from '../model/order.js'
import { Captures } from './captures.js'
import { ConnectionPanel } from './connection-panel.js'
import { SharedContext, isSeveralDays } from './context.js'
import { Distributions } from './distributions.js'
import { Endpoints } from './endpoints.js'
import { FilterBar } from './filter-bar.js'
import { Header } from './header.js'
import { Incidents } from './incidents.js'
import { Patterns } from './patterns.js'
import { Table } from './table.js'
import { TimeLine } from './time-line.js'
import { usePrinting, useTheme } from './look.js'
import { Verdicts } from './verdicts.js'

/** The page. */
export function App({ source }: { readonly source: PageSource }): JSX.Element {
  const { head } = source
  const [connections, setConnections] = useState<Connections>()
  const [shown, setShown] = useShown()
  const [isLocal, setLocal] = useState(false)
  const [theme, setTheme, scheme] = useTheme()
  const isPrinting = usePrinting()
  useEffect(() => {
    const [first] = head.captures
    const title =
      head.captures.length === 1 ? (first?.capture ?? '') : `${head.captures.length} captures`
    document.title = `${title.replace(/^.*\//, '')} - tcp-teardown`
    // After the first paint: of many connections their reading takes a moment.
    const timer = setTimeout(() => void source.connections().then(setConnections), 0)
    return () => clearTimeout(timer)
  }, [source, head])
  const setFilters = useCallback(
    (filters: Filters) => setShown((before) => ({ ...before, filters })),
    [setShown],
  )
  const look = `${scheme} ${isPrinting}`
  const shared = useMemo(
    () => ({
      head,
      filters: shown.filters,
      setFilters,
      isLocal,
      hasDates: isSeveralDays(head, isLocal),
      look,
    }),
    [head, shown.filters, setFilters, isLocal, look],
  )
  return (
    <SharedContext.Provider value={shared}>
      <Patterns />
      <Header theme={theme} setTheme={setTheme} setLocal={setLocal} />
      <main>
        {connections === undefined ? (
          <>
            <Incidents connections={undefined} />
            <p class="loading" role="status">
              Reading {head.rows} connections …
            </p>
          </>
        ) : (
          <Results
            source={source}
            connections={connections}
            shown={shown}
            setShown={setShown}
            isPrinting={isPrinting}
          />
        )}
      </main>
      <Captures />
    </SharedContext.Provider>
  )
}

type SetShown = (next: (before: Shown) => Shown) => void

/** What is shown, as the address has it. */
function useShown(): readonly [Shown, SetShown] {
  const [shown, setShown] = useState<Shown>(() => shownOf(location.hash))
  useEffect(() => {
    function take(): void {
      setShown(shownOf(location.hash))
    }
    window.addEventListener('hashchange', take)
    return () => window.removeEventListener('hashchange', take)
  }, [])
  const wasOpen = useRef(shown.connection !== undefined)
  useEffect(() => {
    const hash = hashOf(shown)
    const isOpen = shown.connection !== undefined
    // On a phone, the way back from a connection is "back": out of it, not out of the page.
    const change = isOpen && !wasOpen.current ? 'pushState' : 'replaceState'
    wasOpen.current = isOpen
    if (hash !== location.hash.slice(1))
      history[change](null, '', `${location.pathname}${location.search}#${hash}`)
  }, [shown])
  return [shown, setShown]
}

/** Everything that depends on the connections. */
function Results({
  source,
  connections: c,
  shown,
  setShown,
  isPrinting,
}: {
  readonly source: PageSource
  readonly connections: Connections
  readonly shown: Shown
  readonly setShown: SetShown
  readonly isPrinting: boolean
}): JSX.Element {
  const { head } = source
  const { filters, order } = shown
  const texts = useMemo(() => {
    let made: string[] | undefined
    return () => (made ??= searchTexts(c, head))
  }, [c, head])
  const out = useMemo(() => leftOut(c, head, filters, texts), [c, head, filters, texts])
  const ordered = useMemo(() => orderOf(c, head, order), [c, head, order])
  const places = useMemo(() => ordered.filter((at) => out[at] === 0), [ordered, out])
  const isFiltered = hasFilters(filters)
  const open = shown.connection
  const openAt = open === undefined ? -1 : findConnection(c, open.capture, open.stream)
  const show = useCallback(
    (place: number | undefined) =>
      setShown((before) => ({
        ...before,
        connection:
          place === undefined
            ? undefined
            : { capture: c.capture[place] as number, stream: c.stream[place] as number },
      })),
    [c, setShown],
  )
  if (c.size === 0 && head.rest.connections === 0) return <Incidents connections={c} />
  return (
    <>
      {open !== undefined && openAt < 0 && <NotThere name={open} />}
      <Incidents connections={c} />
      <FilterBar connections={c} out={out} shown={places.length} prepareSearch={texts} />
      <div class="overview">
        <Verdicts connections={c} out={out} hasRest={!isFiltered} />
        <TimeLine connections={c} out={out} hasRest={!isFiltered} />
      </div>
      <Endpoints connections={c} out={out} />
      <Distributions connections={c} out={out} />
      <Table
        connections={c}
        places={places}
        order={order}
        setOrder={(next) => setShown((before) => ({ ...before, order: next }))}
        show={show}
        isPrinting={isPrinting}
      />
      {openAt >= 0 && (
        <ConnectionPanel
          source={source}
          connections={c}
          place={openAt}
          places={places}
          show={show}
        />
      )}
    </>
  )
}

/** A link that names a connection of something else, or one without a row. */
function NotThere({ name }: { readonly name: ConnectionName }): JSX.Element {
  return (
    <p class="note" role="status">
      The address of this page names connection {connectionText(name)}, of which it has no row.
    </p>
  )
}
