// The literals of a block (RFC 8878 §3.1.1.3.1): bytes that sequences copy from.

import { quoting } from '../../../base/quoting.js'
import { COPY_MARGIN_BYTES, type CopyBuffer, copyBuffer } from '../copy.js'
import { FrameDamage } from '../frame-input.js'
import { type HuffmanTable, readHuffman, readSymbols } from './huffman.js'

/** How literals are written. */
const RAW = 0
const REPEATED = 1
const TREELESS = 3
/** Sizes of three streams, 16 bits each; the fourth has the rest. */
const JUMP_BYTES = 6

/** What the header of the literals says. */
interface LiteralsHeader {
  readonly kind: number
  readonly size: number
  /** Bytes of the streams and of the code; for others those behind the header. */
  readonly packedBytes: number
  readonly isFourfold: boolean
  readonly end: number
}

/** Decodes the literals of the blocks of one decoder, one block after another. */
export class Literals {
  /** The literals of the last block. */
  readonly buffer: CopyBuffer
  size = 0
  private table: HuffmanTable | undefined

  /** `mostBytes`: as many as a block may have. */
  constructor(mostBytes: number) {
    this.buffer = copyBuffer(new Uint8Array(mostBytes + COPY_MARGIN_BYTES))
  }

  /** A frame knows no code of the frame before it. */
  reset(): void {
    this.table = undefined
  }

  /**
   * Reads the literals that begin at `start` and returns where they end.
   *
   * @throws {FrameDamage} where they are damaged, or more than `mostBytes`.
   */
  read(
    bytes: Uint8Array,
    view: DataView,
    start: number,
    endOfBlock: number,
    mostBytes: number,
  ): number {
    const header = readHeader(bytes, start, endOfBlock)
    const { kind, size } = header
    if (size > mostBytes)
      throw new FrameDamage(quoting`at most ${mostBytes} literals`, quoting`${size}`)
    const end = header.end + header.packedBytes
    if (end > endOfBlock) throw new FrameDamage('the rest of the literals', 'the end of the block')
    this.size = size
    if (kind === RAW) this.buffer.bytes.set(bytes.subarray(header.end, end))
    else if (kind === REPEATED) this.buffer.bytes.fill(bytes[header.end] as number, 0, size)
    else this.unpack(bytes, view, header, end)
    return end
  }

  private unpack(bytes: Uint8Array, view: DataView, header: LiteralsHeader, end: number): void {
    let at = header.end
    if (header.kind !== TREELESS) {
      const { table, end: endOfTable } = readHuffman(bytes, view, at, end)
      this.table = table
      at = endOfTable
    }
    const { table, size } = this
    if (table === undefined) throw new FrameDamage('a Huffman code', 'a reference to none')
    if (!header.isFourfold) {
      readSymbols(table, bytes, view, at, end, this.buffer.bytes, 0, size)
      return
    }
    const part = (size + 3) >> 2
    if (end - at < JUMP_BYTES || 3 * part > size) {
      throw new FrameDamage('four streams of literals', 'fewer')
    }
    let from = at + JUMP_BYTES
    for (let stream = 0; stream < 4; stream++) {
      const to = stream < 3 ? from + view.getUint16(at + 2 * stream, true) : end
      if (to > end) throw new FrameDamage('the rest of the literals', 'the end of the block')
      const endOut = stream < 3 ? (stream + 1) * part : size
      readSymbols(table, bytes, view, from, to, this.buffer.bytes, stream * part, endOut)
      from = to
    }
  }
}

function readHeader(bytes: Uint8Array, start: number, end: number): LiteralsHeader {
  const first = bytes[start] as number
  const kind = first & 3
  const form = (first >> 2) & 3
  const isPacked = kind > REPEATED
  const length = isPacked ? [3, 3, 4, 5][form] : [1, 2, 1, 3][form]
  const endOfHeader = start + (length as number)
  if (endOfHeader > end) throw new FrameDamage('the header of literals', 'the end of the block')
  let value = 0
  for (let at = endOfHeader - 1; at >= start; at--) value = value * 256 + (bytes[at] as number)
  if (!isPacked) {
    const size = Math.floor(value / (form === 0 || form === 2 ? 8 : 16))
    const packedBytes = kind === RAW ? size : 1
    return { kind, size, packedBytes, isFourfold: false, end: endOfHeader }
  }
  const width = 2 ** ([10, 10, 14, 18][form] as number)
  const sizes = Math.floor(value / 16)
  return {
    kind,
    size: sizes % width,
    packedBytes: Math.floor(sizes / width),
    isFourfold: form !== 0,
    end: endOfHeader,
  }
}
