// `tcp-teardown check`: the endings of captures against rules.

import { readFileSync, writeFileSync } from 'node:fs'
import { TeardownError } from '../../base/errors.js'
import { systemErrorText } from '../../base/system-error.js'
import { discoverCaptures } from '../../capture/discover.js'
import { Baseline, baselineOf } from '../../check/baseline.js'
import { Checker } from '../../check/checker.js'
import { REPORT_FORMS } from '../../check/reports/index.js'
import { checkRules } from '../../check/rule.js'
import { analyzeSource } from '../../engine/analyze-source.js'
import { anonymizerOf } from '../../engine/capture-analyzer.js'
import { IncidentDetector } from '../../engine/incident-detector.js'
import { DigestWriter } from '../../incidents/digest.js'
import { tableStyle } from '../../output/style.js'
import { anonymizeKeyOf } from '../anonymize-key.js'
import { lookOf, warn } from '../context.js'
import { EXIT_DONE, EXIT_ERROR, EXIT_MATCHED } from '../exit-codes.js'
import { Output } from '../output.js'
import { packageVersion } from '../version.js'
import type { CheckFlags } from './command.js'

/** Runs `check` and returns the exit code. */
export async function runCheck(
  inputs: readonly string[],
  flags: CheckFlags,
  signal: AbortSignal,
): Promise<number> {
  const rules = checkRules(await contentOf(flags.rules), flags.rules)
  const { baseline, writeBaseline } = flags
  const known =
    baseline === undefined ? new Baseline() : baselineOf(await contentOf(baseline), baseline)
  const record = writeBaseline === undefined ? undefined : new Baseline()
  const checker = new Checker(rules, known, record)
  const { captures } = await discoverCaptures(inputs, signal)
  if (captures.length === 0) {
    throw new TeardownError('ERR_OPTION', `no capture found below ${inputs.join(', ')}`)
  }
  const exitCode = await checkAll(captures, checker, flags, signal)
  if (signal.aborted) return exitCode
  if (exitCode === EXIT_ERROR) checker.fail('captures could not be read to their end')
  const results = checker.results()
  report(results, flags)
  if (exitCode !== EXIT_DONE) return exitCode
  if (writeBaseline !== undefined && record !== undefined) {
    write(writeBaseline, record.text())
    return EXIT_DONE
  }
  return results.some(({ isBroken }) => isBroken) ? EXIT_MATCHED : EXIT_DONE
}

function report(
  results: ReturnType<Checker['results']>,
  { output: path = '-', color, format }: CheckFlags,
): void {
  const look = lookOf(path, color)
  const output = new Output(path, { isAscii: look.isAscii && format === 'text' })
  const form = REPORT_FORMS.find(({ name }) => name === format) ?? REPORT_FORMS[0]
  const text = form?.text(results, {
    width: look.width,
    style: tableStyle(look.colour),
    version: packageVersion(),
  })
  output.writeBytes(new TextEncoder().encode(text))
  output.close()
}

async function checkAll(
  captures: readonly string[],
  checker: Checker,
  flags: CheckFlags,
  signal: AbortSignal,
): Promise<number> {
  const anonymizer = anonymizerOf(anonymizeKeyOf(flags))
  const settings = { signal, idleS: flags.idle, killedAtNs: flags.killedAt, anonymizer }
  const detector = new IncidentDetector(anonymizer)
  const digests = new DigestWriter(detector.add)
  let exitCode = EXIT_DONE
  for (const capture of captures) {
    const { error } = await analyzeSource(
      capture,
      {
        onConnection: (c) => {
          digests.add(c)
          checker.add(c)
        },
      },
      settings,
    )
    digests.flush()
    for (const row of detector.take(capture)) checker.addIncident(row)
    if (signal.aborted) break
    if (error === undefined) continue
    warn(error.code === 'ERR_READ' ? error.message : `${capture}: ${error.message}`)
    // What could not be read may have broken every rule.
    exitCode = EXIT_ERROR
  }
  return exitCode
}

/** The content of a file in YAML, of which JSON is a part. */
async function contentOf(path: string): Promise<unknown> {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    throw new TeardownError('ERR_OPTION', `cannot read ${path}: ${systemErrorText(error)}`)
  }
  const { parse } = await import('yaml')
  try {
    return parse(text, { merge: true, logLevel: 'error' }) as unknown
  } catch (error) {
    // An alias that grows without end is told by another class.
    const message = error instanceof Error ? error.message : String(error)
    throw new TeardownError('ERR_OPTION', `${path}: ${message.split('\n')[0] ?? ''}`)
  }
}

function write(path: string, text: string): void {
  try {
    writeFileSync(path, text)
  } catch (error) {
    throw new TeardownError('ERR_WRITE', `cannot write ${path}: ${systemErrorText(error)}`)
  }
}
