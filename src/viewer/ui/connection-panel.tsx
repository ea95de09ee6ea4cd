// One connection: what happened, what that means, its packets, and how to look further.

import type { JSX } from 'preact'
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { duration, grouped } from '../../base/text.js'
import { filterText } from '../../output/columns/wireshark-filter.js'
import type { PageFilter, PageLadder } from '../../output/page/page-data.js'
import type { PageSource } from '../blocks.js'
import type { Details } from '../model/details.js'
import { type Connections, clientAt, serverAt, wordAt } from '../model/connections.js'
import { wantedLadder } from '../model/ladder-target.js'
import { ConnectionFacts } from './connection-facts.js'
import { Copyable } from './copyable.js'
import { timeText, useShared, zoneText } from './context.js'
import { baseName } from './header.js'
import { Evidence, Ladder } from './ladder.js'
import { Swatch } from './patterns.js'

/** What is known of a connection beyond its row. */
interface Loaded {
  readonly place: number
  readonly details: Details
  readonly ladder: PageLadder | undefined
  /** Its packets are on their way. */
  readonly isReading: boolean
}

/** The panel, over the page. */
export function ConnectionPanel({
  source,
  connections: c,
  place,
  places,
  show,
}: {
  readonly source: PageSource
  readonly connections: Connections
  readonly place: number
  readonly places: Uint32Array
  readonly show: (place: number | undefined) => void
}): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null)
  const loaded = useLoaded(source, c, place)
  useLayoutEffect(() => {
    const element = dialog.current
    const before = document.activeElement
    element?.showModal()
    document.documentElement.classList.add('has-panel')
    return () => {
      document.documentElement.classList.remove('has-panel')
      element?.close()
      if (before instanceof HTMLElement) before.focus({ preventScroll: true })
    }
  }, [])
  useLayoutEffect(() => dialog.current?.scrollTo(0, 0), [place])
  const { head } = source
  const ending = head.endings[c.ending[place] as number]
  return (
    <dialog
      ref={dialog}
      class="panel"
      aria-labelledby="panel-title"
      onCancel={(event) => {
        event.preventDefault()
        show(undefined)
      }}
      onClick={(event) => {
        if (event.target === dialog.current) show(undefined)
      }}
    >
      <div class="panel-body">
        <PanelBar place={place} places={places} show={show} />
        <h2 id="panel-title" tabIndex={-1} autofocus>
          <Swatch verdict={ending?.verdict ?? ''} /> {ending?.verdict} / {ending?.cause}
        </h2>
        <p class="facts">
          {wordAt(c.confidence, place)}, {closerText(wordAt(c.closer, place))}
        </p>
        <p class="ends">
          <span>
            client <strong>{clientAt(c, place)}</strong>
          </span>{' '}
          →{' '}
          <span>
            server <strong>{serverAt(c, place)}</strong>
          </span>
        </p>
        {loaded?.place === place ? (
          <Body connections={c} loaded={loaded} />
        ) : (
          <p role="status">Reading …</p>
        )}
      </div>
    </dialog>
  )
}

function useLoaded(source: PageSource, c: Connections, place: number): Loaded | undefined {
  const [loaded, setLoaded] = useState<Loaded>()
  useEffect(() => {
    let isWanted = true
    async function load(): Promise<void> {
      const [details, known] = await Promise.all([
        source.details(place),
        source.ladder(c.capture[place] as number, c.stream[place] as number),
      ])
      if (!isWanted) return
      const { readLadder } = source
      const isReading = known === undefined && readLadder !== undefined
      setLoaded({ place, details, ladder: known, isReading })
      if (!isReading) return
      const ladder = await readLadder(wantedLadder(c, place, details))
      if (isWanted) setLoaded({ place, details, ladder, isReading: false })
    }
    void load()
    return () => {
      isWanted = false
    }
  }, [source, c, place])
  return loaded
}

/** To the connections before and after it, and back. */
function PanelBar({
  place,
  places,
  show,
}: {
  readonly place: number
  readonly places: Uint32Array
  readonly show: (place: number | undefined) => void
}): JSX.Element {
  const at = places.indexOf(place)
  const [before, after] = [at > 0 ? places[at - 1] : undefined, places[at + 1]]
  return (
    <div class="panel-bar no-print">
      <button type="button" disabled={before === undefined} onClick={() => show(before)}>
        ‹ Previous
      </button>
      <button type="button" disabled={at < 0 || after === undefined} onClick={() => show(after)}>
        Next ›
      </button>
      <span class="about">
        {at < 0 ? 'not among those shown' : `${grouped(at + 1)} of ${grouped(places.length)}`}
      </span>
      <button type="button" class="close" onClick={() => show(undefined)}>
        Close
      </button>
    </div>
  )
}

function Body({
  connections: c,
  loaded: { place, details, ladder, isReading },
}: {
  readonly connections: Connections
  readonly loaded: Loaded
}): JSX.Element {
  const { head, isLocal } = useShared()
  const capture = head.captures[c.capture[place] as number]
  const stream = c.stream[place] as number
  const startMs = (c.endedMs[place] as number) - Number(details['opened_s']) * 1000
  const isLive = capture?.capture === '-' || capture?.merged_captures !== undefined
  const explain = `tcp-teardown explain ${quoted(capture?.capture ?? '')} --stream ${stream}`
  return (
    <>
      <p class="sentence">{details.explanation}</p>
      <p class="about">
        {baseName(capture?.capture ?? '')}, stream {stream}, from {timeText(startMs, isLocal, true)}{' '}
        {zoneText(startMs, isLocal)}, lasted {duration((c.durationS[place] as number) * 1e9)}
        {details.encapsulation === undefined ? '' : `, in ${details.encapsulation}`}
        {details['client_guessed'] === true ? ', roles guessed' : ''}
      </p>
      <h3>Packets</h3>
      {ladder === undefined ? (
        <Evidence details={details} isReading={isReading} />
      ) : (
        <Ladder ladder={ladder} client={clientAt(c, place)} server={serverAt(c, place)} />
      )}
      <ConnectionFacts connections={c} place={place} details={details} />
      <h3>Look further</h3>
      <Copyable label="Wireshark filter" text={filterOf(c, place, details)} />
      {!isLive && <Copyable label="All packets, in a terminal" text={explain} />}
    </>
  )
}

/** The display filter of a connection. */
function filterOf(c: Connections, place: number, details: Details): string {
  const [first, last, isClientFirst, hasAddresses] = details['filter'] as PageFilter
  const ends = [clientAt(c, place), serverAt(c, place)].map((text) => {
    const at = text.lastIndexOf(':')
    return { address: text.slice(0, at).replace(/^\[|\]$/g, ''), port: Number(text.slice(at + 1)) }
  })
  const [one, other] = isClientFirst ? ends : ends.reverse()
  if (one === undefined || other === undefined) return ''
  return filterText({
    addresses: hasAddresses ? [one.address, other.address] : undefined,
    ports: [one.port, other.port],
    frames: [first, last],
  })
}

/** In the words of the command. */
function closerText(closer: string): string {
  if (closer === 'none') return 'not closed'
  if (closer === 'unknown') return 'closer unknown'
  if (closer === 'both') return 'closed by both at once'
  if (closer === 'middlebox') return 'ended by a middlebox'
  return `closed by the ${closer}`
}

/** A path as a shell takes it. */
function quoted(path: string): string {
  return /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", String.raw`'\''`)}'`
}
