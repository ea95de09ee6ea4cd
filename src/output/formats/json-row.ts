// A connection as one JSON object, written as bytes column by column.

import type { Finding } from '../../verdict/findings.js'
import type { EvidenceItem } from '../../verdict/phrases.js'
import { type Fragment, fragment } from '../bytes/fragment.js'
import { epochNs, epochText, isoSeconds } from '../bytes/time.js'
import { type ByteWriter, pointed } from '../bytes/writer.js'
import { shownAddress, shownIpv4 } from '../columns/address.js'
import {
  type Column,
  type ColumnKind,
  type ColumnSource,
  type FindingItem,
  type RawValue,
  readColumn,
} from '../columns/column.js'
import { jsonText } from './json-text.js'

/** Words of a column that are kept ready; more than the taxonomy has, fewer than a hostile capture can make. */
const MAX_WORDS = 4096

const FIRST_PACKET: Fragment = fragment('{"packet":')
const NEXT_PACKET: Fragment = fragment(',{"packet":')
const TIME: Fragment = fragment(',"time":"')
const EPOCH: Fragment = fragment(',"time":')
const OPEN = 0x7b
const CLOSE = 0x7d
const OPEN_LIST = 0x5b
const CLOSE_LIST = 0x5d
const QUOTE = 0x22

/** What stands between the key and the value, by kind. */
const BEFORE: Readonly<Partial<Record<ColumnKind, string>>> = {
  time: '"',
  address: '"',
  prose: '"',
  boolean: 'true',
  evidence: '[',
  findings: '',
}

/** How values are written. */
export interface RowForms {
  /** Times are numbers, seconds since 1970. */
  readonly isEpoch: boolean
  /**
   * For readers that have a type for every field: spans have a decimal point, also whole ones, as the first value may decide
   * the type; a time on no calendar is left out.
   */
  readonly isTyped: boolean
}

const NATIVE: RowForms = { isEpoch: false, isTyped: false }

/** Writes connections by columns that are fixed for a run; absent values are left out. */
export class JsonRow {
  private readonly cells: readonly Cell[]

  constructor(columns: readonly Column[], { isEpoch, isTyped }: RowForms = NATIVE) {
    this.cells = columns.map((column) =>
      isEpoch && column.kind === 'findings'
        ? new EpochFindings(column, isTyped)
        : new JsonCell(column, isTyped, isEpoch),
    )
  }

  /** Adds the object of a connection to `out`. */
  write(from: ColumnSource, out: ByteWriter): void {
    const start = out.length
    const { cells } = this
    for (let i = 0; i < cells.length; i++) (cells[i] as Cell).write(from, out)
    // Every key has a comma in front; the first one is none.
    if (out.length === start) out.byte(OPEN)
    else out.replace(start, OPEN)
    out.byte(CLOSE)
  }
}

/** Writes one column, with its key. */
interface Cell {
  write(from: ColumnSource, out: ByteWriter): void
}

/** The digits of a span of a finding. */
const SECONDS = /(?<="seconds":)[^,]+/

/** Findings with their times as numbers; few connections have any. */
class EpochFindings implements Cell {
  private readonly column: Column
  private readonly isTyped: boolean
  private readonly key: string

  constructor(column: Column, isTyped: boolean) {
    this.column = column
    this.isTyped = isTyped
    this.key = `,${jsonText(column.key)}:`
  }

  write(from: ColumnSource, out: ByteWriter): void {
    const { column } = this
    const raw = column.raw(from)
    if (raw === undefined || Number.isNaN(raw)) return
    const items = raw as readonly Finding[]
    const shown = readColumn(column, from) as readonly FindingItem[]
    // Their texts are our own, and none of them has a time in this form.
    const texts = shown.map((item, at) => {
      const time = `"time":${epochOf(from, items[at]?.ns ?? NaN)}`
      const text = jsonText(item).replace(`"time":${jsonText(item.time)}`, time)
      return this.isTyped ? text.replace(SECONDS, pointed) : text
    })
    out.text(`${this.key}[${texts.join(',')}]`)
  }
}

function epochOf({ baseNs }: ColumnSource, ns: number): string {
  return epochText(epochNs(baseNs, ns), 9)
}

/** Writes one column, with its key. */
class JsonCell implements Cell {
  private readonly column: Column
  private readonly name: string
  private readonly raw: Column['raw']
  private readonly kind: ColumnKind
  private readonly key: Fragment
  private readonly isTyped: boolean
  /** Times are numbers: with all digits, which is more than a reader may keep. */
  private readonly isEpoch: boolean
  /** Key and value of what the column had last, and of what it had before; ends of evidence by what they show. */
  private last: RawValue
  private lastFragment: Fragment = fragment('')
  private readonly known = new Map<RawValue, Fragment>()

