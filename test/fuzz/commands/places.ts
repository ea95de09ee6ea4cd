// Where results go: standard output, a file, a folder, threads. The bytes are the same, and nothing else is left.

import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expectThat } from '../broken.js'
import { filesBelow } from '../files.js'
import { endingFilter, judgingOptions } from './options.js'
import type { Told, Trial } from './trial.js'

const LIST = '.tcp-teardown.list'
const EXTENSIONS: Readonly<Record<string, string>> = { table: 'txt' }
const TO_FILE = 'a file has what standard output has'
const FOLDER = 'a result of a folder is that of a run of its own'
const RESUMED = 'what is done is left alone'

function formatOf({ random }: Trial): string {
  return random.pick(['table', 'json', 'ndjson', 'csv'])
}

/** Options that a result depends on. */
function optionsOf(trial: Trial, format: string): string[] {
  const { random } = trial
  const some: (readonly string[])[] = [
    ['--summary'],
    ['--all'],
    ['--top', random.pick(['0', '1', '100'])],
    ['--columns', random.pick(['stream', 'type,capture,evidence', 'flags,explanation'])],
    ['--color', random.pick(['always', 'never'])],
    ['--strict'],
    endingFilter([], random).options,
    ['--fail-on', random.pick(['graceful_fin', 'handshake_failed,incomplete'])],
  ]
  const chosen = some.filter(() => random.oneIn(5)).flat()
  return ['-f', format, ...chosen, ...judgingOptions(random)]
}

/** Standard output and `-o`. */
export async function tryFile(trial: Trial): Promise<void> {
  const options = [...optionsOf(trial, formatOf(trial)), ...mergeOption(trial), ...trial.paths]
  const shown = await trial.run(['analyze', ...options])
  await tryOutput(trial, options, shown)
}

function mergeOption({ random }: Trial): string[] {
  return random.oneIn(4) ? [random.pick(['--merge', '--merge-series'])] : []
}

async function tryOutput(trial: Trial, options: readonly string[], shown: Told): Promise<void> {
  const path = join(trial.results, 'result')
  const told = await trial.run(['analyze', '-o', path, ...options])
  trial.expectFiles(trial.results, ['result'])
  const isSame = readFileSync(path).equals(shown.bytes) && told.stdout === ''
  expectThat(isSame, TO_FILE, `${readFileSync(path, 'utf8')} and ${shown.stdout}`)
  const ends = [told, shown].map(({ code, stderr }) => `${code} ${stderr}`)
  expectThat(ends[0] === ends[1], TO_FILE, ends.join(' and '))
}

/** `--out-dir`, each capture alone, and `--resume`. */
export async function tryFolder(trial: Trial): Promise<void> {
  const { random } = trial
  const format = formatOf(trial)
  const options = optionsOf(trial, format)
  const folder = join(trial.results, 'folder')
  const args = ['analyze', '--out-dir', folder, ...trial.paths]
  const first = await trial.run([...args, ...options])
  expectThat(first.stdout === '', FOLDER, first.stdout)
  await expectEachAlone(trial, options, folder, format)
  await tryResume(trial, [...args, ...options], folder, first.code)
  if (!random.oneIn(2)) return
  // What has changed is done again, and all else is as it was.
  const changed = random.oneIn(2) ? options : [...options, '--idle', '7']
  const [{ bytes }, path] = [random.pick(trial.bases), random.pick(trial.paths)]
  writeFileSync(path, bytes)
  await trial.run([...args, ...changed, '--resume'])
  await expectEachAlone(trial, changed, folder, format)
}

/** Expects the results of a folder to be those of each capture alone, and no others. */
async function expectEachAlone(
  trial: Trial,
  options: readonly string[],
  folder: string,
  format: string,
): Promise<void> {
  const alone = join(trial.results, 'alone')
  const names: string[] = []
  for (const path of trial.paths) {
    await trial.run(['analyze', ...options, '-o', alone, path])
    const name = `${nameBelow(path)}.${EXTENSIONS[format] ?? format}`
    names.push(name)
    const isSame = readFileSync(join(folder, name)).equals(readFileSync(alone))
    expectThat(isSame, FOLDER, `${name}: ${readFileSync(join(folder, name), 'utf8')}`)
  }
  const found = filesBelow(folder).filter((name) => name !== LIST)
  const [have, want] = [found.join(), [...names].sort().join()]
  expectThat(have === want, 'nothing else is left over', `${have} instead of ${want}`)
}

/** The name of a result: the capture's path, and signs in place of what is not seen. */
function nameBelow(path: string): string {
  return path
    .slice(1)
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (char) =>
      char < ' ' ? String.fromCodePoint(0x2400 + char.charCodeAt(0)) : '\ufffd',
    )
}

async function tryResume(
  trial: Trial,
  args: readonly string[],
  folder: string,
  code: number,
): Promise<void> {
  const before = contentsOf(folder)
  const again = await trial.run([...args, '--resume'])
  const after = contentsOf(folder)
  expectThat(again.stdout === '', RESUMED, again.stdout)
  expectThat(again.code === code, RESUMED, `exit code ${again.code}, ${code} before`)
  const made = Number(/(\d+) results? written/.exec(again.stderr)?.[1])
  const touched = [...after].filter(([name, { changed }]) => before.get(name)?.changed !== changed)
  const results = touched.filter(([name]) => name !== LIST).length
  // A capture that could not be read to its end is tried again.
  const failed = again.stderr.split('\n').filter((line) => / at byte \d+: expected /.test(line))
  expectThat(results <= failed.length, RESUMED, `${results} results are new: ${again.stderr}`)
  expectThat(made === results, RESUMED, `${results} results are new: ${again.stderr}`)
  for (const [name, { text }] of after) {
    const isSame = text === before.get(name)?.text
    expectThat(isSame, RESUMED, `${name}: ${text}, before: ${before.get(name)?.text}`)
  }
  expectThat(after.size === before.size, 'nothing else is left over', [...after.keys()].join())
}

function contentsOf(folder: string): Map<string, { text: string; changed: bigint }> {
  return new Map(
    filesBelow(folder).map((name) => {
      const path = join(folder, name)
      const { mtimeNs } = statSync(path, { bigint: true })
      return [name, { text: readFileSync(path, 'latin1'), changed: mtimeNs }]
    }),
  )
}

/** One thread and several. */
export async function tryJobs(trial: Trial): Promise<void> {
  const options = [...optionsOf(trial, formatOf(trial)), ...mergeOption(trial), ...trial.paths]
  const [one, three] = [
    await trial.run(['analyze', '--jobs', '1', ...options]),
    await trial.run(['analyze', '--jobs', '3', ...options]),
  ]
  const property = 'threads change nothing'
  expectThat(one.bytes.equals(three.bytes), property, `${three.stdout} and ${one.stdout}`)
  const ends = [three, one].map(({ code, stderr }) => `${code} ${stderr}`)
  expectThat(ends[0] === ends[1], property, ends.join(' and '))
  await tryOutput(trial, ['--jobs', '3', ...options], one)
}
