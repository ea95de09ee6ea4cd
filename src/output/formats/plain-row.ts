// The row of a connection that was simply closed, as nearly all are, from templates: between its numbers stand the same bytes
// for every connection. No evidence is read, no rule is asked, and nothing is made of it but bytes: a third of the time in the
// bench's churn ndjson. What it writes is what json-row.ts writes of such a connection, to the byte
// (test/properties/plain-ending.test.ts).

import { duration } from '../../base/text.js'
import type { PlainEnding } from '../../tcp/views/plain-ending.js'
import { CLOSE_SHOWS, closedText } from '../../verdict/rules/graceful.js'
import { type Fragment, fragment } from '../bytes/fragment.js'
import type { ByteWriter } from '../bytes/writer.js'
import type { Column } from '../columns/column.js'
import { jsonText } from './json-text.js'

const OPEN = 0x7b
const CLOSE = 0x7d
const CARET = 0x5e

/** What is said with the connections of a capture. */
export interface PlainContext {
  readonly captureName: string
  /** Zero of the times, ns since 1970. */
  readonly baseNs: bigint
  /** Text of an encapsulation, '' for none. */
  readonly encapsulationOf: (id: number) => string
}

/** Writes a value that differs from one connection to the next. */
type Write = (p: PlainEnding, context: PlainContext, out: ByteWriter) => void
/** What stands in a column: text of JSON, and values. */
type Parts = readonly (string | Write)[]

/** What every column holds when the client closed first, or the server; nothing where it is absent. */
const PARTS: Readonly<Record<string, (isByServer: boolean) => Parts>> = {
  type: () => ['"connection"'],
  capture: () => [words((_p, { captureName }) => captureName)],
  stream: () => [integer((p) => p.stream)],
  client_ip: () => ['"', address((p) => p.clientAddr), '"'],
  client_port: () => [integer((p) => p.clientPort)],
  server_ip: () => ['"', address((p) => p.serverAddr), '"'],
  server_port: () => [integer((p) => p.serverPort)],
  client_guessed: absent,
  verdict: () => ['"graceful_fin"'],
  cause: () => ['"normal"'],
  encapsulation: () => [encapsulation],
  closer: (isByServer) => [isByServer ? '"server"' : '"client"'],
  confidence: () => ['"certain"'],
  explanation: (isByServer) => ['"', ...explanation(isByServer), '"'],
  alternatives: absent,
  findings: absent,
  client_sees: (isByServer) => [isByServer ? '"eof"' : '"closed_itself"'],
  server_sees: (isByServer) => [isByServer ? '"closed_itself"' : '"eof"'],
  evidence: () => [
    '[',
    ...shows(
      0,
      (p) => p.firstFinFrame,
      (p) => p.closedNs,
    ),
    ',',
    ...shows(
      1,
      (p) => p.firstAckedFrame,
      (p) => p.firstAckedNs,
    ),
    ',',
    ...shows(
      2,
      (p) => p.secondFinFrame,
      (p) => p.secondFinNs,
    ),
    ',',
    ...shows(
      3,
      (p) => p.secondAckedFrame,
      (p) => p.secondAckedNs,
    ),
    ']',
  ],
  kernel_reasons: absent,
  client_state: () => [words((p) => p.clientState)],
  server_state: () => [words((p) => p.serverState)],
  conn_state: () => ['"SF"'],
  history: () => ['"', history, '"'],
  completeness: () => ['31'],
  start_time: () => ['"', time((p) => p.startNs), '"'],
  end_time: () => ['"', time((p) => p.endNs), '"'],
  ended_at: () => ['"', time((p) => p.closedNs), '"'],
  duration_s: () => [seconds((p) => p.endNs - p.startNs)],
  client_packets: () => [integer((p) => p.clientPackets)],
  server_packets: () => [integer((p) => p.serverPackets)],
  client_bytes: () => [integer((p) => p.clientBytes)],
  server_bytes: () => [integer((p) => p.serverBytes)],
  client_retransmissions: () => [integer((p) => p.clientRetransmissions)],
  server_retransmissions: () => [integer((p) => p.serverRetransmissions)],
  handshake_rtt_s: () => [span((p) => p.handshakeNs - p.startNs)],
  idle_before_teardown_s: () => [span((p) => p.idleNs)],
  teardown_s: () => [span((p) => p.secondAckedNs - p.closedNs)],
  kill_to_teardown_s: absent,
  fin_to_fin_s: () => [span((p) => p.secondFinNs - p.closedNs)],
  fin_to_last_ack_s: () => [span((p) => p.secondAckedNs - p.closedNs)],
  client_close_wait_s: (isByServer) => (isByServer ? [waited] : []),
  server_close_wait_s: (isByServer) => (isByServer ? [] : [waited]),
  client_fin_wait_2_s: (isByServer) => (isByServer ? [] : [waited]),
  server_fin_wait_2_s: (isByServer) => (isByServer ? [waited] : []),
  last_data_to_rst_s: absent,
  fin_to_rst_s: absent,
  trigger_to_rst_s: absent,
  open_at_end_s: absent,
  keepalive_idle_s: absent,
  keepalive_interval_s: absent,
  keepalive_probes: absent,
  keepalive_unanswered: absent,
  last_probe_to_rst_s: absent,
  retransmission_span_s: absent,
  flags: absent,
  wireshark_filter: () => [
    '"ip.addr==',
    address((p) => p.senderAddr),
    ' && ip.addr==',
    address((p) => p.receiverAddr),
    ' && tcp.port==',
    integer((p) => p.senderPort),
    ' && tcp.port==',
    integer((p) => p.receiverPort),
    ' && frame.number>=',
    integer((p) => p.startFrame),
    ' && frame.number<=',
    integer((p) => p.lastFrame),
    '"',
  ],
}

