// Reads captures one after another and passes their connections on to a writer.

import type { DigestHandler } from '../incidents/digest.js'
import { CryptoPan } from '../output/anonymize/crypto-pan.js'
import type { ByteSink } from '../output/row-writer.js'
import { readMerged } from './analyze-merged.js'
import { type LiveTick, type Progress, readSource } from './analyze-source.js'
import { ConnectionWriter, type WriterOptions } from './connection-writer.js'
import type { AnalysisOptions, HandOver, Share } from './pipeline.js'
import type { ConnectionHandler } from './ended-connection.js'
import type { CaptureReport } from './report.js'

const READ_BUFFER_BYTES = 1 << 20

/** Paths of a capture, or of several that are to be read as one. */
export type Timeline = readonly string[]

/** How captures are analyzed and their connections written: plain data. */
export interface AnalyzerOptions
  extends
    WriterOptions,
    Pick<AnalysisOptions, 'idleS' | 'killedAtNs' | 'maxConnections' | 'maxHalfOpen' | 'maxLayers'> {
  /** What addresses are replaced with, see crypto-pan.ts; undefined to leave them as they are. */
  readonly anonymizeKey: Uint8Array | undefined
}

/** How one capture is to be read. */
export interface ReadingOptions {
  readonly live: boolean
  readonly signal: AbortSignal
  readonly onProgress?: (progress: Progress) => void
  readonly onTick?: ((tick: LiveTick) => void) | undefined
  /** Is shown every connection besides. */
  readonly watcher?: ConnectionHandler | undefined
  /** Has connections classified elsewhere. */
  readonly handOver?: HandOver
  readonly pause?: () => Promise<void>
  /** Which of the endings are judged and written. */
  readonly share?: Share | undefined
}

function bothOf(
  writer: ConnectionHandler,
  watcher: ConnectionHandler | undefined,
): ConnectionHandler {
  if (watcher === undefined) return writer
  return {
    onConnection: (c) => {
      writer.onConnection(c)
      watcher.onConnection(c)
    },
  }
}

/** Replaces addresses as the options ask for it. */
export function anonymizerOf(key: Uint8Array | undefined): CryptoPan | undefined {
  return key === undefined ? undefined : new CryptoPan(key)
}

/** Analyzes captures with the same options. */
export class CaptureAnalyzer {
  readonly writer: ConnectionWriter
  private readonly options: AnalyzerOptions
  private readonly anonymizer: CryptoPan | undefined
  /** One read buffer for all captures: a new one for each costs more than a small capture. */
  private readonly room = new DataView(new ArrayBuffer(READ_BUFFER_BYTES))

  constructor(options: AnalyzerOptions, sink: ByteSink, onDigests: DigestHandler) {
    this.options = options
    this.writer = new ConnectionWriter(options, sink, onDigests)
    this.anonymizer = anonymizerOf(options.anonymizeKey)
  }

  /** Reads one capture, or several as one. */
  async analyze(
    [path = '-', ...others]: Timeline,
    reading: ReadingOptions,
  ): Promise<CaptureReport> {
    const { idleS, killedAtNs, maxConnections, maxHalfOpen, maxLayers } = this.options
    const limits = { maxConnections, maxHalfOpen, maxLayers }
    const { anonymizer, writer, room } = this
    const contains = this.options.filter.contains?.bytes
    const settings = { ...reading, ...limits, idleS, killedAtNs, anonymizer, contains }
    const { report } =
      others.length > 0
        ? await readMerged([path, ...others], writer, settings)
        : await readSource(path, bothOf(writer, reading.watcher), { ...settings, room })
    writer.flushDigests()
    return report
  }
}
