// `tcp-teardown compare --before … --after …`: the endings of a service at two times.

import { TeardownError } from '../../base/errors.js'
import { discoverCaptures } from '../../capture/discover.js'
import { compareTimes } from '../../compare/before-after/comparison.js'
import { beforeAfterJson } from '../../compare/before-after/json.js'
import { Period } from '../../compare/before-after/period.js'
import { beforeAfterText } from '../../compare/before-after/text.js'
import { analyzeSource } from '../../engine/analyze-source.js'
import { anonymizerOf } from '../../engine/capture-analyzer.js'
import { IncidentDetector } from '../../engine/incident-detector.js'
import type { CaptureReport } from '../../engine/report.js'
import { DigestWriter } from '../../incidents/digest.js'
import type { Anonymizer } from '../../output/columns/address.js'
import { tableStyle } from '../../output/style.js'
import { anonymizeKeyOf } from '../anonymize-key.js'
import { lookOf, warn } from '../context.js'
import { EXIT_DONE, EXIT_ERROR } from '../exit-codes.js'
import { Output } from '../output.js'
import type { CompareFlags } from './command.js'

/** Runs `compare` of two times and returns the exit code. */
export async function runBeforeAfter(
  before: readonly string[],
  after: readonly string[],
  flags: CompareFlags,
  signal: AbortSignal,
): Promise<number> {
  const [capturesBefore, capturesAfter] = [
    await capturesOf('--before', before, signal),
    await capturesOf('--after', after, signal),
  ]
  const path = flags.output ?? '-'
  const { width, colour, isAscii } = lookOf(path, flags.color)
  const isJson = flags.format === 'json'
  const output = new Output(path, { isAscii: isAscii && !isJson })
  try {
    const anonymizer = anonymizerOf(anonymizeKeyOf(flags))
    const was = await periodOf(capturesBefore, flags, anonymizer, signal)
    const is = await periodOf(capturesAfter, flags, anonymizer, signal)
    // Of a part of the captures, what is missing would look like a change.
    if (was === undefined || is === undefined || signal.aborted) {
      output.discard()
      return signal.aborted ? EXIT_DONE : EXIT_ERROR
    }
    const comparison = compareTimes(was, is)
    const text = isJson
      ? beforeAfterJson(comparison)
      : beforeAfterText(comparison, { top: flags.top, width, style: tableStyle(colour) })
    output.writeBytes(new TextEncoder().encode(text))
    output.close()
    return EXIT_DONE
  } catch (error) {
    output.discard()
    throw error
  }
}

async function capturesOf(
  option: string,
  inputs: readonly string[],
  signal: AbortSignal,
): Promise<readonly string[]> {
  const { captures } = await discoverCaptures(inputs, signal)
  if (captures.length > 0) return captures
  throw new TeardownError('ERR_OPTION', `${option}: no capture found below ${inputs.join(', ')}`)
}

/** Reads the captures of one time; undefined when one of them cannot be read. */
export async function periodOf(
  captures: readonly string[],
  { by, idle: idleS, killedAt: killedAtNs }: Pick<CompareFlags, 'by' | 'idle' | 'killedAt'>,
  anonymizer: Anonymizer | undefined,
  signal: AbortSignal,
): Promise<Period | undefined> {
  const period = new Period(captures, by)
  const detector = new IncidentDetector(anonymizer)
  const digests = new DigestWriter(detector.add)
  let isReadable = true
  for (const capture of captures) {
    const report = await analyzeSource(
      capture,
      {
        onConnection: (c) => {
          digests.add(c)
          period.add(c)
        },
      },
      { signal, idleS, killedAtNs, anonymizer },
    )
    digests.flush()
    for (const { kind } of detector.take(capture)) period.addIncident(kind)
    addSpan(period, report)
    const { error } = report
    if (signal.aborted) break
    if (error === undefined) continue
    warn(error.code === 'ERR_READ' ? error.message : `${capture}: ${error.message}`)
    if (error.code !== 'ERR_CAPTURE_TRUNCATED') isReadable = false
  }
  return isReadable ? period : undefined
}

function addSpan(period: Period, { start_time: start, duration_s: seconds }: CaptureReport): void {
  if (start === undefined || seconds === undefined) return
  const startMs = Date.parse(start)
  period.addSpan(startMs, startMs + 1000 * seconds)
}