/** Bytes that stand before a value, and the value. */
interface Step {
  readonly before: Fragment
  readonly write: Write
}

/** The row of a kind of close. */
interface Template {
  readonly steps: readonly Step[]
  readonly end: Fragment
}

/** Writes rows of JSON of simply closed connections, by columns that are fixed for a run. */
export class PlainRow {
  private readonly byClient: Template
  private readonly byServer: Template

  private constructor(columns: readonly Column[]) {
    this.byClient = templateOf(columns, false)
    this.byServer = templateOf(columns, true)
  }

  /** One for some columns; undefined if what one of them holds is not known here. */
  static of(columns: readonly Column[]): PlainRow | undefined {
    return columns.every(({ key }) => PARTS[key] !== undefined) ? new PlainRow(columns) : undefined
  }

  /** Adds the object of a connection to `out`; false, with nothing added, if it is not like the others. */
  write(p: PlainEnding, context: PlainContext, out: ByteWriter): boolean {
    // The filter names what is the same at both ends once.
    if (p.isIpv6 || p.clientPort === p.serverPort || !p.isUneventful()) return false
    if (p.ints[p.clientAddr] === p.ints[p.serverAddr]) return false
    const start = out.length
    const { steps, end } = p.isByServer ? this.byServer : this.byClient
    for (let i = 0; i < steps.length; i++) {
      const { before, write } = steps[i] as Step
      out.fragment(before)
      write(p, context, out)
    }
    out.fragment(end)
    // Every key has a comma in front; the first one is none.
    if (out.length === start) out.byte(OPEN)
    else out.replace(start, OPEN)
    out.byte(CLOSE)
    return true
  }
}

/** The one column that writes its key itself: it may be absent. */
const ENCAPSULATION = 'encapsulation'

function templateOf(columns: readonly Column[], isByServer: boolean): Template {
  const steps: Step[] = []
  let before = ''
  for (const { key } of columns) {
    const parts = PARTS[key]?.(isByServer) ?? []
    if (parts.length > 0 && key !== ENCAPSULATION) before += `,${jsonText(key)}:`
    for (const part of parts) {
      if (typeof part === 'string') before += part
      else {
        steps.push({ before: fragment(before), write: part })
        before = ''
      }
    }
  }
  return { steps, end: fragment(before) }
}

function absent(): Parts {
  return []
}

function integer(read: (p: PlainEnding) => number): Write {
  return (p, _context, out) => out.integer(read(p))
}

function seconds(readNs: (p: PlainEnding) => number): Write {
  return (p, _context, out) => out.seconds(readNs(p))
}

/** Packets with times that run backwards count as simultaneous. */
function span(readNs: (p: PlainEnding) => number): Write {
  return (p, _context, out) => out.seconds(Math.max(0, readNs(p)))
}

function time(readNs: (p: PlainEnding) => number): Write {
  return (p, { baseNs }, out) => out.isoTime(baseNs, readNs(p))
}

function address(at: (p: PlainEnding) => number): Write {
  return (p, _context, out) => out.ipv4(p.ints[at(p)] as number)
}

/** A text that is mostly that of the connection before. */
function words(read: (p: PlainEnding, context: PlainContext) => string): Write {
  let last = ''
  let ready = fragment('""')
  return (p, context, out) => {
    const text = read(p, context)
    if (text !== last) {
      last = text
      ready = fragment(jsonText(text))
    }
    out.fragment(ready)
  }
}

/** How long who closed second was in CLOSE-WAIT, and the other in FIN-WAIT-2. */
const waited: Write = span((p) => p.secondFinNs - p.firstAckedNs)

function encapsulation(p: PlainEnding, { encapsulationOf }: PlainContext, out: ByteWriter): void {
  if (p.encapsulation === 0) return
  out.text(`,${jsonText(ENCAPSULATION)}:${jsonText(encapsulationOf(p.encapsulation))}`)
}

function history(p: PlainEnding, _context: PlainContext, out: ByteWriter): void {
  if (p.clientSide === 1) out.byte(CARET)
  const { historyLength } = p
  for (let at = 0; at < historyLength; at++) out.byte(p.historyLetter(at))
}

/** One packet of the evidence. */
function shows(
  at: 0 | 1 | 2 | 3,
  frame: (p: PlainEnding) => number,
  ns: (p: PlainEnding) => number,
): Parts {
  return [
    '{"packet":',
    integer(frame),
    ',"time":"',
    time(ns),
    `","shows":${jsonText(CLOSE_SHOWS[at])}}`,
  ]
}

/** The sentence of the rule, with values in the places of its words. */
function explanation(isByServer: boolean): Parts {
  const places: Readonly<Record<string, Write>> = {
    '{first}': integer((p) => p.firstFinFrame),
    '{between}': (p, _context, out) => out.text(duration(Math.max(0, p.secondFinNs - p.closedNs))),
    '{second}': integer((p) => p.secondFinFrame),
  }
  const text = closedText({
    closer: isByServer ? 'The server' : 'The client',
    other: isByServer ? 'the client' : 'the server',
    firstFin: 'packet {first}',
    between: '{between}',
    secondFin: 'packet {second}',
  })
  return text.split(/(\{\w+\})/).map((part) => places[part] ?? part)
}
