// What is left of a connection when its row is written: a dozen numbers. Incidents, which span connections, are found in
// these. They reach the main thread in the order of the endings, however many threads judge connections.

import {
  Block,
  type Blocks,
  type Fields,
  OWN,
  type Records,
  defineFields,
} from '../tcp/record/fields.js'
import { Words } from '../tcp/record/words.js'
import type { Judgement } from '../verdict/classify.js'
import { CLOSERS } from '../verdict/answer.js'
import { ENDINGS, type Ending, endingOf } from '../verdict/endings.js'
import type { Evidence } from '../verdict/evidence.js'
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
  /** Payload bytes of the client, retransmissions included. */
  readonly clientBytes: number = this.float()
  /** Payload bytes of the server. */
  readonly serverBytes: number = this.float()
}

/** Positions in a digest. */
export const DIGEST: DigestWords = new DigestWords()
/** Size of a digest in 8-byte cells. */
export const DIGEST_CELLS: number = DIGEST.size / 2

/** DigestWords.flags: the addresses are IPv6. */
export const DIGEST_IPV6 = 1
/** DigestWords.flags: no SYN told who the client is. */
export const DIGEST_CLIENT_GUESSED = 2
/** DigestWords.flags: a RST passed that changed nothing. */
export const DIGEST_RST_IGNORED = 4

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

const BATCH_DIGESTS = 512
const ENDING_INDEX: ReadonlyMap<Ending, number> = new Map(
  ENDINGS.map((row, i) => [endingOf(row), i]),
)

class DigestBlocks implements Blocks {
  readonly own: Block
  readonly closing: Block
  readonly teardown: Block

  constructor(records: Records) {
    this.own = this.closing = this.teardown = new Block(records)
  }
}
defineFields(DigestBlocks.prototype, DIGEST, OWN)

/** One digest by the names of its fields. */
export interface Digest extends Blocks, Fields<DigestWords> {}

/** Collects digests and hands them over many at once. */
export class DigestWriter {
  private readonly handler: DigestHandler
  private readonly records = recordsOf(new Float64Array(BATCH_DIGESTS * DIGEST_CELLS))
  private readonly digest = new DigestBlocks(this.records) as DigestBlocks & Digest
  private count = 0
  private captureName = ''
  private baseNs = 0n

  constructor(handler: DigestHandler) {
    this.handler = handler
  }

  /** Adds the digest of a connection. */
  add({ captureName, baseNs, e, j }: DigestSource): void {
    this.captureName = captureName
    this.baseNs = baseNs
    const { digest } = this
    digest.own.pointAt(this.records, this.count * DIGEST.size)
    copyAddress(e, e.clientSide, digest.own, DIGEST.clientAddr)
    copyAddress(e, 1 - e.clientSide, digest.own, DIGEST.serverAddr)
    digest.ports = (e.portOf(e.clientSide) << 16) | e.portOf(1 - e.clientSide)
    digest.ending = ENDING_INDEX.get(j.ending) ?? -1
    digest.closer = CLOSERS.indexOf(j.closer)
    digest.flags =
      (e.isIpv6 ? DIGEST_IPV6 : 0) |
      (e.clientGuessed ? DIGEST_CLIENT_GUESSED : 0) |
      (j.derived.anyResetIgnored ? DIGEST_RST_IGNORED : 0)
    digest.stream = e.stream
    digest.startNs = e.startNs
    digest.endNs = e.endNs
    digest.teardownNs = firstTeardown(j.derived)?.ns ?? NaN
    digest.clientBytes = e.client.bytes
    digest.serverBytes = e.server.bytes
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

/** Copies the address of a side to four words at `at` of a block. */
function copyAddress(e: Evidence, side: number, { ints, word }: Block, at: number): void {
  const from = e.addressAt(side)
  const words = e.isIpv6 ? 4 : 1
  for (let i = 0; i < 4; i++) ints[word + at + i] = i < words ? (e.own.ints[from + i] as number) : 0
}

function recordsOf(floats: Float64Array): Records {
  return { floats, ints: new Int32Array(floats.buffer, floats.byteOffset, floats.length * 2) }
}

/** Reads the digests of a batch: the same object for each, pointed at the next one. */
export function* digestsOf({ cells, count }: DigestBatch): Generator<Digest, void, undefined> {
  const records = recordsOf(cells)
  const digest = new DigestBlocks(records) as DigestBlocks & Digest
  for (let i = 0; i < count; i++) {
    digest.own.pointAt(records, i * DIGEST.size)
    yield digest
  }
}
