// Endings over time, stacked by verdict, with incidents marked. A span that is selected filters everything below.

import type { JSX } from 'preact'
import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks'
import { duration, grouped } from '../../base/text.js'
import type { Connections } from '../model/connections.js'
import { type TimeLine as Bins, restWidthMs, timeLineOf } from '../model/time-line.js'
import { drawTimeLine } from './chart.js'
import { RowsOnly, timeText, useShared, zonesText } from './context.js'
import { numbered } from './incidents.js'

/** Bins on a wide screen. */
const MOST_BINS = 120
const LEAST_BINS = 30
/** A bar is no narrower, px. */
const BAR_PX = 6

/** The time line. */
export function TimeLine({
  connections,
  out,
  hasRest,
}: {
  readonly connections: Connections
  readonly out: Uint8Array
  readonly hasRest: boolean
}): JSX.Element | null {
  const { head, filters, setFilters, isLocal, look } = useShared()
  const frame = useRef<HTMLDivElement>(null)
  const width = useWidth(frame)
  const [zoom, setZoom] = useState<readonly [number, number]>()
  const most = Math.min(MOST_BINS, Math.max(LEAST_BINS, Math.floor(width / BAR_PX)))
  const bins = useMemo(
    () => timeLineOf(connections, head, out, { hasRest, most, zoom }),
    [connections, head, out, hasRest, most, zoom],
  )
  const { fromMs, toMs } = filters
  // Without a selection there is nothing to be near to.
  const isSelected = fromMs !== -Infinity || toMs !== Infinity
  useLayoutEffect(() => {
    if (!isSelected) setZoom(undefined)
  }, [isSelected])
  useLayoutEffect(() => {
    const element = frame.current
    if (element === null || bins === undefined || width === 0) return undefined
    const chart = drawTimeLine(element, {
      bins,
      verdicts: head.verdicts.map(({ verdict }) => verdict),
      incidents: numbered(head.incidents, false),
      width,
      isLocal,
      selected: [fromMs, toMs],
      onSelect: (from, to) => setFilters({ ...filters, fromMs: from, toMs: to }),
    })
    return () => chart.destroy()
    // Drawn anew with other colours.
  }, [bins, width, isLocal, look, fromMs, toMs, filters, setFilters, head])
  if (bins === undefined) return null
  const restMs = restWidthMs(head)
  const zone = zonesText(bins.times[0] ?? 0, bins.times.at(-1) ?? 0, isLocal)
  return (
    <section aria-labelledby="time-line" class="time-line">
      <h2 id="time-line">When they ended {!hasRest && <RowsOnly />}</h2>
      <p class="hint">
        {duration(bins.widthMs * 1e6).replace(/\.0+(?= )/, '')} a bar, {zone}
        {hasRest && restMs > bins.widthMs
          ? `; connections without a row are spread over ${duration(restMs * 1e6)} each`
          : ''}
        . <span class="no-print">Drag over the bars to select a time.</span>
      </p>
      <div ref={frame} class="chart" aria-hidden="true" />
      <SpanInputs
        bins={bins}
        zoom={() => setZoom([Math.max(fromMs, bins.times[0] ?? 0), Math.min(toMs, endOf(bins))])}
      />
      <BinTable bins={bins} zone={zone} />
    </section>
  )
}

/** The width of an element, followed. */
function useWidth(frame: { readonly current: HTMLElement | null }): number {
  const [width, setWidth] = useState(0)
  useLayoutEffect(() => {
    const element = frame.current
    if (element === null) return undefined
    setWidth(element.clientWidth)
    const observer = new ResizeObserver(() => setWidth(element.clientWidth))
    observer.observe(element)
    return () => observer.disconnect()
  }, [frame])
  return width
}

function endOf({ times, widthMs }: Bins): number {
  return (times.at(-1) ?? 0) + widthMs
}

/** The same by keyboard. */
function SpanInputs({
  bins,
  zoom,
}: {
  readonly bins: Bins
  readonly zoom: () => void
}): JSX.Element {
  const { filters, setFilters, isLocal } = useShared()
  const { fromMs, toMs } = filters
  const [first = 0] = bins.times
  const last = endOf(bins)
  return (
    <div class="span-inputs no-print">
      <TimeInput
        label="From"
        ms={fromMs === -Infinity ? first : fromMs}
        isLocal={isLocal}
        set={(ms) => setFilters({ ...filters, fromMs: ms })}
      />
      <TimeInput
        label="To"
        ms={toMs === Infinity ? last : toMs}
        isLocal={isLocal}
        set={(ms) => setFilters({ ...filters, toMs: ms })}
      />
      {(fromMs !== -Infinity || toMs !== Infinity) && (
        <>
          <button type="button" onClick={zoom}>
            Zoom in
          </button>
          <button
            type="button"
            onClick={() => setFilters({ ...filters, fromMs: -Infinity, toMs: Infinity })}
          >
            Whole time
          </button>
        </>
      )}
    </div>
  )
}

function TimeInput({
  label,
  ms,
  isLocal,
  set,
}: {
  readonly label: string
  readonly ms: number
  readonly isLocal: boolean
  readonly set: (ms: number) => void
}): JSX.Element {
  const [isWrong, setWrong] = useState(false)
  // What is being typed, which nothing that is drawn meanwhile may undo.
  const [draft, setDraft] = useState<string>()
  return (
    <label>
      {label}
      <input
        type="text"
        size={24}
        spellcheck={false}
        aria-invalid={isWrong}
        value={draft ?? timeText(ms, isLocal, true)}
        onInput={(event) => setDraft(event.currentTarget.value)}
        onChange={(event) => {
          const next = msOfText(event.currentTarget.value, isLocal)
          setWrong(Number.isNaN(next))
          if (Number.isNaN(next)) return
          setDraft(undefined)
          set(next)
        }}
      />
    </label>
  )
}

/** A time as it is shown here, or as ISO 8601 has it; NaN for anything else. */
function msOfText(text: string, isLocal: boolean): number {
  const iso = text.trim().replace(' ', 'T')
  return Date.parse(isLocal || /(Z|[+-]\d\d:?\d\d)$/.test(iso) ? iso : `${iso}Z`)
}

/** The numbers of the picture. */
function BinTable({ bins, zone }: { readonly bins: Bins; readonly zone: string }): JSX.Element {
  const { head, isLocal } = useShared()
  const [isOpen, setOpen] = useState(false)
  const used = head.verdicts.map((_, at) => bins.counts[at]?.some((n) => n > 0) === true)
  const verdicts = head.verdicts.filter((_, at) => used[at])
  const counts = bins.counts.filter((_, at) => used[at])
  const rows = bins.times.flatMap((ms, bin) => {
    const row = counts.map((of) => of[bin] ?? 0)
    return row.some((n) => n > 0) ? [{ ms, row }] : []
  })
  return (
    <details class="no-print" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>The time line as a table</summary>
      {isOpen && (
        <div class="scroll" tabIndex={0} role="region" aria-label="The time line as a table">
          <table class="numbers">
            <thead>
              <tr>
                <th scope="col">from ({zone})</th>
                {verdicts.map(({ verdict }) => (
                  <th key={verdict} scope="col">
                    <code>{verdict}</code>
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map(({ ms, row }) => (
                <tr key={ms}>
                  <th scope="row">{timeText(ms, isLocal, true)}</th>
                  {row.map((n, at) => (
                    <td key={verdicts[at]?.verdict}>{n === 0 ? '' : grouped(n)}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </details>
  )
}
