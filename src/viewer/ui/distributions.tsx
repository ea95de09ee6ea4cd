// How long endings took: counts in buckets, with the numbers beside the bars.

import type { JSX } from 'preact'
import { useMemo } from 'preact/hooks'
import { count, duration, grouped } from '../../base/text.js'
import type { Connections, Span } from '../model/connections.js'
import { BUCKETS, distributionOf, sortedSpans } from '../model/distributions.js'
import { seenBy } from '../model/filters.js'
import { RowsOnly, useShared } from './context.js'

const KINDS: readonly {
  readonly title: string
  readonly about: string
  readonly spans: readonly Span[]
}[] = [
  {
    title: 'Half-close',
    about: 'from the first FIN to the other side’s',
    spans: ['fin_to_fin_s'],
  },
  {
    title: 'Idle before close',
    about: 'from the last payload to the first FIN or RST',
    spans: ['idle_before_teardown_s'],
  },
  {
    title: 'Last data to RST',
    about: 'from the last payload to the RST that ended it',
    spans: ['last_data_to_rst_s'],
  },
  {
    title: 'CLOSE-WAIT',
    about: 'how long a side held it, both sides',
    spans: ['client_close_wait_s', 'server_close_wait_s'],
  },
]

/** All distributions of the connections that are shown. */
export function Distributions({
  connections,
  out,
}: {
  readonly connections: Connections
  readonly out: Uint8Array
}): JSX.Element {
  return (
    <section aria-labelledby="timings">
      <h2 id="timings">
        How long it took <RowsOnly />
      </h2>
      <div class="distributions">
        {KINDS.map((kind) => (
          <Timing key={kind.title} {...kind} connections={connections} out={out} />
        ))}
      </div>
    </section>
  )
}

function Timing({
  title,
  about,
  spans,
  connections,
  out,
}: (typeof KINDS)[number] & {
  readonly connections: Connections
  readonly out: Uint8Array
}): JSX.Element {
  const { head } = useShared()
  const sorted = useMemo(() => {
    // What was never open had nothing to close.
    const wasOpen = head.endings.map(({ verdict }) => verdict !== 'handshake_failed')
    return sortedSpans(connections, spans, (ending) => wasOpen[ending] === true)
  }, [connections, head, spans])
  const { n, counts, median, p95, longest } = useMemo(
    () => distributionOf(sorted, seenBy(out)),
    [sorted, out],
  )
  const most = Math.max(1, ...counts)
  const first = counts.findIndex((each) => each > 0)
  const last = counts.findLastIndex((each) => each > 0)
  return (
    <figure>
      <figcaption>
        <strong>{title}</strong> <span class="about">{about}</span>
      </figcaption>
      {n === 0 ? (
        <p class="about">no such connection</p>
      ) : (
        <>
          <p class="about">
            {count(n, 'value')}, median {textOf(median)}, 95 % within {textOf(p95)}, longest{' '}
            {textOf(longest)}
          </p>
          <table class="buckets" aria-label={title}>
            <tbody>
              {counts.slice(first, last + 1).map((each, at) => (
                <tr key={BUCKETS[first + at]?.[1]}>
                  <th scope="row">{BUCKETS[first + at]?.[1]}</th>
                  <td class="n">{grouped(each)}</td>
                  <td class="chart-cell">
                    <svg width="100%" height="10" aria-hidden="true" focusable="false">
                      <rect class="plain-bar" width={`${(100 * each) / most}%`} height="10" />
                    </svg>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </>
      )}
    </figure>
  )
}

function textOf(seconds: number): string {
  return seconds === 0 ? '0' : duration(seconds * 1e9)
}
