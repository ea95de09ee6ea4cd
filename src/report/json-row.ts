// A connection as one JSON object, written as octets column by column.

import * as L from '../tcp/layout.js'
import { sideAddress } from './address.js'
import { ByteWriter, octetsOf } from './byte-writer.js'
import type { Column, ColumnSource } from './column.js'
import type { EvidenceItem } from '../teardown/words.js'
import { jsonText } from './json-text.js'

/** Words that are kept ready; more than the taxonomy has, fewer than a hostile capture can make. */
const MAX_WORDS = 4096

const OPEN = octetsOf('{')
const CLOSE = octetsOf('}')
const TRUE = octetsOf('true')
const PACKET = octetsOf('{"packet":')
const TIME = octetsOf(',"time":"')
const SHOWS = octetsOf('","shows":')
const COMMA = 0x2c
const QUOTE = 0x22

/** Writes connections by columns that are fixed for a run; absent values are left out. */
export class JsonRow {
  private readonly columns: readonly Column[]
  /** `"key":` of each column, and the same with a comma in front. */
  private readonly keys: readonly Uint8Array[]
  private readonly nextKeys: readonly Uint8Array[]
  private readonly words = new Map<string, Uint8Array>()
  private readonly lists = new Map<readonly string[], Uint8Array>()

  constructor(columns: readonly Column[]) {
    this.columns = columns
    this.keys = columns.map(({ key }) => octetsOf(`${jsonText(key)}:`))
    this.nextKeys = columns.map(({ key }) => octetsOf(`,${jsonText(key)}:`))
  }

  /** Adds the object of a connection to `out`. */
  write(from: ColumnSource, out: ByteWriter): void {
    out.octets(OPEN)
    let keys = this.keys
    for (let i = 0; i < this.columns.length; i++) {
      const column = this.columns[i] as Column
      const raw = column.raw(from)
      if (raw === undefined || raw === '' || Number.isNaN(raw)) continue
      out.octets(keys[i] as Uint8Array)
      keys = this.nextKeys
      this.value(column, raw, from, out)
    }
    out.octets(CLOSE)
  }

  private value(
    column: Column,
    raw: Exclude<ReturnType<Column['raw']>, undefined>,
    from: ColumnSource,
    out: ByteWriter,
  ): void {
    switch (column.kind) {
      case 'integer':
        return out.integer(raw as number)
      case 'seconds':
        return out.seconds(raw as number)
      case 'time':
        out.octet(QUOTE)
        out.isoTime(from.baseNs, raw as number)
        return out.octet(QUOTE)
      case 'word':
        return out.octets(this.word(raw as string))
      case 'text':
        return this.text(raw as string, out)
      case 'address':
        return writeAddress(raw as number, from, out)
      case 'stream-filter':
        out.octet(QUOTE)
        out.text('tcp.stream eq ')
        out.integer(raw as number)
        return out.octet(QUOTE)
      case 'boolean':
        return out.octets(TRUE)
      case 'words':
        return out.octets(this.list(raw as readonly string[]))
      case 'evidence':
        return this.evidence(raw as readonly EvidenceItem[], from, out)
    }
  }

  private text(text: string, out: ByteWriter): void {
    if (!out.quotedPlain(text)) out.text(jsonText(text))
  }

  private word(word: string): Uint8Array {
    const known = this.words.get(word)
    if (known !== undefined) return known
    const octets = octetsOf(jsonText(word))
    if (this.words.size < MAX_WORDS) this.words.set(word, octets)
    return octets
  }

  private list(words: readonly string[]): Uint8Array {
    const known = this.lists.get(words)
    if (known !== undefined) return known
    const octets = octetsOf(jsonText(words))
    if (this.lists.size < MAX_WORDS) this.lists.set(words, octets)
    return octets
  }

  private evidence(items: readonly EvidenceItem[], from: ColumnSource, out: ByteWriter): void {
    out.octet(0x5b)
    for (let i = 0; i < items.length; i++) {
      const { frame, ns, shows } = items[i] as EvidenceItem
      if (i > 0) out.octet(COMMA)
      out.octets(PACKET)
      out.integer(frame)
      out.octets(TIME)
      out.isoTime(from.baseNs, ns)
      out.octets(SHOWS)
      out.octets(this.word(shows))
      out.octets(CLOSE)
    }
    out.octet(0x5d)
  }
}

function writeAddress(side: number, from: ColumnSource, out: ByteWriter): void {
  const { ints } = from.table.connections
  const conn = from.e.record * L.CONN_INTS
  out.octet(QUOTE)
  if (((ints[conn + L.CONN_FLAGS] as number) & L.CONN_IPV6) !== 0) {
    out.text(sideAddress(ints, from.e.record, side))
  } else {
    out.ipv4(ints[conn + (side === 0 ? L.ADDR_0 : L.ADDR_1)] as number)
  }
  out.octet(QUOTE)
}
