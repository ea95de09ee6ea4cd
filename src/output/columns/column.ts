// The form of an output column: what it is called, what it means, where its raw value lies, and how that is shown.

import type { Judgement } from '../../verdict/classify.js'
import type { Evidence } from '../../verdict/evidence.js'
import type { Finding } from '../../verdict/findings.js'
import type { FindingCode } from '../../verdict/findings/codes.js'
import type { EvidenceItem } from '../../verdict/phrases.js'
import { credibleSpan } from '../anonymize/claims.js'
import { isoTime, secondsOf } from '../bytes/time.js'
import { type AddressSource, shownAddress } from './address.js'

/** One packet a verdict rests on, as it is written. */
export interface EvidenceRow {
  /** Record number in the capture, Wireshark's frame.number. */
  readonly packet: number
  /** Capture time, ISO 8601. */
  readonly time: string
  /** What the packet shows. */
  readonly shows: string
}

/** A finding, as it is written. */
export interface FindingItem {
  /** Its kind, a stable name. */
  readonly code: FindingCode
  /** Record number of the packet that shows it. */
  readonly packet: number
  /** Capture time of that packet, ISO 8601. */
  readonly time: string
  /** Whose it is. */
  readonly side?: 'client' | 'server'
  readonly count?: number
  readonly seconds?: number
  readonly bytes?: number
  /** One sentence. */
  readonly says: string
}

/** What a column can hold; undefined is absent. */
export type ColumnValue =
  | string
  | number
  | boolean
  | readonly string[]
  | readonly EvidenceRow[]
  | readonly FindingItem[]
  | undefined

/** JSON type of a column. */
export type ColumnType =
  'string' | 'integer' | 'number' | 'boolean' | 'strings' | 'evidence' | 'findings'

/**
 * What a column's raw value is: a `word` of a small vocabulary, `prose` of our own, the side an `address` belongs to, an
 * `integer`, a span in ns for `seconds` (NaN when absent), relative ns for a `time`, `true` for a `boolean`, and lists of
 * words, of evidence or of findings.
 */
export type ColumnKind =
  | 'word'
  | 'prose'
  | 'address'
  | 'integer'
  | 'seconds'
  | 'time'
  | 'boolean'
  | 'words'
  | 'evidence'
  | 'findings'

/** A raw value; undefined, '' and NaN are absent. */
export type RawValue =
  | string
  | number
  | boolean
  | readonly string[]
  | readonly EvidenceItem[]
  | readonly Finding[]
  | undefined

/** What a column reads from: one ended and judged connection. */
export interface ColumnSource extends AddressSource {
  readonly e: Evidence
  readonly j: Judgement
  /** Path of the capture as given. */
  readonly captureName: string
  readonly baseNs: bigint
  readonly encapsulation: string
  /** Relative ns of a kill the user knows of, NaN without one. */
  readonly killedNs: number
}

/** One output column. */
export interface Column {
  readonly key: string
  readonly type: ColumnType
  /** Always present, in every connection. */
  readonly always: boolean
  readonly doc: string
  readonly kind: ColumnKind
  /** The value as it lies in the evidence; writers of bytes take it from here. */
  readonly raw: (from: ColumnSource) => RawValue
}

/** JSON type of each kind. */
export const COLUMN_TYPES: Readonly<Record<ColumnKind, ColumnType>> = {
  word: 'string',
  prose: 'string',
  address: 'string',
  integer: 'integer',
  seconds: 'number',
  time: 'string',
  boolean: 'boolean',
  words: 'strings',
  evidence: 'evidence',
  findings: 'findings',
}

/** What a column shows of a connection, for everything but writers of bytes. */
export function readColumn(column: Column, from: ColumnSource): ColumnValue {
  const raw = column.raw(from)
  if (raw === undefined || raw === '' || Number.isNaN(raw)) return undefined
  switch (column.kind) {
    case 'seconds':
      return secondsOf(raw as number)
    case 'time':
      return isoTime(from.baseNs, raw as number)
    case 'address':
      return shownAddress(from, raw as number)
    case 'findings':
      return (raw as readonly Finding[]).map((finding) => findingItem(from, finding))
    case 'evidence':
      return (raw as readonly EvidenceItem[]).map(({ frame, ns, shows }) => ({
        packet: frame,
        time: isoTime(from.baseNs, ns),
        shows,
      }))
    case 'word':
    case 'prose':
    case 'integer':
    case 'boolean':
    case 'words':
      break
  }
  return raw as Exclude<RawValue, readonly EvidenceItem[] | readonly Finding[]>
}

function findingItem(from: ColumnSource, finding: Finding): FindingItem {
  const { code, frame, ns, side, count, spanNs, bytes, says } = finding
  const isShown = spanNs !== undefined && !Number.isNaN(spanNs)
  const shownNs = isShown && from.anonymizer !== undefined ? credibleSpan(spanNs) : spanNs
  const seconds = shownNs === undefined ? undefined : secondsOf(shownNs)
  return {
    code,
    packet: frame,
    time: isoTime(from.baseNs, ns),
    ...(side === undefined ? {} : { side }),
    ...(count === undefined ? {} : { count }),
    ...(seconds === undefined ? {} : { seconds }),
    ...(bytes === undefined ? {} : { bytes }),
    says,
  }
}
