// Runs of kills: a task is done undisturbed once, then killed, looked at, and done again.

import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Broken, expectThat } from '../broken.js'
import { filesBelow } from '../files.js'
import { Random } from '../random.js'
import type { OneRun } from '../series.js'
import { type Captures, writeKillCaptures } from './captures.js'
import { type Job, jobOf } from './job.js'
import { type Ended, type Kill, runProgram } from './running.js'

const LIST = '.tcp-teardown.list'
const RESULT = 'result'
const PARTIAL = /(^|\/)\.tcp-teardown-[0-9a-f-]+\.partial$/
const OLDER = 'an older result'
const SIGNALS: readonly NodeJS.Signals[] = ['SIGKILL', 'SIGTERM', 'SIGINT']
/** Kills may come too late; a task that is always done before is no task. */
const TRIES = 40

const WHOLE = 'a result is whole or absent'
const TIDY = 'a signal leaves nothing behind'
const AGAIN = 'a killed run can be done again'

/** What files hold, by their names. */
type Contents = ReadonlyMap<string, string>

/** A task done undisturbed. */
interface Undisturbed {
  readonly contents: Contents
  readonly ms: number
}

/** Tasks to be killed, in a folder of their own. */
export class Kills {
  /** Kills that came too late. */
  late = 0
  readonly scratch: string
  private readonly captures: Captures
  private readonly seed: number
  private readonly done = new Map<string, Undisturbed>()

  constructor(seed: number, connections: number) {
    this.seed = seed
    this.scratch = mkdtempSync(join(tmpdir(), 'tcp-teardown-kills-'))
    this.captures = writeKillCaptures(this.scratch, connections)
  }

  /** One kill that counts; throws what does not hold. */
  readonly oneRun: OneRun = async (run) => {
    const random = new Random(this.seed, run)
    const job = jobOf(this.captures, random)
    const whole = await this.undisturbed(job)
    const signal = random.pick(SIGNALS)
    for (let tries = 0; tries < TRIES; tries++) {
      const kill = { signal, afterMs: random.below(Math.ceil(whole.ms)) }
      try {
        if (await this.tryKill(job, whole.contents, kill, random.oneIn(2))) return
      } catch (error) {
        throw withJob(error, job, kill)
      }
      this.late++
    }
    throw new Error(`no kill came in time: ${job.args.join(' ')}`)
  }

  close(): void {
    rmSync(this.scratch, { recursive: true })
  }

  /** Kills a task and checks what is left; false if it was done before. */
  private async tryKill(
    job: Job,
    whole: Contents,
    kill: Kill,
    hasOlder: boolean,
  ): Promise<boolean> {
    const out = this.emptied('out')
    const older = hasOlder && !job.toFolder
    if (older) writeFileSync(join(out, RESULT), OLDER)
    const temporary = this.emptied('tmp')
    const ended = await runProgram([...job.args, ...placeOf(job, out)], temporary, kill)
    if (!isEffective(ended, kill)) return false
    expectThat(!/unexpected error|\n\s+at /.test(ended.stderr), WHOLE, ended.stderr)
    expectWhole(out, whole, older ? OLDER : undefined)
    if (kill.signal !== 'SIGKILL') {
      const names = [...filesBelow(out), ...readdirSync(temporary)]
      const left = names.filter((name) => name !== LIST && !whole.has(name))
      expectThat(left.length === 0, TIDY, left.join())
    }
    await this.tryAgain(job, whole, out)
    return true
  }

  private async tryAgain(job: Job, whole: Contents, out: string): Promise<void> {
    const noted = notedIn(out)
    const args = [...job.args, ...placeOf(job, out), ...(job.toFolder ? ['--resume'] : [])]
    const temporary = this.emptied('tmp')
    const { code, stderr } = await runProgram(args, temporary)
    expectThat(code === 0, AGAIN, `exit code ${code}: ${stderr}`)
    expectWhole(out, whole, undefined)
    const names = filesBelow(out)
    const missing = [...whole.keys()].filter((name) => !names.includes(name))
    expectThat(missing.length === 0, AGAIN, `missing: ${missing.join()}`)
    const more = names.filter((name) => name !== LIST && !whole.has(name))
    expectThat(more.length === 0, AGAIN, `left over: ${more.join()}`)
    const left = readdirSync(temporary)
    expectThat(left.length === 0, TIDY, left.join())
    if (!job.toFolder) return
    const made = Number(/(\d+) results? written/.exec(stderr)?.[1])
    const isRest = made === job.results - noted
    expectThat(isRest, 'what is done is left alone', `${noted} were noted: ${stderr}`)
  }

  private async undisturbed(job: Job): Promise<Undisturbed> {
    const key = `${job.args.join(' ')} ${job.toFolder}`
    const known = this.done.get(key)
    if (known !== undefined) return known
    const out = this.emptied('out')
    const args = [...job.args, ...placeOf(job, out)]
    const { code, ms, stderr } = await runProgram(args, this.emptied('tmp'))
    expectThat(code === 0, 'an undisturbed run ends well', stderr)
    const made = { contents: contentsOf(out), ms }
    expectThat(made.contents.size === job.results, 'an undisturbed run ends well', stderr)
    this.done.set(key, made)
    return made
  }

  private emptied(name: string): string {
    const folder = join(this.scratch, name)
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder)
    return folder
  }
}

function placeOf({ toFolder }: Job, out: string): string[] {
  return toFolder ? ['--out-dir', out] : ['-o', join(out, RESULT)]
}

/** It was there to be killed, and died of it or stopped early. */
function isEffective({ code, signal }: Ended, kill: Kill): boolean {
  return signal === kill.signal || code === 130 || code === 143
}

function isPartial(name: string): boolean {
  return PARTIAL.test(name)
}

function expectWhole(out: string, whole: Contents, older: string | undefined): void {
  for (const [name, found] of contentsOf(out)) {
    if (isPartial(name)) continue
    const isWhole = found === whole.get(name) || (older !== undefined && found === digest(older))
    expectThat(isWhole, WHOLE, `${name} is neither`)
  }
}

/** Digests of the results below a folder. */
function contentsOf(folder: string): Contents {
  const names = filesBelow(folder).filter((name) => name !== LIST)
  return new Map(names.map((name) => [name, digest(readFileSync(join(folder, name)))]))
}

function digest(content: Uint8Array | string): string {
  return createHash('sha256').update(content).digest('hex')
}

/** Results that the list of a folder has, in lines that are whole. */
function notedIn(out: string): number {
  if (!filesBelow(out).includes(LIST)) return 0
  const lines = readFileSync(join(out, LIST), 'utf8').split('\n')
  return lines.filter((line) => line.endsWith('}')).length
}

function withJob(error: unknown, { args }: Job, { signal, afterMs }: Kill): unknown {
  if (!(error instanceof Broken)) return error
  const found = error.message.slice(error.property.length + 2)
  return new Broken(error.property, `${found}\n  ${signal} after ${afterMs} ms: ${args.join(' ')}`)
}
