// `tcp-teardown compare`: what happened between two places where the same connections were captured.

import { clockOffset, pairsOf } from '../../compare/pairs.js'
import { type Comparison, comparisonJson, comparisonText } from '../../compare/report.js'
import { type Seen, seenOf } from '../../compare/vantage.js'
import { analyzeSource } from '../../engine/analyze-source.js'
import { anonymizerOf } from '../../engine/capture-analyzer.js'
import type { Anonymizer } from '../../output/columns/address.js'
import { tableStyle } from '../../output/style.js'
import { anonymizeKeyOf } from '../anonymize-key.js'
import { lookOf, warn } from '../context.js'
import { EXIT_DONE, EXIT_ERROR } from '../exit-codes.js'
import { Output } from '../output.js'
import type { CompareFlags } from './command.js'

/** Connections of one capture that can be paired, and how many cannot. */
interface SeenHere {
  readonly seen: Seen[]
  readonly without: number
  readonly isReadable: boolean
}

/** Runs `compare` and returns the exit code. */
export async function runCompare(
  nameA: string,
  nameB: string,
  flags: CompareFlags,
  signal: AbortSignal,
): Promise<number> {
  const anonymizer = anonymizerOf(anonymizeKeyOf(flags))
  const comparison = await comparisonOf(nameA, nameB, flags, anonymizer, signal)
  if (signal.aborted) return EXIT_DONE
  if (comparison === undefined) return EXIT_ERROR
  const path = flags.output ?? '-'
  const { width, colour, isAscii } = lookOf(path, flags.color)
  const isJson = flags.format === 'json'
  const output = new Output(path, { isAscii: isAscii && !isJson })
  const text = isJson
    ? comparisonJson(comparison)
    : comparisonText(comparison, flags.top, width, tableStyle(colour))
  output.writeBytes(new TextEncoder().encode(text))
  output.close()
  return EXIT_DONE
}

/** Reads both captures and pairs their connections; undefined when one of them cannot be read. */
export async function comparisonOf(
  nameA: string,
  nameB: string,
  flags: Pick<CompareFlags, 'idle' | 'killedAt'>,
  anonymizer: Anonymizer | undefined,
  signal: AbortSignal,
): Promise<Comparison | undefined> {
  const a = await seenIn(nameA, flags, anonymizer, signal)
  const b = await seenIn(nameB, flags, anonymizer, signal)
  if (!a.isReadable || !b.isReadable) return undefined
  const paired = pairsOf(a.seen, b.seen)
  return {
    ...paired,
    nameA,
    nameB,
    clock: clockOffset(paired.pairs),
    without: { a: a.without, b: b.without },
  }
}

async function seenIn(
  capture: string,
  { idle: idleS, killedAt: killedAtNs }: Pick<CompareFlags, 'idle' | 'killedAt'>,
  anonymizer: Anonymizer | undefined,
  signal: AbortSignal,
): Promise<SeenHere> {
  const seen: Seen[] = []
  let without = 0
  const { error } = await analyzeSource(
    capture,
    {
      onConnection: (c) => {
        const found = seenOf(c)
        if (found === undefined) without++
        else seen.push(found)
      },
    },
    { signal, idleS, killedAtNs, anonymizer },
  )
  if (error !== undefined)
    warn(error.code === 'ERR_READ' ? error.message : `${capture}: ${error.message}`)
  const isReadable = error === undefined || error.code === 'ERR_CAPTURE_TRUNCATED'
  return { seen, without, isReadable }
}
