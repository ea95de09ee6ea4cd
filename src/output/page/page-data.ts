// What a page is made from: a head, and blocks of JSON lines that are read when they are needed. The viewer reads nothing else.

import type { TimeBinsState } from '../collect/time-bins.js'
import type { Summary } from '../collect/summary.js'
import type { CaptureRow } from '../formats/format.js'
import type { IncidentRow } from '../incidents/row.js'
import type { Scan } from '../table/scan.js'

/** Where the template has room for the data. */
export const PAGE_MARKER = '<!--page-data-->'

/** Names of the blocks, and of the head before them: ids of elements. */
export const PAGE_HEAD_ID = 'page-head'
/** Values of the table: a line for each column, with its value of every connection. */
export const PAGE_ROWS_ID = 'page-rows'
/** What else is known, a line for each column too. These are many blocks, with their number from 0 behind the name. */
export const PAGE_DETAILS_ID = 'page-details-'
/** Connections in each of them. */
export const DETAILS_LINES = 4096
/** Packets of some connections, in the order of `ladders` in the head. */
export const PAGE_LADDERS_ID = 'page-ladders'

/** A packet that a verdict rests on, with its time in seconds since the first packet. */
export type PageEvidence = readonly [packet: number, at: number, shows: string]

/** A finding. */
export type PageFinding = readonly [code: string, packet: number, says: string]

/** What the display filter of a connection is made of besides its addresses and ports. */
export type PageFilter = readonly [
  firstPacket: number,
  lastPacket: number,
  clientIsFirst: boolean,
  hasAddresses: boolean,
]

/** One packet of a ladder. States are those after it, empty when unknown. */
export interface PagePacket {
  readonly packet: number
  /** Seconds since the first packet of the connection. */
  readonly at: number
  readonly from: 'client' | 'server' | 'network'
  /** Flags and numbers, as the command writes them on its arrows. */
  readonly label: string
  readonly client: string
  readonly server: string
  readonly notes?: readonly string[]
  /** Why it is evidence. */
  readonly shows?: string
}

/** Packets that are not shown one by one, or a time without any. */
export interface PageFold {
  readonly text: string
  readonly isSilence: boolean
}

/** The folded packets of one connection. */
export interface PageLadder {
  readonly rows: readonly (PagePacket | PageFold)[]
  /** A note on what was not kept; empty without any. */
  readonly omitted: string
}

/** What one ending means. */
export interface PageEnding {
  readonly name: string
  readonly verdict: string
  readonly cause: string
  readonly meaning: string
  readonly usually: string
  readonly advice: string
  /** 0 as it should be, 1 worth a look, 2 trouble, 3 something broke. */
  readonly severity: number
}

/** Connections of which the page has no row. */
export interface PageRest {
  readonly connections: number
  /** By `verdict.cause`. */
  readonly causes: Readonly<Record<string, number>>
  /** When they ended, by verdict. */
  readonly times: Readonly<Record<string, TimeBinsState>>
}

/** A capture and what else is said of it. */
export type PageCapture = Omit<CaptureRow, 'skipped'> & {
  readonly packets: number
  readonly tcp_packets: number
  readonly connections: number
  readonly format?: string
  readonly duration_s?: number
  /** Captures that were analyzed as one. */
  readonly merged_captures?: number
  /** What a reader of the results has to know, in sentences. */
  readonly notes: readonly string[]
}

/** An incident, and how it is told. */
export type PageIncident = IncidentRow & {
  /** Place of its capture. */
  readonly capture_at: number
  /** How a service is set up, which is no event. */
  readonly is_calm: boolean
  /** The incident whose sentence says this one too. */
  readonly told_by?: number
}

/** Meanings of words, by name. */
export type PageWords = Readonly<Record<string, string>>

/** Everything a page shows at once. */
export interface PageHead {
  readonly schema: string
  readonly version: string
  readonly captures: readonly PageCapture[]
  readonly incidents: readonly PageIncident[]
  /** What looks like a scan: no incident, but said with them. */
  readonly scans: readonly Scan[]
  readonly summary: Summary
  /** The filters as they were typed; empty without any. */
  readonly filters: string
  readonly is_anonymous: boolean
  /** Keys of the lines of the rows. */
  readonly columns: readonly string[]
  /** Keys of the values in a line of the details. */
  readonly detail_columns: readonly string[]
  /** Connections that have a row. */
  readonly rows: number
  readonly rest: PageRest
  /** Place of the capture and stream of each ladder. */
  readonly ladders: readonly (readonly [capture: number, stream: number])[]
  readonly verdicts: readonly { readonly verdict: string; readonly title: string }[]
  readonly endings: readonly PageEnding[]
  readonly flags: PageWords
  readonly findings: PageWords
  readonly sees: PageWords
  readonly kinds: PageWords
  readonly docs: PageWords
}
