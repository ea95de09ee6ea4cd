// Connections with services, as captures of incidents are made of: each opened, used and ended in one of the usual ways.

import { CaptureClock } from '../../src/capture/clock.js'
import { IncidentDetector } from '../../src/engine/incident-detector.js'
import { Pipeline } from '../../src/engine/pipeline.js'
import { DigestWriter } from '../../src/incidents/digest.js'
import type { IncidentRow } from '../../src/output/incidents/row.js'
import { type ScenarioFrame, type ScenarioOptions, scenarioFrames } from './scenario.js'

/** One connection. */
export interface Part {
  readonly text: string
  readonly options: ScenarioOptions
}

let nextPort = 10_000

/** A connection on a client port of its own. */
export function part(text: string, options: ScenarioOptions = {}): Part {
  nextPort = nextPort === 60_000 ? 10_000 : nextPort + 1
  return { text, options: { clientPort: nextPort, clientIsn: nextPort * 7919, ...options } }
}

function at(seconds: number): string {
  return seconds.toFixed(6)
}

/** Opened at `t`, and a request answered 20 ms later: client 1..101, server 1..201. */
function used(t: number): string {
  return `${at(t)} > S 0:0(0)
${at(t + 0.001)} < S. 0:0(0) ack 1
${at(t + 0.002)} > . 1:1(0) ack 1
${at(t + 0.01)} > P. 1:101(100) ack 1 text GET /a HTTP/1.1
${at(t + 0.011)} < . 1:1(0) ack 101
${at(t + 0.02)} < P. 1:201(200) ack 101
${at(t + 0.021)} > . 101:101(0) ack 201
`
}

/** Opened and used at `t`, closed by the server at `end`. */
export function closedByServer(t: number, end: number, options?: ScenarioOptions): Part {
  return part(
    `${used(t)}${at(end)} < F. 201:201(0) ack 101
${at(end + 0.001)} > F. 101:101(0) ack 202
${at(end + 0.002)} < . 202:202(0) ack 102`,
    options,
  )
}

/** The same, closed by the client. */
export function closedByClient(t: number, end: number, options?: ScenarioOptions): Part {
  return part(
    `${used(t)}${at(end)} > F. 101:101(0) ack 201
${at(end + 0.001)} < F. 201:201(0) ack 102
${at(end + 0.002)} > . 102:102(0) ack 202`,
    options,
  )
}

/** Closed by the server at `end` with a request open for 20 to 80 ms, or for `wait` seconds. */
export function leftUnanswered(
  t: number,
  end: number,
  options?: ScenarioOptions,
  wait = 0.02 + (nextPort % 7) / 100,
): Part {
  return part(
    `${used(t)}${at(end - wait)} > P. 101:201(100) ack 201 text GET /b HTTP/1.1
${at(end - wait + 0.001)} < . 201:201(0) ack 201
${at(end)} < F. 201:201(0) ack 201
${at(end + 0.001)} > F. 201:201(0) ack 202
${at(end + 0.002)} < . 202:202(0) ack 202`,
    options,
  )
}

/** Closed by the server at `end`, right behind the answer to a second request. */
export function closedBehindAnswer(t: number, end: number, options?: ScenarioOptions): Part {
  return part(
    `${used(t)}${at(end - 0.03)} > P. 101:201(100) ack 201 text GET /b HTTP/1.1
${at(end - 0.0005)} < P. 201:401(200) ack 201
${at(end)} < F. 401:401(0) ack 201
${at(end + 0.001)} > F. 201:201(0) ack 402
${at(end + 0.002)} < . 402:402(0) ack 202`,
    options,
  )
}

/** Reset by the server at `end` with a request unread. */
export function leftUnread(t: number, end: number, options?: ScenarioOptions): Part {
  return part(
    `${used(t)}${at(end - 0.001)} > P. 101:201(100) ack 201 text GET /b HTTP/1.1
${at(end)} < R. 201:201(0) ack 201`,
    options,
  )
}

/** Closed by the client at `end`, and never by the server. */
export function leaked(t: number, end: number, options?: ScenarioOptions): Part {
  return part(
    `${used(t)}${at(end)} > F. 101:101(0) ack 201
${at(end + 0.001)} < . 201:201(0) ack 102`,
    options,
  )
}

/** Open until the capture ends. */
export function leftOpen(t: number, options?: ScenarioOptions): Part {
  return part(used(t), options)
}