  constructor(column: Column, isTyped: boolean, isEpoch: boolean) {
    this.column = column
    this.isTyped = isTyped
    this.isEpoch = isEpoch
    this.name = column.key
    this.raw = column.raw
    this.kind = column.kind
    const before = isEpoch && column.kind === 'time' ? '' : (BEFORE[column.kind] ?? '')
    this.key = fragment(`${this.keyText()}${before}`)
  }

  write(from: ColumnSource, out: ByteWriter): void {
    const raw = this.raw(from)
    if (raw === undefined || raw === '') return
    switch (this.kind) {
      case 'integer':
        out.fragment(this.key)
        return out.integer(raw as number)
      case 'seconds':
        if (Number.isNaN(raw)) return
        out.fragment(this.key)
        return out.seconds(raw as number, this.isTyped)
      case 'time':
        if (Number.isNaN(raw)) return
        if (this.isEpoch) {
          out.fragment(this.key)
          return out.epochTime(from.baseNs, raw as number)
        }
        if (this.isTyped && isoSeconds(from.baseNs, raw as number).isNamed) return
        out.fragment(this.key)
        out.isoTime(from.baseNs, raw as number)
        return out.byte(QUOTE)
      case 'word':
      case 'words':
        return out.fragment(this.ready(raw))
      case 'prose':
        out.fragment(this.key)
        out.prose(raw as string)
        return out.byte(QUOTE)
      case 'address':
        out.fragment(this.key)
        writeAddress(raw as number, from, out)
        return out.byte(QUOTE)
      case 'findings':
        out.fragment(this.key)
        return this.findings(readColumn(this.column, from) as readonly FindingItem[], out)
      case 'boolean':
        return out.fragment(this.key)
      case 'evidence':
        out.fragment(this.key)
        return this.evidence(raw as readonly EvidenceItem[], from, out)
    }
  }

  /** Key and value in one, for values that come again and again. */
  private ready(raw: Exclude<RawValue, undefined>): Fragment {
    if (raw === this.last) return this.lastFragment
    const made = this.known.get(raw) ?? this.keep(raw, `${this.keyText()}${jsonText(raw)}`)
    this.last = raw
    this.lastFragment = made
    return made
  }

  private evidence(items: readonly EvidenceItem[], from: ColumnSource, out: ByteWriter): void {
    for (let i = 0; i < items.length; i++) {
      const { frame, ns, shows } = items[i] as EvidenceItem
      out.fragment(i === 0 ? FIRST_PACKET : NEXT_PACKET)
      out.integer(frame)
      out.fragment(this.isEpoch ? EPOCH : TIME)
      if (this.isEpoch) out.epochTime(from.baseNs, ns)
      else out.isoTime(from.baseNs, ns)
      const end = this.isEpoch ? ',"shows":' : '","shows":'
      out.fragment(this.known.get(shows) ?? this.keep(shows, `${end}${jsonText(shows)}}`))
    }
    out.byte(CLOSE_LIST)
  }

  /** Findings by their parts: their texts are our own, and hold nothing that JSON has to escape. */
  private findings(findings: readonly FindingItem[], out: ByteWriter): void {
    out.byte(OPEN_LIST)
    for (let i = 0; i < findings.length; i++) {
      const { code, packet, time, side, count, seconds, bytes, says } = findings[i] as FindingItem
      const rest =
        (side === undefined ? '' : `"side":"${side}",`) +
        (count === undefined ? '' : `"count":${count},`) +
        (seconds === undefined ? '' : `"seconds":${this.span(seconds)},`) +
        (bytes === undefined ? '' : `"bytes":${bytes},`)
      out.prose(
        `${i === 0 ? '' : ','}{"code":"${code}","packet":${packet},"time":"${time}",${rest}"says":"${says}"}`,
      )
    }
    out.byte(CLOSE_LIST)
  }

  private span(seconds: number): string {
    const text = JSON.stringify(seconds)
    return this.isTyped ? pointed(text) : text
  }

  private keep(raw: RawValue, text: string): Fragment {
    const made = fragment(text)
    if (this.known.size < MAX_WORDS) this.known.set(raw, made)
    return made
  }

  private keyText(): string {
    return `,${jsonText(this.name)}:`
  }
}

function writeAddress(side: number, from: ColumnSource, out: ByteWriter): void {
  const word = shownIpv4(from, side)
  if (word === undefined) out.text(shownAddress(from, side))
  else out.ipv4(word)
}
