// `--anonymize`: no address that was there is in any output, in whatever spelling, and the verdicts are the same.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { CryptoPan } from '../../../src/output/anonymize/crypto-pan.js'
import { expectThat } from '../broken.js'
import type { Random } from '../random.js'
import { type Talks, talksOf } from '../talks.js'
import { talkCapture } from './inputs.js'
import { judgingOptions } from './options.js'
import { ndjsonResults, type Row } from './parse.js'
import type { Trial } from './trial.js'

const HIDDEN = 'no address is shown'
const SAME = 'other addresses change no verdict'
const KEY_BYTES = 32
const TALKS_MAX = 4
const ADDRESS_KEYS = new Set(['client_ip', 'server_ip', 'wireshark_filter', 'encapsulation'])
/** Longer spans are rounded. */
const SPAN_S_MAX = 30 * 86_400

/** Tries conversations between planted addresses, and whatever else the run has. */
export async function tryAnonymize(trial: Trial): Promise<void> {
  const { random } = trial
  const talks = talksOf(random, TALKS_MAX)
  const planted = join(trial.inputs, 'planted')
  writeFileSync(planted, talkCapture(talks, random, interfaceName(talks, trial)))
  const key = join(trial.temporary, '..', 'key')
  writeFileSync(key, keyFor(talks, random))
  const keyed = ['--anonymize-key', key]
  const args = [...judgingOptions(random), planted, ...trial.paths]
  const plain = ndjsonResults((await trial.run(['analyze', '-f', 'ndjson', ...args])).stdout)
  const anonymous = await trial.run(['analyze', '-f', 'ndjson', ...keyed, ...args])
  const results = ndjsonResults(anonymous.stdout)
  const texts = [results, plain].map(({ connections }) =>
    JSON.stringify(connections.map(withoutAddresses)),
  )
  expectThat(texts[0] === texts[1], SAME, texts.join(' and '))
  const shown = spellingsOf(talks)
  const format = random.pick(['table', 'json', 'csv'])
  const all = await trial.run(['analyze', '--all', '-f', format, ...keyed, ...args])
  const outputs = [anonymous, all]
  const stream = `${random.below(talks.ends.length)}`
  const style = random.pick(['text', 'json'])
  outputs.push(await trial.run(['explain', planted, '--stream', stream, '-f', style, ...keyed]))
  outputs.push(await trial.run(['explain', planted, ...keyed]))
  for (const { stdout, stderr } of outputs) {
    const found = shown.exec(stdout) ?? shown.exec(stderr)
    expectThat(found === null, HIDDEN, `${found?.[0]} in ${found?.input.slice(0, 2000)}`)
  }
}

/** A key that leaves no address as it is: of ten thousand, Crypto-PAn as it was published leaves one. */
function keyFor({ ends }: Talks, random: Random): Uint8Array {
  const words = ends.flatMap(({ client, server }) => [client | 0, server | 0])
  for (;;) {
    const key = random.bytes(KEY_BYTES)
    const pan = new CryptoPan(key)
    if (!words.some((word) => words.includes(pan.ipv4(word)))) return key
  }
}

function withoutAddresses(row: Row): Row {
  const kept = Object.entries(row).filter(
    ([name, value]) =>
      !ADDRESS_KEYS.has(name) && !(name.endsWith('_s') && Math.abs(value as number) > SPAN_S_MAX),
  )
  const findings = row['findings'] as readonly Row[] | undefined
  if (findings === undefined) return Object.fromEntries(kept)
  return { ...Object.fromEntries(kept), findings: findings.map(withoutLongSpan) }
}

/** Spans that may be an address are cut under an anonymizer. */
function withoutLongSpan(finding: Row): Row {
  const isLong = ([name, value]: [string, unknown]) =>
    name === 'seconds' && Math.abs(value as number) > SPAN_S_MAX
  return Object.fromEntries(Object.entries(finding).filter((entry) => !isLong(entry)))
}

function interfaceName({ ends }: Talks, { random }: Trial): string {
  const { client, server } = random.pick(ends)
  const word = random.pick([client, server])
  return random.pick([
    `rpcap://${dotted(word)}/eth0`,
    `rpcap://[::ffff:${dotted(word)}]:2002/eth0`,
    `tun-${word}`,
    `tun-${hexOf(word)}`,
    `ip-${dotted(word).replaceAll('.', '-')}`,
    'eth0',
  ])
}

/** Whatever names one of the addresses: dotted, in one number, in hexadecimal digits with or without colons. */
function spellingsOf({ ends }: Talks): RegExp {
  const words = ends.flatMap(({ client, server }) => [client, server])
  const texts = words.flatMap((word) => {
    const hex = hexOf(word)
    const [high, low] = [hex.slice(0, 4), hex.slice(4)]
    const groups = `0*${high.replace(/^0+/, '')}:0*${low.replace(/^0+/, '')}`
    return [dotted(word).replaceAll('.', '[.-]'), `${word}`, hex, groups]
  })
  return new RegExp(`(?<![\\da-f])(?:${texts.join('|')})(?![\\da-f])`, 'i')
}

function dotted(word: number): string {
  return [24, 16, 8, 0].map((shift) => (word >>> shift) & 255).join('.')
}

function hexOf(word: number): string {
  return word.toString(16).padStart(8, '0')
}
