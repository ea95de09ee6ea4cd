// What is left of a connection when its row is written: a score of numbers, made for what concerns several connections.
// They reach the main thread in the order of the endings, however many threads judge connections.

import {
  Block,
  type Blocks,
  type Fields,
  OWN,
  type Records,
  defineFields,
  recordsOf,
} from '../tcp/record/fields.js'
import { CONN_NAT_TWIN, SIDE_DATA, SIDE_PLAIN_ACK } from '../tcp/record/bits.js'
import { Words } from '../tcp/record/words.js'
import { PLAIN_CLOSED, PLAIN_UNANSWERED, type PlainEnding } from '../tcp/views/plain-ending.js'
import { CLOSERS } from '../verdict/answer.js'
import type { Judgement } from '../verdict/classify.js'
import { ENDINGS, type Ending, endingOf } from '../verdict/endings.js'
import type { Derived } from '../verdict/derived.js'
import type { Evidence } from '../verdict/evidence.js'
import { idleOf } from '../verdict/findings/pauses.js'
import type { SideEvidence } from '../verdict/side-evidence.js'
import type { PacketRef } from '../verdict/packet-ref.js'
import { requestLeftOpen } from '../verdict/requests.js'
import { PLAIN_RULES } from '../verdict/rules/plain.js'
import { firstTeardown } from '../verdict/timings.js'

/** Fields of a digest. Times are ns relative to the base of the batch. */
export class DigestWords extends Words {
  /** Address of the client, four words, of which IPv4 takes the first. */
  readonly clientAddr: number = this.list(4)
  /** Address of the server. */
  readonly serverAddr: number = this.list(4)
  /** Port of the client in the upper 16 bits, of the server in the lower. */
  readonly ports: number = this.int()
  /** Place of the ending in ENDINGS. */
  readonly ending: number = this.int()
  /** Place of the closer in CLOSERS. */
  readonly closer: number = this.int()
  /** DIGEST_* bits. */
  readonly flags: number = this.int()
  /** Wireshark's tcp.stream number. */
  readonly stream: number = this.float()
  /** Time of the first packet. */
  readonly startNs: number = this.float()
  /** Time of the last packet. */
  readonly endNs: number = this.float()
  /** Time of the first FIN or reset that counts, NaN when there is none. */
  readonly teardownNs: number = this.float()
  /** How long nothing had been said before that, goodbyes left out; NaN when unknown. */
  readonly idleNs: number = this.float()
  /** Time of the client's last packet, NaN when none was captured. */
  readonly clientLastNs: number = this.float()
  /** The same of the server. */
  readonly serverLastNs: number = this.float()
  /** When what a side repeats without an answer was sent first, NaN when none does. */
  readonly askedNs: number = this.float()
  /** Payload bytes of the client, retransmissions included. */
  readonly clientBytes: number = this.float()
  /** Payload bytes of the server. */
  readonly serverBytes: number = this.float()
}

/** Positions in a digest. */
export const DIGEST: DigestWords = new DigestWords()
const DIGEST_INTS: number = DIGEST.size
/** Size of a digest in 8-byte cells. */
export const DIGEST_CELLS: number = DIGEST_INTS / 2

/** DigestWords.flags: the addresses are IPv6. */
export const DIGEST_IPV6 = 1
/** DigestWords.flags: no SYN told who the client is. */
export const DIGEST_CLIENT_GUESSED = 2
/** DigestWords.flags: a RST passed that changed nothing. */
export const DIGEST_RST_IGNORED = 4
/** DigestWords.flags: the connection was open. */
export const DIGEST_OPENED = 8
/** DigestWords.flags: its first FIN or reset that counts is the server's. */
export const DIGEST_BY_SERVER = 16
/** DigestWords.flags: it is a reset. */
export const DIGEST_BY_RESET = 32
/** DigestWords.flags: a FIN or a reset that counts has passed. */
export const DIGEST_CLOSED = 64
/** DigestWords.flags: a side repeats itself or probes without an answer at the end. */
export const DIGEST_REPEATED = 128
/** DigestWords.flags: its server closed it with a request that had got no answer. */
export const DIGEST_MID_REQUEST = 256
/** DigestWords.flags: the clock was set while the capture ran. */
export const DIGEST_CLOCK_SET = 512
/** DigestWords.flags: it is in the capture under other addresses too. */
export const DIGEST_NAT_TWIN = 1024

/** Digests of one capture, in the order of its endings. */
export interface DigestBatch {
  readonly captureName: string
  /** Zero of the times, ns since 1970. */
  readonly baseNs: bigint
  readonly count: number
  /** `count` digests, one after another; valid during the call only. */
  readonly cells: Float64Array
}

/** Takes digests. */
export type DigestHandler = (batch: DigestBatch) => void

/** An ended and judged connection. */
export interface DigestSource {
  readonly captureName: string
  readonly baseNs: bigint
  readonly e: Evidence
  readonly j: Judgement
}

