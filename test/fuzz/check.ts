// Everything that must hold for any bytes. Each property has a name, under which a find is reported.

import { CaptureError } from '../../src/base/errors.js'
import { Broken, expectThat } from './broken.js'
import { checkConnection } from './check-connection.js'
import { DecodingCheck } from './decoding.js'
import {
  analyze,
  analyzeStream,
  type Cuts,
  type Outcome,
  recordsOf,
  type Records,
  textOf,
} from './observe.js'
import type { Random } from './random.js'
import { Written } from './written.js'

/** Least bytes of an entry with a packet number: a pcapng block without a body. */
const ENTRY_BYTES_MIN = 12
const INTERFACE_BYTES_MIN = 20
/** The first buffer doubles as long as an entry does not fit. */
const BUFFER_BYTES_MIN = 14
/** What needs further analyses is checked for one input in so many. */
const THOROUGH_EVERY = 8
const CODES = new Set([
  'ERR_CAPTURE_FORMAT',
  'ERR_CAPTURE_TRUNCATED',
  'ERR_CAPTURE_LENGTH',
  'ERR_DECOMPRESS',
])

/**
 * Checks one input.
 *
 * @param changedAt A place to cut it, besides those that `random` gives.
 * @param thorough Checks all there is; else much of it is checked for some inputs only.
 * @throws {Broken} with the property that does not hold, or whatever the program threw.
 */
export function check(
  bytes: Uint8Array,
  changedAt: number,
  random: Random,
  thorough: boolean,
): void | Promise<void> {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return checkStream(bytes, cutsOf(random))
  const seen = analyze(bytes, { each: new DecodingCheck() })
  checkError(seen, bytes)
  checkWork(seen, bytes)
  checkCounts(seen)
  for (const c of seen.connections) checkConnection(c, seen.report.packets, seen.inOrder)
  checkSplit(bytes, seen, cutsOf(random))
  checkCut(bytes, seen, Math.min(changedAt, bytes.length))
  if (thorough || random.oneIn(THOROUGH_EVERY)) checkAgain(bytes, seen, cutsOf(random))
  if (thorough || random.oneIn(THOROUGH_EVERY)) checkBounds(bytes, random)
  if (thorough || random.oneIn(THOROUGH_EVERY)) checkDamage(bytes, seen)
  if (!thorough) return undefined
  for (let i = 0; i < 16; i++) checkCut(bytes, seen, random.below(bytes.length + 1))
  return checkStream(bytes, cutsOf(random))
}

function cutsOf(random: Random): Cuts {
  return Array.from({ length: random.between(1, 5) }, () => random.length(700))
}

function checkError({ error, starts }: Records, bytes: Uint8Array): void {
  if (error === undefined) return
  const { message } = error
  expectThat(CODES.has(error.code), 'errors have documented codes', error.code)
  if (!(error instanceof CaptureError)) throw new Broken('damage has a place', message)
  const { offset, expected, found } = error
  const inside = Number.isSafeInteger(offset) && offset >= 0 && offset <= bytes.length
  expectThat(inside, 'damage has a place', message)
  expectThat((starts.at(-1) ?? 0) <= offset, 'all before the damage is delivered', message)
  const named = message.endsWith(` at byte ${offset}: expected ${expected}, found ${found}`)
  expectThat(named && !/undefined|NaN/.test(message), 'errors say what is wrong', message)
}

/** Work and memory, counted: none of them may grow faster than the input. */
function checkWork(seen: Outcome & Records, bytes: Uint8Array): void {
  const { packets, connections, interfaces = [] } = seen.report
  const entries = seen.digests.length + seen.skippedEntries
  const few = entries * ENTRY_BYTES_MIN <= bytes.length
  expectThat(few, 'packets are entries of the capture', `${entries} in ${bytes.length} bytes`)
  expectThat(packets === entries, 'every packet is counted', `${packets}, ${entries} entries`)
  const { records, skippedRecords } = seen.info
  expectThat(
    packets === records + skippedRecords,
    'every packet is counted',
    `${packets}, ${records} records`,
  )
  expectThat(connections <= packets, 'connections have packets', `${connections} of ${packets}`)
  const declared = Math.max(interfaces.length, seen.info.interfaces)
  const most = 1 + bytes.length / INTERFACE_BYTES_MIN
  expectThat(declared <= most, 'interfaces are declared', `${declared} in ${bytes.length} bytes`)
  expectThat(seen.report.read_bytes <= bytes.length, 'damage has a place', 'read behind the end')
}

