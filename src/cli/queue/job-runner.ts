// The processes of a worker: one for each job that is under way, kept for the next one in the same folder.

import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { statOf } from '../../capture/stat.js'
import type { JobData, JobProgress } from './job.js'
import type { FromProcess, JobOutcome, ToProcess } from './messages.js'

const MODULE = fileURLToPath(new URL('./job-process.js', import.meta.url))

/** Processes that get the same signal have got it by then. */
const SIGNAL_MS = 1000

/** Runs jobs, each in a process. */
export class JobRunner {
  /** Processes that wait for a job, by the folder they are in. */
  private readonly idle: { readonly child: ChildProcess; readonly root: string }[] = []
  private readonly busy = new Set<ChildProcess>()
  private isStopped = false

  /** Runs a job to its end, or until `stop`. */
  async run(
    id: string,
    job: JobData,
    onProgress: (progress: JobProgress) => void,
  ): Promise<JobOutcome> {
    if (this.isStopped) return { kind: 'stopped' }
    const { root = process.cwd() } = job
    if (statOf(root)?.isDirectory() !== true)
      return {
        kind: 'failed',
        reason: `the folder ${root}, which its captures are relative to, is not on this machine`,
        isFinal: false,
      }
    const child = this.childIn(root)
    this.busy.add(child)
    const outcome = await new Promise<JobOutcome>((resolve) => {
      child.on('message', (message: FromProcess) => {
        if (message.kind === 'progress') onProgress(message.progress)
        else resolve(message)
      })
      const died = (how: string): void => {
        if (this.isStopped) resolve({ kind: 'stopped' })
        else resolve({ kind: 'failed', reason: `its process ended: ${how}`, isFinal: false })
      }
      child.on('error', (error) => died(error.message))
      child.on('exit', (code, signal) => {
        const how = signal ?? `exit code ${code}`
        // A signal for all processes may end one that has just begun, before this one knows that it is to stop.
        if (signal === 'SIGINT' || signal === 'SIGTERM') setTimeout(() => died(how), SIGNAL_MS)
        else died(how)
      })
      child.send({ kind: 'job', id, job } satisfies ToProcess)
    })
    child.removeAllListeners()
    this.busy.delete(child)
    child.on('error', () => undefined)
    if (this.isStopped && child.connected) child.disconnect()
    else if (child.connected) this.idle.push({ child, root })
    return outcome
  }

  /** Ends all processes; jobs that are under way are left as they were. */
  stop(): void {
    this.isStopped = true
    for (const { child } of this.idle.splice(0)) if (child.connected) child.disconnect()
    for (const child of this.busy)
      if (child.connected) child.send({ kind: 'stop' } satisfies ToProcess)
  }

  private childIn(root: string): ChildProcess {
    for (;;) {
      const at = this.idle.findIndex((each) => each.root === root)
      const [found] = at < 0 ? [] : this.idle.splice(at, 1)
      if (found === undefined) break
      found.child.removeAllListeners()
      if (found.child.connected) return found.child
    }
    // One that waits elsewhere is of no use here.
    const other = this.idle.shift()?.child
    if (other?.connected === true) other.disconnect()
    return fork(MODULE, { cwd: root, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  }
}
