// The fields of lines that only `watch` writes: `interval` and `file`.

import type { FileRow, IntervalRow } from '../output/live/format.js'
import { COUNTS, type Field, SECONDS, TEXT, TIME, WHOLE, always } from './field.js'

/** What is said of a span of time. */
export const INTERVAL_FIELDS: readonly Field<Exclude<keyof IntervalRow, 'type'>>[] = [
  always('time', TIME, 'Time of the capture; before the first packet that of the clock.'),
  always('duration_s', SECONDS, 'Since the last such line.'),
  always('packets', WHOLE, 'Packets read in it.'),
  always('connections', WHOLE, 'Connections that were over.'),
  always(
    'selected_connections',
    WHOLE,
    'Of these, let through by filters; the causes are of these.',
  ),
  always('causes', COUNTS, 'By `verdict.cause`.'),
  always('open_connections', WHOLE, 'Connections that are not over.'),
  always('incidents', WHOLE, 'Incidents told in it.'),
]

/** What is said of a capture of a folder when it is begun. */
export const FILE_FIELDS: readonly Field<Exclude<keyof FileRow, 'type'>>[] = [
  always('path', TEXT, 'The capture.'),
  always('first_packet', WHOLE, 'Number of its first packet: packets are numbered through.'),
]
