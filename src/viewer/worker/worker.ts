// Analyzes captures in a browser, in a thread of its own, by the same engine as the command.

import { CaptureError } from '../../base/errors.js'
import { CaptureClock } from '../../capture/clock.js'
import { Framer } from '../../capture/framer.js'
import { analyzeChunks } from '../../engine/analyze-chunks.js'
import { LadderRecords, type LadderSettings } from '../../engine/ladder/ladder-records.js'
import type { LadderTarget } from '../../engine/ladder/target.js'
import { EDGE_PACKETS, PageFindings, type ReadAgain } from '../../engine/page/page-findings.js'
import { type Ladder, isPacket } from '../../output/ladder/packet.js'
import { pageLadder } from '../../output/page/page-ladder.js'
import { BlobReader, compressionOfBlob } from './blob-reader.js'
import type { AnalyzeRequest, LadderRequest, WorkAnswer, WorkRequest } from './messages.js'

/** Progress is told no more often, ms. */
const TELL_MS = 100

function answer(message: WorkAnswer): void {
  postMessage(message)
}

addEventListener('message', ({ data }: MessageEvent<WorkRequest>) => {
  const work = data.kind === 'analyze' ? analyze(data) : readLadder(data)
  void work.catch((error: unknown) => {
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
    return file === undefined ? [] : laddersOf(file, targets, settings)
  }
}

/** The packets of a connection, in the form of a page. */
async function readLadder({ file, target, lastPacket }: LadderRequest): Promise<void> {
  const settings = { packets: lastPacket, isAnonymous: false, edge: EDGE_PACKETS }
  const [ladder] = await laddersOf(file, [target], settings)
  const first = ladder?.items.find(isPacket)
  answer({
    kind: 'ladder',
    ladder:
      ladder === undefined || first === undefined
        ? undefined
        : pageLadder(ladder, (ns) => ns - first.ns),
  })
}

/** Reads no further than the last packet that is wanted. */
async function laddersOf(
  file: File,
  targets: readonly LadderTarget[],
  settings: LadderSettings,
): Promise<Ladder[]> {
  const records = new LadderRecords(targets, settings)
  const framer = new Framer(records, new CaptureClock())
  const reader = new BlobReader(file, await compressionOfBlob(file))
  try {
    for await (const chunk of reader.read()) {
      framer.push(chunk)
      if (records.frames >= settings.packets) return records.ladders()
    }
    framer.finish()
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error
  }
  return records.ladders()
}
