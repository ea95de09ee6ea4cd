// Analyzes captures in a browser, in a thread of its own, by the same engine as the command.

import { CaptureError } from '../../base/errors.js'
import { CaptureClock } from '../../capture/clock.js'
import { Framer } from '../../capture/framer.js'
import { analyzeChunks } from '../../engine/analyze-chunks.js'
import { LadderRecords } from '../../engine/ladder/ladder-records.js'
import { PageFindings, type ReadAgain } from '../../engine/page/page-findings.js'
import { BlobReader, compressionOfBlob } from './blob-reader.js'
import type { AnalyzeRequest, WorkAnswer } from './messages.js'

/** Progress is told no more often, ms. */
const TELL_MS = 100

function answer(message: WorkAnswer): void {
  postMessage(message)
}

addEventListener('message', (event: MessageEvent<AnalyzeRequest>) => {
  void analyze(event.data).catch((error: unknown) => {
    answer({ kind: 'failed', message: error instanceof Error ? error.message : String(error) })
  })
})

async function analyze({ files, version }: AnalyzeRequest): Promise<void> {
  const findings = new PageFindings()
  const totalBytes = files.reduce((sum, { size }) => sum + size, 0)
  let [before, connections, toldAt] = [0, 0, 0]
  for (const file of files) {
    const start = before
    const compression = await compressionOfBlob(file)
    const reader = new BlobReader(file, compression, (bytes) => {
      const now = performance.now()
      if (now - toldAt < TELL_MS) return
      toldAt = now
      answer({
        kind: 'progress',
        file: file.name,
        readBytes: start + bytes,
        totalBytes,
        connections,
      })
    })
    const report = await analyzeChunks(
      {
        name: file.name,
        compression,
        chunks: reader.read(),
        garbageOffset: () => reader.garbageOffset,
      },
      {
        onConnection: (c) => {
          connections++
          findings.take(c, true)
        },
      },
    )
    findings.endCapture(report)
    before += file.size
  }
  const content = await findings.content({ version, filters: '' }, readAgainOf(files))
  answer({ kind: 'done', content })
}

/** A file that was chosen stays as it was, or cannot be read. */
function readAgainOf(files: readonly File[]): ReadAgain {
  return async (at, _report, targets, settings) => {
    const file = files[at]
    if (file === undefined) return []
    const records = new LadderRecords(targets, settings)
    const framer = new Framer(records, new CaptureClock())
    try {
      const reader = new BlobReader(file, await compressionOfBlob(file))
      for await (const chunk of reader.read()) framer.push(chunk)
      framer.finish()
    } catch (error) {
      if (!(error instanceof CaptureError)) throw error
    }
    return records.ladders()
  }
}
