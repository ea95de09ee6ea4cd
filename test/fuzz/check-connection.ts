// What must hold for every connection that is reported.

import type { Connection } from '../../src/engine/connection.js'
import { ENDINGS, endingOf } from '../../src/verdict/endings.js'
import { expectThat } from './broken.js'

/** Where an IP header leaves its length open, as segmentation offload does, a record's length counts. */
const PAYLOAD_BYTES_MAX = 16 * 1024 * 1024
/** Packets an explanation rests on. */
const EVIDENCE_MAX = 64
const NAMES = new Set<string>(ENDINGS.map(endingOf))
const SENTENCES = /^[A-Z0-9].*\.$/
const NONSENSE = /NaN|undefined|null|Infinity|packet 0\b|-\d+ bytes/
/** Said of what lasted until the end of a capture whose clock was set, and of nothing else. */
const UNKNOWN_TIME = /unknown time/
/** What may stand in JSON and on a terminal as it is. */
const PROSE = /^[ !#-[\]-~\u00a0-\u00ac\u00ae-\u2027\u2030-\u205f]*$/
/** A time, or the name of those that are not on the calendar. */
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$|^(before year 0|after year 9999)$/

/**
 * Checks a connection of a capture.
 *
 * @param packets How many packets the capture has.
 * @param inOrder The times of the capture never run backwards.
 * @throws {Broken} with the property that does not hold.
 */
export function checkConnection(c: Connection, packets: number, inOrder: boolean): void {
  const name = `${c.verdict}.${c.cause}`
  expectThat(NAMES.has(name), 'endings are known', name)
  const mayBeUnknown = c.flags?.includes('clock_step') === true
  const whole =
    SENTENCES.test(c.explanation) &&
    !NONSENSE.test(c.explanation) &&
    (mayBeUnknown || !UNKNOWN_TIME.test(c.explanation))
  expectThat(whole, 'explanations are whole', c.explanation)
  expectThat(PROSE.test(c.explanation), 'explanations need no escape', c.explanation)
  const shown = (c.evidence ?? []).map(({ packet }) => packet)
  const real = shown.every((packet) => packet >= 1 && packet <= packets)
  const found = `${shown.join()} of ${packets}`
  expectThat(real && shown.length <= EVIDENCE_MAX, 'evidence is packets that were read', found)
  const findings = c.findings ?? []
  for (const { code, packet, says, seconds = 0, bytes = 0, count = 0 } of findings) {
    const text = `${code} at ${packet}: ${says}`
    expectThat(packet >= 1 && packet <= packets, 'findings are of packets that were read', text)
    expectThat(
      SENTENCES.test(says) && !NONSENSE.test(says) && !UNKNOWN_TIME.test(says),
      'findings are whole',
      text,
    )
    expectThat(PROSE.test(says), 'findings need no escape', text)
    const sound = seconds >= 0 && bytes >= 0 && count >= 0
    expectThat(sound, 'findings have credible numbers', `${text} ${seconds} ${bytes} ${count}`)
  }
  const times = [c.start_time, c.end_time, c.ended_at]
  for (const { time } of [...(c.evidence ?? []), ...findings]) times.push(time)
  expectThat(
    times.every((time) => TIME.test(time)),
    'times have a form',
    times.join(),
  )
  expectThat(c.stream >= 0 && c.stream < packets, 'streams are numbered', `${c.stream}`)
  expectThat(c.client_packets + c.server_packets > 0, 'connections have packets', `${c.stream}`)
  checkPayload(c.client_bytes, c.client_packets)
  checkPayload(c.server_bytes, c.server_packets)
  for (const [key, value] of Object.entries(c)) {
    if (typeof value !== 'number') continue
    // A capture whose times run backwards has spans that do.
    const isSpan = key.endsWith('_s')
    const sound = isSpan ? Number.isFinite(value) : Number.isSafeInteger(value)
    expectThat(
      sound && (value >= 0 || (isSpan && !inOrder)),
      'numbers are numbers',
      `${key} ${value}`,
    )
  }
}

function checkPayload(bytes: number, packets: number): void {
  const holds = bytes >= 0 && bytes <= packets * PAYLOAD_BYTES_MAX
  expectThat(holds, 'payload is what packets can hold', `${bytes} bytes in ${packets} packets`)
}
