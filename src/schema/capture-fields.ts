// The fields of `capture` and `summary` lines.

import type { CaptureReport } from '../engine/report.js'
import type { Summary } from '../output/collect/summary.js'
import { SCHEMA_NAME } from '../output/schema-name.js'
import {
  COUNTS,
  type Field,
  SECONDS,
  TEXT,
  TIME,
  WHOLE,
  always,
  listOf,
  objectOf,
  oneOf,
  sometimes,
} from './field.js'

const SKIPPED = objectOf({ name: TEXT, packets: WHOLE, first_offset_bytes: WHOLE }, [
  'name',
  'packets',
])

const PROBLEM = objectOf(
  { code: TEXT, message: TEXT, offset_bytes: WHOLE, expected: TEXT, found: TEXT },
  ['code', 'message'],
)

/** What is said of a capture. */
export const CAPTURE_FIELDS: readonly Field<Exclude<keyof CaptureReport, 'type'>>[] = [
  always('capture', TEXT, 'The capture, as given on the command line or found below a folder.'),
  sometimes('format', TEXT, 'Its format: `pcap` or `pcapng`.'),
  sometimes('compression', TEXT, 'What it is compressed with.'),
  always('linktypes', listOf(WHOLE), 'LINKTYPE_ values of its interfaces, the first 100.'),
  sometimes('linktypes_left_out', WHOLE, 'Link types that are not among them.'),
  sometimes('interfaces', listOf(TEXT), 'Names of its interfaces, each once, the first 100.'),
  sometimes('interfaces_left_out', WHOLE, 'Interfaces whose names are not among them.'),
  sometimes('snaplen_bytes', WHOLE, 'Bytes of a packet that are kept at most.'),
  always('packets', WHOLE, 'Records read, those of a pcapng without a frame included.'),
  always('tcp_packets', WHOLE, 'TCP segments among them.'),
  always('wire_bytes', WHOLE, 'Bytes on the wire, as the records say.'),
  always('read_bytes', WHOLE, 'Bytes of the capture that were read, decompressed.'),
  sometimes('start_time', TIME, 'Time of the earliest packet.'),
  sometimes('end_time', TIME, 'Time of the latest packet.'),
  sometimes('duration_s', SECONDS, 'From the one to the other.'),
  always('connections', WHOLE, 'Connections found.'),
  sometimes(
    'dropped_packets',
    WHOLE,
    'Packets that the capturing host lost, where the capture says so.',
  ),
  sometimes(
    'untimed_packets',
    WHOLE,
    'Packets without a time, which are given that of a neighbour.',
  ),
  sometimes(
    'clock_steps',
    WHOLE,
    'How often the clock was set back by more than 5 s, or ahead by more than 30 days.',
  ),
  sometimes('late_packets', WHOLE, 'Segments that came after their connection had been told.'),
  sometimes(
    'evicted_connections',
    WHOLE,
    'Connections that were given up because there were too many.',
  ),
  sometimes('merged_captures', WHOLE, 'Captures that were read as this one.'),
  sometimes(
    'trailing_garbage_offset_bytes',
    WHOLE,
    'Where bytes begin that follow compressed data and were ignored.',
  ),
  always('skipped', listOf(SKIPPED), 'Frames that are no TCP segment, by reason.'),
  sometimes('error', PROBLEM, 'Why it could not be read, or not to its end.'),
]

/** Totals of a run. */
export const SUMMARY_FIELDS: readonly Field<Exclude<keyof Summary, 'type'>>[] = [
  always('schema', oneOf([SCHEMA_NAME]), 'Version of the output.'),
  always('captures', WHOLE, 'Captures read.'),
  always('failed_captures', WHOLE, 'Of these, not read, or not to the end.'),
  sometimes(
    'unread_captures',
    WHOLE,
    'Captures that were not begun, because the run was interrupted.',
  ),
  always('packets', WHOLE, 'Records read.'),
  always('tcp_packets', WHOLE, 'TCP segments among them.'),
  always('read_bytes', WHOLE, 'Bytes read, decompressed.'),
  always('connections', WHOLE, 'Connections found.'),
  always(
    'selected_connections',
    WHOLE,
    'Connections that filters let through; all counts below are of these.',
  ),
  always('verdicts', COUNTS, 'By verdict.'),
  always('causes', COUNTS, 'By `verdict.cause`.'),
  always('closers', COUNTS, 'By who ended them.'),
]
