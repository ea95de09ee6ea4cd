// `tcp-teardown explain`: one connection packet by packet, or what a verdict means.

import { TeardownError } from '../../base/errors.js'
import { printable } from '../../base/text.js'
import { statOf } from '../../capture/stat.js'
import { analyzeSource } from '../../engine/analyze-source.js'
import { anonymizerOf } from '../../engine/capture-analyzer.js'
import { readLadders } from '../../engine/ladder/reader.js'
import type { CaptureReport } from '../../engine/report.js'
import { clockTime, msOfIso } from '../../base/clock-time.js'
import { credibleSpan } from '../../output/anonymize/claims.js'
import { endpointText } from '../../output/columns/address.js'
import { jsonText } from '../../output/formats/json-text.js'
import { foldLadder } from '../../output/ladder/fold.js'
import { ladderObject } from '../../output/ladder/json.js'
import type { Ladder } from '../../output/ladder/packet.js'
import { clockOver } from '../../output/ladder/time-of-day.js'
import { ladderText } from '../../output/ladder/render.js'
import { omittedText, verdictText } from '../../output/ladder/verdict.js'
import { tableStyle } from '../../output/style.js'
import { print, warn } from '../context.js'
import { EXIT_DONE, EXIT_ERROR } from '../exit-codes.js'
import { filterOver, isFiltered } from '../filters.js'
import { endingsNamed } from '../../verdict/ending-names.js'
import { findIncident, incidentText, kindNamed, kindText } from './incident.js'
import { listNamed, listText } from './lists.js'
import {
  explainedBy,
  explainedObject,
  explainedText,
  overviewText,
  unknownName,
  wholeTaxonomy,
} from './name.js'
import { type SelectedConnection, Selector, SeveralConnections } from './select.js'
import { wordsNamed, wordsText } from './words.js'
import type { ExplainSettings } from './settings.js'

/** Runs `explain` and returns the exit code. */
export async function runExplain(
  what: string | undefined,
  settings: ExplainSettings,
  signal: AbortSignal,
): Promise<number> {
  if (what === undefined) {
    if (isFiltered(settings.filterFlags) || settings.incident !== undefined)
      throw new TeardownError('ERR_OPTION', 'filters and --incident go with a capture')
    show(taxonomy(settings), settings)
    return EXIT_DONE
  }
  const { incident } = settings
  const isAboutCapture = incident !== undefined || isFiltered(settings.filterFlags)
  const text = isAboutCapture || statOf(what) !== undefined ? undefined : nameText(what, settings)
  if (text !== undefined) {
    show(text, settings)
    return EXIT_DONE
  }
  checkCapture(what, isAboutCapture)
  if (incident !== undefined) return explainIncident(what, incident, settings, signal)
  return explainConnection(what, settings, signal)
}

/** What a word means that is no capture: a list of words, a kind of incident, an ending, a finding, a flag, a column. Undefined when it is none. */
function nameText(what: string, { isJson, width, colour }: ExplainSettings): string | undefined {
  const style = tableStyle(colour)
  const list = listNamed(what)
  if (list !== undefined) return isJson ? json(list.objects) : listText(list, width, style)
  const kind = kindNamed(what)
  if (kind !== undefined) return isJson ? json(kind) : kindText(kind, width, style)
  const explained = explainedBy(what)
  const words = wordsNamed(what)
  if (explained === undefined && words.length === 0) return undefined
  if (isJson) return json(explained === undefined ? words : explainedObject(explained))
  // A name may be that of several.
  return [
    explained === undefined ? '' : explainedText(explained, width, style),
    wordsText(words, width, style),
  ]
    .filter((text) => text !== '')
    .join('\n')
}

async function explainIncident(
  capture: string,
  id: number,
  settings: ExplainSettings,
  signal: AbortSignal,
): Promise<number> {
  const { report, shown } = await findIncident(capture, id, settings, signal)
  if (signal.aborted) return EXIT_DONE
  show(settings.isJson ? json(shown.row) : incidentText(shown, settings), settings)
  return warnOf(report)
}

