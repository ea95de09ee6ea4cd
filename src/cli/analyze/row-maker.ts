// Makes rows of batches of ended connections, in whichever thread.

import { type AnalyzerOptions, anonymizerOf } from '../../engine/capture-analyzer.js'
import { ConnectionWriter, type WrittenState } from '../../engine/connection-writer.js'
import { BatchReader, type EndingBatch } from '../../parallel/ending-batch.js'
import type { MadeRows, RowMaker, UsedUp } from '../../parallel/row-threads.js'
import { SharedSink } from '../../parallel/shared-memory.js'

/** One maker of rows. */
export class BatchRowMaker implements RowMaker<WrittenState> {
  private readonly rows = new SharedSink()
  private readonly digests = new SharedSink()
  private readonly writer: ConnectionWriter
  private readonly reader: BatchReader

  constructor(options: AnalyzerOptions) {
    this.writer = new ConnectionWriter(options, this.rows, ({ cells }) =>
      this.digests.writeBytes(new Uint8Array(cells.buffer, cells.byteOffset, cells.byteLength)),
    )
    this.reader = new BatchReader(this.writer, {
      killedAtNs: options.killedAtNs,
      anonymizer: anonymizerOf(options.anonymizeKey),
    })
  }

  make(batch: EndingBatch): MadeRows<WrittenState> {
    this.reader.read(batch)
    const state = this.writer.take()
    return { state, rows: this.rows.take(), digests: this.digests.take() }
  }

  giveBack(usedUp: readonly UsedUp[]): void {
    this.rows.giveBack(usedUp.map(({ rows }) => rows))
    this.digests.giveBack(usedUp.map(({ digests }) => digests))
  }
}
