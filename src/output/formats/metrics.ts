// Counts and histograms for a monitoring system: no rows, one text when all captures have been read.

import {
  type Exposition,
  OPENMETRICS_TEXT,
  PROMETHEUS_TEXT,
  metricsText,
} from '../metrics/exposition.js'
import type { Format, FormatRow } from './format.js'

/** Metrics as OpenMetrics 1.0. */
export const OPENMETRICS: FormatRow = metricsRow('openmetrics', 'openmetrics', OPENMETRICS_TEXT)

/** The same for programs that read only the older format: the textfile collector of node_exporter, promtool. */
export const PROMETHEUS: FormatRow = metricsRow('prometheus', 'prom', PROMETHEUS_TEXT)

function metricsRow(name: string, extension: string, form: Exposition): FormatRow {
  return { name, extension, writesRows: () => false, make: () => metricsFormat(form) }
}

function metricsFormat(form: Exposition): Format {
  const incidents = new Map<string, number>()
  let droppedPackets = 0
  return {
    showsMetrics: true,
    incident: ({ kind }) => incidents.set(kind, (incidents.get(kind) ?? 0) + 1),
    capture: ({ dropped_packets: dropped = 0 }) => {
      droppedPackets += dropped
    },
    tail: ({ summary, counts }, out) => {
      if (counts === undefined) return
      const text = metricsText(
        {
          counts,
          incidents,
          connections: summary.connections,
          openConnections: summary.verdicts['lingering_established'] ?? 0,
          packets: summary.packets,
          tcpPackets: summary.tcp_packets,
          readBytes: summary.read_bytes,
          captures: summary.captures,
          failedCaptures: summary.failed_captures,
          droppedPackets,
          endpointsNamed: 'largest',
        },
        form,
      )
      out.text(text)
    },
  }
}