async function explainConnection(
  capture: string,
  settings: ExplainSettings,
  signal: AbortSignal,
): Promise<number> {
  const filter = await filterOver([capture], settings.filterFlags, signal)
  const selector = new Selector(filter)
  const report = await analyzeSource(capture, selector, {
    signal,
    idleS: settings.idleS,
    killedAtNs: settings.killedAtNs,
    anonymizer: anonymizerOf(settings.anonymizeKey),
    contains: filter.contains?.bytes,
  })
  // Half a capture may hold half the connection.
  if (signal.aborted) return EXIT_DONE
  const exitCode = warnOf(report)
  if (report.error?.code === 'ERR_READ') return exitCode
  let selected: readonly SelectedConnection[]
  try {
    selected = selector.found(capture)
  } catch (error) {
    if (!(error instanceof SeveralConnections)) throw error
    warn(error.message, error.lines)
    return EXIT_ERROR
  }
  if (selector.isSwapped) warn('client and server are the other way round here: shown all the same')
  const isAnonymous = settings.anonymizeKey !== undefined
  const targets = selected.map(({ target }) => target)
  const ladders = await readLadders(
    capture,
    targets,
    { packets: report.packets, isAnonymous },
    signal,
  )
  const objects: object[] = []
  const texts: string[] = []
  for (const [at, each] of selected.entries()) {
    const ladder = ladders[at]
    if (ladder === undefined) continue
    if (!settings.isJson) texts.push(connectionText(each, ladder, settings))
    else objects.push(ladderObject(each.connection, each.rule, ladder, each.baseNs))
  }
  // One document, however many connections there are.
  const document = objects.length === 1 ? objects[0] : { connections: objects }
  show(settings.isJson ? json(document) : texts.join('\n'), settings)
  return exitCode
}

/** Head, ladder and verdict. */
function connectionText(
  selected: SelectedConnection,
  ladder: Ladder,
  settings: ExplainSettings,
): string {
  const { connection, rule, startNs, baseNs } = selected
  const style = tableStyle(settings.colour)
  const { width } = settings
  const isAnonymous = settings.anonymizeKey !== undefined
  const { encapsulation, client_guessed: isGuessed } = connection
  const about = [
    `stream ${connection.stream}`,
    startText(connection.start_time, settings.isLocalTime),
    ...(encapsulation === undefined ? [] : [`in ${encapsulation}`]),
    ...(isGuessed === true ? ['roles guessed'] : []),
  ]
  const head = `${style.heading(printable(connection.capture))}  ${style.faint(printable(about.join('  ')))}`
  const steps = ladderText(foldLadder(ladder.items, settings.isWhole), {
    sinceStart: (ns) => (isAnonymous ? credibleSpan(ns - startNs) : ns - startNs),
    clockOf: clockOver(baseNs, startNs, settings.isLocalTime),
    client: endpointText(connection.client_ip, connection.client_port),
    server: endpointText(connection.server_ip, connection.server_port),
    width,
    style,
  })
  const omitted = omittedText(ladder.omitted)
  const note = omitted === '' ? '' : `${style.faint(omitted)}\n`
  return `${head}\n\n${steps}${note}\n${verdictText(connection, rule, width, style)}`
}

/** The first time of a connection: in full, or as clocks here show it. */
function startText(iso: string, isLocal: boolean): string {
  if (!isLocal) return iso
  const time = clockTime(msOfIso(iso), true)
  return time === undefined ? iso : `${time.date} ${time.clock} ${time.zone}`
}

function show(text: string, { isAscii, pager }: ExplainSettings): void {
  print(text, isAscii, pager)
}

function taxonomy(settings: ExplainSettings): string {
  const all = wholeTaxonomy()
  if (settings.isJson) return json(all.map(explainedObject))
  return overviewText(all, settings.width, tableStyle(settings.colour))
}

/** Neither a wrong name nor a source that cannot be read twice goes further than this. */
function checkCapture(path: string, isAboutCapture: boolean): void {
  const stat = path === '-' ? undefined : statOf(path)
  if (path !== '-' && stat === undefined) {
    if (isAboutCapture && endingsNamed(path) !== undefined) {
      throw new TeardownError(
        'ERR_OPTION',
        `${path} is the name of an ending; filters go with a capture`,
      )
    }
    // A path in any case: the reading says what is wrong with it.
    if (isAboutCapture || /[/\\]|\.(pcap|pcapng|cap|gz|dump)\d*$/i.test(path)) return
    throw unknownName(path)
  }
  if (stat?.isDirectory() === true) {
    throw new TeardownError('ERR_OPTION', `${path} is a folder; explain takes one capture file`)
  }
  if (stat?.isFile() === true) return
  throw new TeardownError(
    'ERR_OPTION',
    `${path === '-' ? 'standard input' : path} cannot be read twice, and explain reads a capture twice: write it to a file first`,
  )
}

/** Names damage on stderr, as `analyze` does. */
function warnOf({ capture, error }: CaptureReport): number {
  if (error === undefined) return EXIT_DONE
  warn(error.code === 'ERR_READ' ? error.message : `${capture}: ${error.message}`)
  return error.code === 'ERR_CAPTURE_TRUNCATED' ? EXIT_DONE : EXIT_ERROR
}

function json(value: unknown): string {
  return `${jsonText(value)}\n`
}
