// The captures one by one, and where this page comes from.

import type { JSX } from 'preact'
import { grouped } from '../../base/text.js'
import { isoText, useShared } from './context.js'

/** The end of the page. */
export function Captures(): JSX.Element {
  const { head, isLocal } = useShared()
  const { captures, version, is_anonymous: isAnonymous } = head
  return (
    <footer>
      <details open={captures.length <= 3}>
        <summary>
          {captures.length === 1 ? 'The capture' : `The ${captures.length} captures`}
        </summary>
        <div class="scroll" tabIndex={0} role="region" aria-label="Captures">
          <table class="captures-table">
            <thead>
              <tr>
                <th scope="col">capture</th>
                <th scope="col">format</th>
                <th scope="col">from</th>
                <th scope="col">to</th>
                <th scope="col">packets</th>
                <th scope="col">TCP packets</th>
                <th scope="col">connections</th>
                <th scope="col">notes</th>
              </tr>
            </thead>
            <tbody>
              {captures.map((each, at) => (
                <tr key={`${at} ${each.capture}`}>
                  <th scope="row">{each.capture}</th>
                  <td>{each.format ?? ''}</td>
                  <td>{isoText(each.start_time, isLocal)}</td>
                  <td>{isoText(each.end_time, isLocal)}</td>
                  <td class="n">{grouped(each.packets)}</td>
                  <td class="n">{grouped(each.tcp_packets)}</td>
                  <td class="n">{grouped(each.connections)}</td>
                  <td>{each.notes.join('; ')}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
      <p class="about">
        Made by tcp-teardown {version}. Everything is in this file: it loads nothing and sends
        nothing. It holds no payload{isAnonymous ? ', and addresses in it are replaced' : ''}.
        Licences of its parts (Preact, uPlot) stand at the top of its source.
      </p>
    </footer>
  )
}