/** A request from `since` on that is repeated and never answered. */
export function unheard(t: number, since: number, options?: ScenarioOptions): Part {
  const again = [0, 0.2, 0.6, 1.4, 3, 6.2].map(
    (after) => `${at(since + after)} > P. 101:201(100) ack 201 text GET /b HTTP/1.1`,
  )
  return part(`${used(t)}${again.join('\n')}`, options)
}

/** A SYN at `t` that is refused. */
export function refused(t: number, options?: ScenarioOptions): Part {
  return part(`${at(t)} > S 0:0(0)\n${at(t + 0.001)} < R. 0:0(0) ack 1 win 0 nots`, options)
}

/** Closed by the client at `half`, and by the server at `end`. */
export function closedLate(t: number, half: number, end: number): Part {
  return part(
    `${used(t)}${at(half)} > F. 101:101(0) ack 201
${at(half + 0.001)} < . 201:201(0) ack 102
${at(end)} < F. 201:201(0) ack 102
${at(end + 0.001)} > . 102:102(0) ack 202`,
  )
}

/** Used again at `end`, when its server knows it no more. */
export function forgotten(t: number, end: number): Part {
  return part(
    `${used(t)}${at(end)} > P. 101:201(100) ack 201 text GET /b HTTP/1.1
${at(end + 0.001)} < R 201:201(0) win 0 nots`,
  )
}

/** A SYN at `t` that is answered by an ICMP error: nobody listens. */
export function unreachable(t: number): Part {
  return part(`${at(t)} > S 0:0(0)\n${at(t + 0.001)} icmp 3 3 > S 0:0(0)`)
}

/** A SYN at `t` that is sent every second without an answer, until it is refused. */
export function refusedLate(t: number, end: number, options?: ScenarioOptions): Part {
  const syns: string[] = []
  for (let again = t; again < end; again++) syns.push(`${at(again)} > S 0:0(0)`)
  return part(
    `${syns.join('\n')}\n${at(end)} > S 0:0(0)\n${at(end + 0.001)} < R. 0:0(0) ack 1 win 0 nots`,
    options,
  )
}

/** Reset by something on the path, which has another TTL than the server. */
export function cutOff(t: number, end: number, serverPort: number): Part {
  return part(
    `${used(t)}${at(end)} > P. 101:201(100) ack 201 text GET /b HTTP/1.1
${at(end + 0.001)} < R 201:201(0) ttl 200 win 0 nots`,
    { serverPort },
  )
}

/** A SYN at `t` that gets no answer, and is repeated once. */
export function ignored(t: number, options?: ScenarioOptions): Part {
  return part(`${at(t)} > S 0:0(0)\n${at(t + 1)} > S 0:0(0)`, options)
}

/** A connection that is open for its client only: the server repeats its SYN-ACK. */
export function overflowed(t: number, options?: ScenarioOptions): Part {
  return part(
    `${at(t)} > S 0:0(0)
${at(t + 0.001)} < S. 0:0(0) ack 1
${at(t + 0.002)} > . 1:1(0) ack 1
${at(t + 0.01)} > P. 1:101(100) ack 1
${at(t + 0.21)} > P. 1:101(100) ack 1
${at(t + 1.001)} < S. 0:0(0) ack 1
${at(t + 1.002)} > . 101:101(0) ack 1`,
    options,
  )
}

/** Frames of all connections in the order of their times; the capture runs on until `end`. */
export function framesOf(parts: readonly Part[], end: number): ScenarioFrame[] {
  const frames = parts.flatMap(({ text, options }) => scenarioFrames(text, options))
  frames.push(...scenarioFrames(`${at(end)} end`))
  return frames.sort((a, b) => Number(a.timeNs - b.timeNs))
}

/** The incidents of a capture with these connections. */
export function incidentsIn(parts: readonly Part[], end: number): IncidentRow[] {
  const detector = new IncidentDetector(undefined)
  const digests = new DigestWriter(detector.add)
  const clock = new CaptureClock()
  const analysis = new Pipeline('run.pcap', clock, { onConnection: (c) => digests.add(c) })
  for (const { bytes, timeNs } of framesOf(parts, end)) {
    clock.baseNs ??= timeNs
    const view = new DataView(bytes.buffer)
    analysis.onRecord(view, 0, bytes.length, bytes.length, 1, Number(timeNs - clock.baseNs))
  }
  analysis.finish()
  digests.flush()
  return detector.take('run.pcap')
}
