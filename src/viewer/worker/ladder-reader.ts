// Packets of a connection that are not among those of a result: read once more from its file, in a worker of their own.

import type { PageLadder } from '../../output/page/page-data.js'
import type { WantedLadder } from '../model/ladder-target.js'
import type { LadderRequest, WorkAnswer } from './messages.js'

/** Reads the packets of a connection; undefined where its file cannot be read any more. */
export type ReadLadder = (wanted: WantedLadder) => Promise<PageLadder | undefined>

/** Reads from some files, one connection at a time: who opens the next one has no use for the last. */
export function ladderReader(files: readonly File[], makeWorker: () => Worker): ReadLadder {
  let current: Worker | undefined
  return ({ capture, target, lastPacket }) => {
    current?.terminate()
    const file = files[capture]
    if (file === undefined) return Promise.resolve(undefined)
    const worker = makeWorker()
    current = worker
    return new Promise((resolve) => {
      function end(ladder: PageLadder | undefined): void {
        worker.terminate()
        resolve(ladder)
      }
      worker.addEventListener('message', ({ data }: MessageEvent<WorkAnswer>) =>
        end(data.kind === 'ladder' ? data.ladder : undefined),
      )
      worker.addEventListener('error', () => end(undefined))
      const request: LadderRequest = { kind: 'ladder', file, target, lastPacket }
      worker.postMessage(request)
    })
  }
}
