// What was captured, and what to know of it before anything else.

import type { JSX } from 'preact'
import { count, duration, grouped } from '../../base/text.js'
import { msOfIso } from '../../base/clock-time.js'
import type { PageHead } from '../../output/page/page-data.js'
import { timeText, useShared, zonesText } from './context.js'
import { THEMES, type Theme } from './look.js'

/** The first lines of the page. */
export function Header({
  theme,
  setTheme,
  setLocal,
}: {
  readonly theme: Theme
  readonly setTheme: (theme: Theme) => void
  readonly setLocal: (isLocal: boolean) => void
}): JSX.Element {
  const { head, isLocal } = useShared()
  const { captures, summary, filters } = head
  const [first] = captures
  return (
    <header class="page-header">
      <div class="title">
        <h1 title={captures.length === 1 ? first?.capture : undefined}>
          {captures.length === 1 ? baseName(first?.capture ?? '') : `${captures.length} captures`}
        </h1>
        <p class="facts">
          <strong>{count(summary.connections, 'connection')}</strong>,{' '}
          {count(summary.tcp_packets, 'TCP packet')}
          {mergedText(head)}
          <Span />
        </p>
      </div>
      <div class="switches no-print">
        <label>
          Times
          <select
            value={isLocal ? 'local' : 'utc'}
            onChange={(event) => setLocal(event.currentTarget.value === 'local')}
          >
            <option value="utc">UTC</option>
            <option value="local">local</option>
          </select>
        </label>
        <label>
          Theme
          <select value={theme} onChange={(event) => setTheme(event.currentTarget.value as Theme)}>
            {THEMES.map((name) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </label>
      </div>
      <Notes />
      {filters !== '' && (
        <p class="note">
          Filters of this run: <code>{filters}</code>, which select{' '}
          {count(summary.selected_connections, 'connection')} of {grouped(summary.connections)}.
          Incidents are those of the whole capture.
        </p>
      )}
    </header>
  )
}

/** First and last time of all captures, and what lies between them. */
function Span(): JSX.Element | null {
  const { head, isLocal } = useShared()
  const starts = head.captures.map((each) => msOfIso(each.start_time ?? '')).filter(isTime)
  const ends = head.captures.map((each) => msOfIso(each.end_time ?? '')).filter(isTime)
  if (starts.length === 0 || ends.length === 0) return null
  const [from, to] = [Math.min(...starts), Math.max(...ends)]
  // From the first time to the last is no span then.
  const isClockSet = head.captures.some(({ clock_steps: steps }) => steps !== undefined)
  const [start, end] = [timeText(from, isLocal, true), timeText(to, isLocal, true)]
  const isOneDay = start.slice(0, 10) === end.slice(0, 10)
  return (
    <span class="span">
      {' · '}
      {start} – {isOneDay ? end.slice(11) : end} {zonesText(from, to, isLocal)}
      {isClockSet ? '' : `, ${duration((to - from) * 1e6)}`}
    </span>
  )
}

function isTime(ms: number): boolean {
  return !Number.isNaN(ms)
}

/** Of one capture everything, of many those that have something to say. */
const MOST_NOTES = 6

/** What changes how far the results can be trusted. */
function Notes(): JSX.Element | null {
  const { head } = useShared()
  const { captures, rest, summary } = head
  const notes = captures.flatMap(({ capture, notes: of }) =>
    of.map((note) => (captures.length === 1 ? note : `${baseName(capture)}: ${note}`)),
  )
  const more = notes.length - MOST_NOTES
  const shown = [
    ...notes.slice(0, MOST_NOTES),
    ...(more > 0 ? [`and ${grouped(more)} more notes, in the list of captures below`] : []),
    ...(rest.connections === 0
      ? []
      : [
          `This page has a row for each of ${grouped(head.rows)} of the ${grouped(summary.selected_connections)} connections, those that matter most first; the other ${grouped(rest.connections)} are in the counts and the time line only.`,
        ]),
  ]
  if (shown.length === 0) return null
  return (
    <ul class="notes" aria-label="About the capture">
      {shown.map((note) => (
        <li key={note}>{note}</li>
      ))}
    </ul>
  )
}

function mergedText({ captures }: PageHead): string {
  const merged = captures.reduce((sum, each) => sum + (each.merged_captures ?? 0), 0)
  return merged === 0 ? '' : `, ${count(merged, 'capture')} read as one`
}

/** The last part of a path; backslashes part those without slashes. */
export function baseName(path: string): string {
  return path.replace(path.includes('/') ? /^.*\/(?=.)/ : /^.*\\(?=.)/, '')
}