/** Few, so that they stay in the first-level cache. */
const BATCH_DIGESTS = 64
const ENDING_INDEX: ReadonlyMap<Ending, number> = new Map(
  ENDINGS.map((row, i) => [endingOf(row), i]),
)
/** The endings of plain ones, by PLAIN_*. */
const PLAIN_ENDINGS = Int32Array.from(PLAIN_RULES, ({ ending }) => ENDING_INDEX.get(ending) ?? -1)
const BY_NONE = CLOSERS.indexOf('none')
const BY_CLIENT = CLOSERS.indexOf('client')
const BY_SERVER = CLOSERS.indexOf('server')

/** A window on one digest; its fields are those of {@link Digest}. */
export class DigestView implements Blocks {
  readonly own: Block
  readonly closing: Block
  readonly teardown: Block

  constructor(records: Records) {
    this.own = this.closing = this.teardown = new Block(records)
  }
}
defineFields(DigestView.prototype, DIGEST, OWN)

/** One digest by the names of its fields. */
export interface Digest extends Blocks, Fields<DigestWords> {}

/** Collects digests and hands them over many at once. */
export class DigestWriter {
  private readonly handler: DigestHandler
  private readonly records = recordsOf(new Float64Array(BATCH_DIGESTS * DIGEST_CELLS))
  private count = 0
  private captureName = ''
  private baseNs = 0n

  constructor(handler: DigestHandler) {
    this.handler = handler
  }

  /** Adds the digest of a connection. By position: with accessors it takes three times as long. */
  add({ captureName, baseNs, e, j }: DigestSource): void {
    this.captureName = captureName
    this.baseNs = baseNs
    const { ints, floats } = this.records
    const word = this.count * DIGEST_INTS
    const cell = this.count * DIGEST_CELLS
    const { isIpv6, clientSide } = e
    const first = firstTeardown(j.derived)
    copyAddress(e, clientSide, isIpv6, ints, word + DIGEST.clientAddr)
    copyAddress(e, 1 - clientSide, isIpv6, ints, word + DIGEST.serverAddr)
    ints[word + DIGEST.ports] = (e.portOf(clientSide) << 16) | e.portOf(1 - clientSide)
    ints[word + DIGEST.ending] = ENDING_INDEX.get(j.ending) ?? -1
    ints[word + DIGEST.closer] = CLOSERS.indexOf(j.closer)
    ints[word + DIGEST.flags] =
      (isIpv6 ? DIGEST_IPV6 : 0) |
      (e.clientGuessed ? DIGEST_CLIENT_GUESSED : 0) |
      (j.derived.someResetIgnored ? DIGEST_RST_IGNORED : 0) |
      (isOpened(e, j.derived) ? DIGEST_OPENED : 0) |
      (repeatsItself(e) ? DIGEST_REPEATED : 0) |
      (e.clockStepped ? DIGEST_CLOCK_SET : 0) |
      (e.has(CONN_NAT_TWIN) ? DIGEST_NAT_TWIN : 0) |
      (first === undefined ? 0 : closedBits(e, j.derived, first))
    floats[cell + DIGEST.stream] = e.stream
    floats[cell + DIGEST.startNs] = e.startNs
    floats[cell + DIGEST.endNs] = e.endNs
    floats[cell + DIGEST.teardownNs] = first?.ns ?? NaN
    floats[cell + DIGEST.idleNs] = first === undefined ? NaN : idleNsOf(e, j.derived, first)
    floats[cell + DIGEST.clientLastNs] = lastNsOf(e.client)
    floats[cell + DIGEST.serverLastNs] = lastNsOf(e.server)
    floats[cell + DIGEST.askedNs] = askedNsOf(e)
    floats[cell + DIGEST.clientBytes] = e.client.bytes
    floats[cell + DIGEST.serverBytes] = e.server.bytes
    if (++this.count === BATCH_DIGESTS) this.flush()
  }

