// Judges batches of ended connections and writes their rows, in whichever thread.

import { BatchReader, type EndedBatch } from '../../parallel/ending-batch.js'
import { anonymizerOf, CaptureJudge, type ConnectionsPart } from './run.js'
import { reporterOf } from './reporters.js'
import type { AnalyzeSettings } from './settings.js'
import { type SharedPart, SharedSink } from './shared-sink.js'

/** What came of a batch. */
export interface JudgedBatch {
  readonly part: ConnectionsPart
  /** What was written, in memory that all threads share; it stays until it is given back. */
  readonly written: SharedPart
}

/** One judge of batches. */
export class BatchJudge {
  private readonly sink = new SharedSink()
  private readonly judgement: CaptureJudge
  private readonly reader: BatchReader

  /** `nameCaptures` and `width` are those of the reporter that writes the whole. */
  constructor(settings: AnalyzeSettings, nameCaptures: boolean, width: number) {
    const { killedAtNs } = settings
    const reporter = reporterOf(settings, this.sink, nameCaptures, width)
    this.judgement = new CaptureJudge(settings, reporter)
    this.reader = new BatchReader(this.judgement, {
      killedAtNs,
      anonymizer: anonymizerOf(settings),
    })
    // What begins a document is written with the whole.
    this.giveBack([this.sink.take().memory])
  }

  judge(batch: EndedBatch): JudgedBatch {
    this.reader.judge(batch)
    return { part: this.judgement.takeConnections(), written: this.sink.take() }
  }

  /** Memory of results that have been used up. */
  giveBack(memories: readonly number[]): void {
    this.sink.giveBack(memories)
  }
}
