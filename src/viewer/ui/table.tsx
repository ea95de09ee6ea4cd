// The table of connections. Of any number of rows only those in sight are in the document.

import type { JSX } from 'preact'
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { count, grouped } from '../../base/text.js'
import type { Connections } from '../model/connections.js'
import type { Order } from '../model/order.js'
import { RowsOnly, useShared } from './context.js'
import { COLUMNS, Row, type TableColumn } from './table-row.js'

/** Height of a row, px; the style sheet says the same. */
const ROW_PX = 30
/** Rows above and below those in sight. */
const SPARE = 8
/** Rows on paper. */
const MOST_PRINTED = 200
/** Rows that a page key moves by. */
const PAGE_ROWS = 15

/** The table, with the places of its connections in order. */
export function Table({
  connections,
  places,
  order,
  setOrder,
  show,
  isPrinting,
}: {
  readonly connections: Connections
  readonly places: Uint32Array
  readonly order: Order
  readonly setOrder: (order: Order) => void
  readonly show: (place: number) => void
  readonly isPrinting: boolean
}): JSX.Element {
  const { head, hasDates } = useShared()
  const frame = useRef<HTMLDivElement>(null)
  const [from, to] = useRange(frame, places, isPrinting)
  const [active, setActive] = useActive(frame, places)
  const hasCaptures = head.captures.length > 1
  const columns = COLUMNS.filter(({ name }) => name !== 'capture' || hasCaptures)
  return (
    <section aria-labelledby="connections" class="connections">
      <h2 id="connections">
        Connections <span class="of">{grouped(places.length)}</span> <RowsOnly />
      </h2>
      <p class="hint no-print">
        A row opens its packets. Arrow keys move, Enter opens; a heading sorts.
      </p>
      {isPrinting && <Printed connections={places.length} />}
      <div class="table-frame" ref={frame}>
        <table class={looksOf(hasDates, hasCaptures)} aria-rowcount={places.length + 1}>
          <thead>
            <tr aria-rowindex={1}>
              {columns.map((column) => (
                <Heading key={column.name} column={column} order={order} setOrder={setOrder} />
              ))}
            </tr>
          </thead>
          <tbody
            onKeyDown={(event) => {
              const next = moved(event.key, active, places.length)
              if (next === undefined) return
              event.preventDefault()
              setActive(next)
            }}
          >
            {!isPrinting && <Spacer rows={from} />}
            {Array.from(places.subarray(from, to), (place, at) => (
              <Row
                key={place}
                connections={connections}
                columns={columns}
                place={place}
                index={from + at}
                isActive={from + at === Math.min(active, places.length - 1)}
                show={show}
              />
            ))}
            {!isPrinting && <Spacer rows={places.length - to} />}
          </tbody>
        </table>
        {places.length === 0 && <p class="empty">No connection fits these filters.</p>}
      </div>
    </section>
  )
}

/** How many connections are on paper, where these are not all. */
function Printed({ connections }: { readonly connections: number }): JSX.Element | null {
  if (connections <= MOST_PRINTED) return null
  return (
    <p class="hint">
      The first {MOST_PRINTED} of {count(connections, 'connection')}.
    </p>
  )
}

/** Classes of the table: what its columns need room for. */
function looksOf(hasDates: boolean, hasCaptures: boolean): string {
  return `connection-table${hasDates ? ' has-dates' : ''}${hasCaptures ? ' has-captures' : ''}`
}

/** Rows that would be in sight, first and behind the last. */
function useRange(
  frame: { readonly current: HTMLElement | null },
  places: Uint32Array,
  isPrinting: boolean,
): readonly [number, number] {
  const [sight, setSight] = useState<Sight>([0, 600])
  useLayoutEffect(() => {
    const element = frame.current
    if (element === null) return undefined
    const take = sightTaker(element, setSight)
    take()
    element.addEventListener('scroll', take, { passive: true })
    const observer = new ResizeObserver(take)
    observer.observe(element)
    return () => {
      element.removeEventListener('scroll', take)
      observer.disconnect()
    }
  }, [frame])
  // Other rows are read from the first on.
  useLayoutEffect(() => {
    if (frame.current !== null) frame.current.scrollTop = 0
  }, [frame, places])
  if (isPrinting) return [0, Math.min(places.length, MOST_PRINTED)]
  const [top, height] = sight
  const to = Math.min(places.length, Math.ceil((top + height) / ROW_PX) + SPARE)
  return [Math.max(0, Math.min(Math.floor(top / ROW_PX) - SPARE, to)), to]
}

