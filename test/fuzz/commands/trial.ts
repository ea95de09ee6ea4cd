// One run of this fuzzing: its folders, its captures, and the commands it tries, each of which is looked at for what must
// always hold.

import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { Broken, expectThat } from '../broken.js'
import type { Base } from '../corpus.js'
import { filesBelow } from '../files.js'
import { Random } from '../random.js'
import { type CaptureFile, type Sources, writeCaptures } from './inputs.js'
import { textOf } from './parse.js'
import type { Program, Result } from './program.js'

/** What a run wrote, as text. */
export interface Told extends Omit<Result, 'stdout'> {
  readonly stdout: string
  readonly bytes: Buffer
}

/** Whatever is not seen but done; a new line is both. */
const STEERING = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u
const COLOUR = new RegExp(`${String.fromCharCode(27)}\\[[\\d;]*m`, 'g')
const BUG = /unexpected error|\n\s+at .*[:(]|\b(?:Type|Range|Reference|Syntax)Error\b/
/** Characters of a find that are shown in front of its commands. */
const SHOWN_MAX = 3000
const SAID = /^(?:tcp-teardown: |error: )/

/** One run. */
export class Trial {
  readonly random: Random
  readonly files: readonly CaptureFile[]
  /** Captures of which more can be made. */
  readonly bases: readonly Base[]
  /** Folders of the captures, of results, and of what is there for a moment. */
  readonly inputs: string
  readonly results: string
  readonly temporary: string
  private readonly program: Program
  private readonly tried: string[] = []

  constructor(program: Program, scratch: string, sources: Sources) {
    this.program = program
    this.bases = sources.bases
    this.random = new Random(sources.seed, sources.run)
    this.inputs = join(scratch, 'in')
    this.results = join(scratch, 'out')
    this.temporary = join(scratch, 'tmp')
    for (const folder of [this.inputs, this.results, this.temporary]) {
      rmSync(folder, { recursive: true, force: true })
      mkdirSync(folder, { recursive: true })
    }
    this.files = writeCaptures(this.inputs, sources, this.random)
  }

  get paths(): string[] {
    return this.files.map(({ path }) => path)
  }

  /** Tries a command, and checks what holds for every one. */
  async run(args: readonly string[]): Promise<Told> {
    this.tried.push(args.map(quoted).join(' '))
    const before = process.env['TMPDIR']
    process.env['TMPDIR'] = this.temporary
    try {
      const { stdout: bytes, ...rest } = await this.program.run(args)
      // Parquet is no text, and goes to no terminal.
      const told = { ...rest, bytes, stdout: args.includes('parquet') ? '' : textOf(bytes) }
      checkAlways(told, args)
      const left = readdirSync(this.temporary)
      expectThat(left.length === 0, 'nothing else is left over', left.join())
      return told
    } finally {
      if (before === undefined) delete process.env['TMPDIR']
      else process.env['TMPDIR'] = before
    }
  }

  /** Expects files below a folder, and no others. */
  expectFiles(folder: string, names: readonly string[]): void {
    const found = filesBelow(folder)
    const [have, want] = [found.join('\n'), [...names].sort().join('\n')]
    expectThat(have === want, 'nothing else is left over', `${have} instead of ${want}`)
  }

  /** A find with the commands that led to it. */
  withCommands(error: unknown): unknown {
    const commands = this.tried.map((line) => `\n  tcp-teardown ${line}`).join('')
    if (error instanceof Broken) {
      const found = error.message.slice(error.property.length + 2).slice(0, SHOWN_MAX)
      return new Broken(error.property, `${found}${commands}`)
    }
    return error instanceof Error ? new Error(`${error.stack}${commands}`) : error
  }
}

function checkAlways({ code, stdout, stderr }: Told, args: readonly string[]): void {
  expectThat([0, 1, 2].includes(code), 'exit codes are documented', `${code}`)
  expectThat(!BUG.test(stderr), 'no exception but the documented ones', stderr)
  const isTold = code !== 2 || stderr.split('\n').some((line) => SAID.test(line))
  expectThat(isTold, 'errors are told', stderr)
  const coloured = args.includes('always')
  const [out, err] = [stdout, stderr].map((text) => (coloured ? text.replace(COLOUR, '') : text))
  // Tabs are what stands between the cells of Zeek's logs.
  const shown = (args.includes('zeek') ? out?.replaceAll('\t', '') : out) ?? ''
  const steers = STEERING.exec(shown) ?? STEERING.exec(err ?? '')
  const found = `U+${steers?.[0].codePointAt(0)?.toString(16)} in ${JSON.stringify(steers?.input.slice(0, 400))}`
  expectThat(steers === null, 'no control characters', found)
}

/** An argument as a shell takes it. */
function quoted(text: string): string {
  if (/^[\w./,:=-]+$/.test(text)) return text
  return /^[ -~]*$/.test(text) ? `'${text.replaceAll("'", "'\\''")}'` : `$${JSON.stringify(text)}`
}