/** Every packet is counted, once. */
function checkCounts({ connections, report, skippedEntries }: Outcome & Records): void {
  const { packets, tcp_packets, skipped, late_packets = 0 } = report
  const others = skipped.reduce((sum, row) => sum + row.packets, skippedEntries)
  const found = `${packets} packets, ${tcp_packets} TCP, ${others} others`
  expectThat(packets === tcp_packets + others, 'every packet is counted', found)
  const shares = connections.map((c) => c.client_packets + c.server_packets)
  const shared = shares.reduce((sum, share) => sum + share, late_packets)
  expectThat(shared === tcp_packets, 'every segment has a connection', `${shared}; ${found}`)
  expectThat(report.connections === connections.length, 'every connection is counted', found)
  const streams = new Set(connections.map(({ stream }) => stream))
  expectThat(streams.size === connections.length, 'streams are numbered', [...streams].join())
  for (const { name, first_offset_bytes: at = -1 } of skipped) {
    const inside = at >= 0 && at <= report.read_bytes
    expectThat(inside, 'skipped packets have a place', `${name} at ${at}`)
  }
}

/** However the bytes are split, the records are the same. */
function checkSplit(bytes: Uint8Array, whole: Records, cuts: Cuts): void {
  const split = recordsOf(bytes, cuts)
  const property = 'any split gives the same'
  expectThat(
    split.digests.length === whole.digests.length &&
      split.digests.every((digest, i) => digest === whole.digests[i]),
    property,
    `${split.digests.length} and ${whole.digests.length} records, cuts ${cuts.join()}`,
  )
  const errors = [split.error?.message, whole.error?.message]
  expectThat(errors[0] === errors[1], property, errors.join(' and '))
  const isBounded = split.bufferBytes <= Math.max(BUFFER_BYTES_MIN, 2 * bytes.length)
  expectThat(isBounded, 'the buffer is bounded', `${split.bufferBytes} for ${bytes.length} bytes`)
  const infos = [JSON.stringify(split.info), JSON.stringify(whole.info)]
  expectThat(infos[0] === infos[1], property, infos.join(' and '))
}

/** What follows a place in the capture changes nothing of the records before it, and they are all there. */
function checkCut(bytes: Uint8Array, whole: Records, at: number): void {
  const cut = recordsOf(bytes.subarray(0, at))
  const property = 'what follows changes no record before it'
  const count = cut.digests.length
  const same = cut.digests.every((digest, i) => digest === whole.digests[i])
  expectThat(same, property, `${count} records before byte ${at} of ${bytes.length}`)
  // A record is whole where the one behind it has begun.
  const due = whole.starts.filter((_, i) => (whole.starts[i + 1] ?? Infinity) <= at).length
  expectThat(count >= due, property, `${count} records before byte ${at}, not ${due}`)
}

/** A second analysis, split and through the writers of bytes, says the same. */
function checkAgain(bytes: Uint8Array, seen: Outcome, cuts: Cuts): void {
  const written = new Written()
  const again = analyze(bytes, { cuts, onConnection: (from) => written.add(from) })
  expectSame(again, seen)
  written.expectRowsOf(seen.connections)
}

/** Where connections are given up for want of room or reported before the end, everything is still counted. */
function checkBounds(bytes: Uint8Array, random: Random): void {
  const options = {
    maxClosed: random.below(4),
    maxHalfOpen: random.between(1, 3),
    maxConnections: random.between(1, 4),
  }
  const seen = analyze(bytes, { options, isLive: random.oneIn(2) })
  checkCounts(seen)
  for (const c of seen.connections) checkConnection(c, seen.report.packets, seen.inOrder)
}

/** Without the damage and all behind it the connections are the same. */
function checkDamage(bytes: Uint8Array, { error, connections }: Outcome & Records): void {
  if (!(error instanceof CaptureError)) return
  const before = analyze(bytes.subarray(0, error.offset))
  const [found, expected] = [before.connections, connections].map((list) => JSON.stringify(list))
  expectThat(found === expected, 'nothing behind the damage counts', `${found} and ${expected}`)
}

/** The way the command reads: a stream, which may be gzip, in one piece and in many. */
async function checkStream(bytes: Uint8Array, cuts: Cuts): Promise<void> {
  const whole = await analyzeStream(bytes)
  expectSame(await analyzeStream(bytes, cuts), whole)
  const { error } = whole.report
  if (error === undefined) return
  expectThat(CODES.has(error.code), 'errors have documented codes', error.code)
  expectThat((error.offset_bytes ?? -1) >= 0, 'damage has a place', error.message)
}

function expectSame(one: Outcome, other: Outcome): void {
  const [a, b] = [textOf(one), textOf(other)]
  if (a === b) return
  let at = 0
  while (at < a.length && a[at] === b[at]) at++
  const found = [a, b].map((text) => text.slice(Math.max(0, at - 60), at + 60)).join(' and ')
  throw new Broken('the same bytes give the same output', found)
}
