// A process of a worker: does one job after another. A capture that brings a process down brings down this one, and the worker
// that keeps the job goes on.

import { runExitHooks } from '../exit-hooks.js'
import { analyzeJob } from './analyze-job.js'
import type { JobData } from './job.js'
import { mergeJob } from './merge-job.js'
import type { FromProcess, ToProcess } from './messages.js'

const stop = new AbortController()

process.on('message', (message: ToProcess) => {
  if (message.kind === 'stop') return stop.abort()
  run(message.id, message.job).then(tell, (error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error)
    tell({ kind: 'failed', reason, isFinal: false })
  })
})
// A signal for all processes of a terminal or a service is the worker's to answer: it tells its processes to stop.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => undefined)
// The worker is gone, and nobody waits for what comes out.
process.on('disconnect', () => {
  runExitHooks()
  process.exit()
})

function run(id: string, job: JobData): Promise<FromProcess> {
  const { parts } = job
  if (parts !== undefined) return mergeJob(id, job, parts)
  return analyzeJob(id, job, stop.signal, (progress) => tell({ kind: 'progress', progress }))
}

function tell(message: FromProcess): void {
  process.send?.(message)
}