type Sight = readonly [top: number, height: number]

/** Takes what is in sight of an element; small steps change no row. */
function sightTaker(
  element: HTMLElement,
  set: (next: (before: Sight) => Sight) => void,
): () => void {
  return () =>
    set((before) =>
      Math.abs(before[0] - element.scrollTop) < ROW_PX && before[1] === element.clientHeight
        ? before
        : [element.scrollTop, element.clientHeight],
    )
}

/** The row that the keyboard is at, and how to move there. */
function useActive(
  frame: { readonly current: HTMLElement | null },
  places: Uint32Array,
): readonly [number, (next: number) => void] {
  const [active, setActive] = useState(0)
  const [wanted, setWanted] = useState(-1)
  useLayoutEffect(() => setActive(0), [places])
  useEffect(() => {
    if (wanted < 0 || frame.current === null) return undefined
    scrollTo(frame.current, wanted)
    // Its row is drawn after the scrolling was heard of.
    let tries = 0
    let timer = 0
    function focus(): void {
      const link = frame.current?.querySelector<HTMLElement>(`tr[aria-rowindex="${wanted + 2}"] a`)
      if (link !== null && link !== undefined) link.focus({ preventScroll: true })
      else if (tries++ < 20) timer = requestAnimationFrame(focus)
    }
    timer = requestAnimationFrame(focus)
    return () => cancelAnimationFrame(timer)
  }, [wanted, frame])
  return [
    active,
    (next) => {
      setActive(next)
      setWanted(next)
    },
  ]
}

/** Scrolls no further than needed; the headings cover the first row's height. */
function scrollTo(element: HTMLElement, index: number): void {
  const head = element.querySelector('thead')?.clientHeight ?? ROW_PX
  const top = index * ROW_PX
  const bottom = top + ROW_PX + head
  if (top < element.scrollTop) element.scrollTop = top
  else if (bottom > element.scrollTop + element.clientHeight)
    element.scrollTop = bottom - element.clientHeight
}

function moved(key: string, active: number, rows: number): number | undefined {
  const steps: Readonly<Record<string, number>> = {
    ArrowDown: 1,
    ArrowUp: -1,
    PageDown: PAGE_ROWS,
    PageUp: -PAGE_ROWS,
    Home: -rows,
    End: rows,
  }
  const step = steps[key]
  return step === undefined ? undefined : Math.max(0, Math.min(rows - 1, active + step))
}

/** Room for rows that are out of sight. One cell: more would be columns on screens that show fewer. */
function Spacer({ rows }: { readonly rows: number }): JSX.Element | null {
  if (rows <= 0) return null
  return (
    <tr class="spacer" aria-hidden="true">
      <td style={{ height: `${rows * ROW_PX}px` }} />
    </tr>
  )
}

function Heading({
  column: { name, order: by, label, isDescending = false },
  order,
  setOrder,
}: {
  readonly column: TableColumn
  readonly order: Order
  readonly setOrder: (order: Order) => void
}): JSX.Element {
  if (by === undefined)
    return (
      <th scope="col" class={`c-${name}`}>
        {label}
      </th>
    )
  const isSorted = order.by === by
  const sorted = order.isDescending ? 'descending' : 'ascending'
  return (
    <th scope="col" class={`c-${name}`} aria-sort={isSorted ? sorted : undefined}>
      <button
        type="button"
        class="sort"
        onClick={() =>
          setOrder({ by, isDescending: isSorted ? !order.isDescending : isDescending })
        }
      >
        {label}
        <span aria-hidden="true" class="direction">
          {isSorted ? (order.isDescending ? '▼' : '▲') : ''}
        </span>
      </button>
    </th>
  )
}
