// Lines of OpenTelemetry's log records while a capture goes on: those of the OTLP format.

import type { FormatOptions } from '../formats/format.js'
import { otlpLine } from '../formats/otlp.js'
import type { LiveFormat } from './format.js'

/** Lines of connections, with the given columns, all of them by default; there are no others. */
export function otlpLines(columns: FormatOptions['columns']): LiveFormat {
  return {
    connection: otlpLine(columns),
    incident: nothing,
    interval: nothing,
    file: nothing,
    end: nothing,
  }
}

function nothing(): void {}