  /** The same of one that ended as most do. */
  addPlain(
    plain: PlainEnding,
    {
      captureName,
      baseNs,
      isClockSet,
    }: Pick<DigestSource, 'captureName' | 'baseNs'> & { readonly isClockSet: boolean },
  ): void {
    this.captureName = captureName
    this.baseNs = baseNs
    const { ints, floats } = this.records
    const word = this.count * DIGEST_INTS
    const cell = this.count * DIGEST_CELLS
    const { isIpv6, isByServer, kind } = plain
    const isClosed = kind === PLAIN_CLOSED
    copyWords(plain.ints, plain.clientAddr, isIpv6, ints, word + DIGEST.clientAddr)
    copyWords(plain.ints, plain.serverAddr, isIpv6, ints, word + DIGEST.serverAddr)
    ints[word + DIGEST.ports] = (plain.clientPort << 16) | plain.serverPort
    ints[word + DIGEST.ending] = PLAIN_ENDINGS[kind] as number
    ints[word + DIGEST.closer] = !isClosed ? BY_NONE : isByServer ? BY_SERVER : BY_CLIENT
    ints[word + DIGEST.flags] =
      (kind === PLAIN_UNANSWERED ? 0 : DIGEST_OPENED) |
      (isClosed ? DIGEST_CLOSED : 0) |
      (isIpv6 ? DIGEST_IPV6 : 0) |
      (isByServer ? DIGEST_BY_SERVER : 0) |
      (isClockSet ? DIGEST_CLOCK_SET : 0)
    floats[cell + DIGEST.stream] = plain.stream
    floats[cell + DIGEST.startNs] = plain.startNs
    floats[cell + DIGEST.endNs] = plain.endNs
    floats[cell + DIGEST.teardownNs] = plain.closedNs
    floats[cell + DIGEST.idleNs] = plain.idleNs
    floats[cell + DIGEST.clientLastNs] = plain.clientLastNs
    floats[cell + DIGEST.serverLastNs] = plain.serverLastNs
    floats[cell + DIGEST.askedNs] = NaN
    floats[cell + DIGEST.clientBytes] = plain.clientBytes
    floats[cell + DIGEST.serverBytes] = plain.serverBytes
    if (++this.count === BATCH_DIGESTS) this.flush()
  }

  /** Hands over what there is: at the end of a capture, and where others wait for it. */
  flush(): void {
    const { count, captureName, baseNs } = this
    if (count === 0) return
    this.count = 0
    const cells = this.records.floats.subarray(0, count * DIGEST_CELLS)
    this.handler({ captureName, baseNs, count, cells })
  }
}

/** Time of the last packet of a side, NaN for none. */
function lastNsOf({ packets, lastNs }: SideEvidence): number {
  return packets === 0 ? NaN : lastNs
}

/** How long nothing had been said before the first FIN or reset. */
function idleNsOf(e: Evidence, s: Derived, first: PacketRef): number {
  if (e.client.goodbyeKind !== 0 || e.server.goodbyeKind !== 0) return idleOf(e, s)?.ns ?? NaN
  return e.idleSinceFrame === 0 ? NaN : first.ns - e.idleSinceNs
}

/** Whether both sides took the connection for open at some time. */
function isOpened(e: Evidence, s: Derived): boolean {
  if (e.handshake.seen) return true
  return (
    s.midstream &&
    (e.client.has(SIDE_DATA | SIDE_PLAIN_ACK) || e.server.has(SIDE_DATA | SIDE_PLAIN_ACK))
  )
}

function repeatsItself({ hasTeardown, client, server }: Evidence): boolean {
  return hasTeardown && (sendsAgain(client) || sendsAgain(server))
}

function sendsAgain(side: SideEvidence): boolean {
  return isAsking(side) || side.probeRun > 0
}

/** Whether a side repeats what has no answer. */
function isAsking({ seriesKind, seriesCount }: SideEvidence): boolean {
  return seriesKind !== 0 && seriesCount > 0
}

function askedNsOf({ hasTeardown, client, server }: Evidence): number {
  if (!hasTeardown) return NaN
  if (isAsking(client)) return client.seriesSentNs
  return isAsking(server) ? server.seriesSentNs : NaN
}

function closedBits(e: Evidence, s: Derived, first: PacketRef): number {
  const { resetter } = s
  const isReset = first === resetter?.rst.at
  const side = isReset ? resetter : s.first
  const isMidRequest = side === e.server && !isReset && requestLeftOpen(e, s) > 0
  return (
    DIGEST_CLOSED |
    (isMidRequest ? DIGEST_MID_REQUEST : 0) |
    (isReset ? DIGEST_BY_RESET : 0) |
    (side === e.server ? DIGEST_BY_SERVER : 0)
  )
}

/** Copies the address of a side to four words at `to`. */
function copyAddress(
  e: Evidence,
  side: number,
  isIpv6: boolean,
  ints: Int32Array,
  to: number,
): void {
  copyWords(e.own.ints, e.addressAt(side), isIpv6, ints, to)
}

function copyWords(
  from: Int32Array,
  at: number,
  isIpv6: boolean,
  ints: Int32Array,
  to: number,
): void {
  ints[to] = from[at] as number
  ints[to + 1] = isIpv6 ? (from[at + 1] as number) : 0
  ints[to + 2] = isIpv6 ? (from[at + 2] as number) : 0
  ints[to + 3] = isIpv6 ? (from[at + 3] as number) : 0
}

/** Reads the digests of a batch: the same object for each, pointed at the next one. */
export function* digestsOf({ cells, count }: DigestBatch): Generator<Digest, void, undefined> {
  const records = recordsOf(cells)
  const digest = new DigestView(records) as DigestView & Digest
  for (let i = 0; i < count; i++) {
    digest.own.pointAt(records, i * DIGEST_INTS)
    yield digest
  }
}
