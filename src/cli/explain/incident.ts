// `explain CAPTURE --incident ID`: one incident, and `explain incidents`: what kinds there are.

import { TeardownError } from '../../base/errors.js'
import { analyzeSource } from '../../engine/analyze-source.js'
import { anonymizerOf } from '../../engine/capture-analyzer.js'
import { IncidentDetector } from '../../engine/incident-detector.js'
import { DigestWriter } from '../../incidents/digest.js'
import { INCIDENT_KINDS, type KindRow } from '../../incidents/kinds.js'
import { type ShownIncident, timelineText } from '../../output/incidents/timeline.js'
import { labelled } from '../../output/ladder/text.js'
import { type Style, tableStyle } from '../../output/style.js'
import type { CaptureReport } from '../../engine/report.js'
import type { ExplainSettings } from './settings.js'

/** The kind of that name, undefined for none. */
export function kindNamed(text: string): KindRow | undefined {
  return INCIDENT_KINDS.find(({ kind }) => kind === text.toLowerCase())
}

/** The long form of a kind. */
export function kindText({ kind, meaning, advice }: KindRow, width: number, style: Style): string {
  const lines = [
    labelled('packets show', meaning, LABEL_WIDTH, width, style),
    labelled('what to do', advice, LABEL_WIDTH, width, style),
  ]
  return `${style.heading(kind)}\n${lines.join('\n')}\n`
}

const LABEL_WIDTH = 'packets show'.length + 2

/** What came of looking for an incident. */
export interface FoundIncident {
  readonly report: CaptureReport
  readonly shown: ShownIncident
}

/**
 * Reads a capture and finds an incident of it.
 *
 * @throws {TeardownError} ERR_OPTION when it has none of that number.
 */
export async function findIncident(
  capture: string,
  id: number,
  settings: ExplainSettings,
  signal: AbortSignal,
): Promise<FoundIncident> {
  const anonymizer = anonymizerOf(settings.anonymizeKey)
  const detector = new IncidentDetector(anonymizer, settings.isLocalTime)
  const digests = new DigestWriter(detector.add)
  const report = await analyzeSource(
    capture,
    { onConnection: (c) => digests.add(c) },
    { signal, idleS: settings.idleS, killedAtNs: settings.killedAtNs, anonymizer },
  )
  digests.flush()
  const all = detector.takeAll(capture)
  const shown = all[id - 1]
  if (shown !== undefined) return { report, shown }
  const which =
    all.length === 0
      ? 'none was found in it'
      : `it has ${all.length === 1 ? 'one, number 1' : `${all.length}, numbers 1 to ${all.length}`}`
  throw new TeardownError('ERR_OPTION', `${capture} has no incident ${id}: ${which}`)
}

/** The long form of an incident. */
export function incidentText(shown: ShownIncident, settings: ExplainSettings): string {
  return timelineText(shown, settings.width, tableStyle(settings.colour))
}
