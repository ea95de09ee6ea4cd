// Connections packet by packet, for library users: what `explain` shows.

import { TeardownError } from '../base/errors.js'
import { count } from '../base/text.js'
import { statOf } from '../capture/stat.js'
import { readSource } from '../engine/analyze-source.js'
import { type Connection, connectionOf } from '../engine/connection.js'
import type { EndedConnection } from '../engine/ended-connection.js'
import { connectionFilter } from '../engine/filter.js'
import { type RepeatableSource, opened, readLadders } from '../engine/ladder/reader.js'
import { type LadderTarget, targetOf } from '../engine/ladder/target.js'
import { type ConnectionLadder, ladderObject } from '../output/ladder/json.js'
import { filterOptionsOf } from './filters.js'
import type { CaptureReport } from '../engine/report.js'
import { type JudgingOptions, checkOptions, requireWhole } from './options.js'

/** Connections explained at once, unless more are asked for. */
const MOST = 100

/** Settings of {@link explainConnections}. */
export interface ExplainOptions extends JudgingOptions {
  /** Name for the column `capture`; by default the path. */
  readonly name?: string | undefined
  /** Connections that may be wanted; 100 by default, each of which keeps up to 400 packets in memory. */
  readonly most?: number | undefined
  /** Stops the reading: the promise rejects with its reason. */
  readonly signal?: AbortSignal | undefined
}

/** Connections with their packets, and what the capture is. */
export interface ExplainedConnections {
  readonly connections: readonly ConnectionLadder<Connection>[]
  /** Its `error` tells where a capture is damaged, which has been read up to there. */
  readonly report: CaptureReport
}

interface Chosen {
  readonly connection: Connection
  readonly rule: string
  readonly baseNs: bigint
  readonly target: LadderTarget
}

/**
 * Reads a capture twice, and gives the connections that are wanted with their packets, by stream. Of a long connection the
 * first and the last 200 packets are kept; `omitted_packets` counts the others.
 *
 * @param source A path, or a function that gives the bytes anew each time.
 * @throws {TeardownError} ERR_OPTION when more connections are wanted than may be, or of a source that can be read once only;
 * ERR_READ when the capture cannot be read, or holds less the second time.
 * @example
 * const { connections } = await explainConnections('capture.pcap', { filters: { stream: 3 } })
 * for (const p of connections[0]?.packets ?? []) console.log(p.packet, p.from, p.flags.join(), p.evidence ?? '')
 */
export async function explainConnections(
  source: RepeatableSource,
  { filters = {}, most = MOST, ...options }: ExplainOptions = {},
): Promise<ExplainedConnections> {
  requireFile(source)
  checkOptions(options)
  requireWhole('most', most, 1)
  const wanted = filterOptionsOf(filters)
  const isWanted = connectionFilter(wanted)
  const chosen: Chosen[] = []
  let matched = 0
  const name = options.name ?? (typeof source === 'string' ? source : undefined)
  const settings = { ...options, name, contains: wanted.contains?.bytes }
  const handler = {
    onConnection: (c: EndedConnection): void => {
      if (!isWanted(c)) return
      matched++
      if (chosen.length < most)
        chosen.push({
          connection: connectionOf(c),
          rule: c.j.rule.id,
          baseNs: c.baseNs,
          target: targetOf(c),
        })
    },
  }
  const { report, problem } = await readSource(opened(source), handler, settings)
  options.signal?.throwIfAborted()
  if (problem?.code === 'ERR_READ')
    throw options.anonymizer === undefined ? problem : problem.withoutCopies()
  if (matched > most)
    throw new TeardownError(
      'ERR_OPTION',
      `${count(matched, 'connection')} fit, and ${most} may be explained: ask for fewer, or set most`,
    )
  chosen.sort((a, b) => a.target.stream - b.target.stream)
  const isAnonymous = options.anonymizer !== undefined
  const targets = chosen.map(({ target }) => target)
  const reading = { packets: report.packets, isAnonymous }
  const ladders = await readLadders(source, targets, reading, options.signal)
  const connections = chosen.flatMap(({ connection, rule, baseNs }, at) => {
    const ladder = ladders[at]
    return ladder === undefined ? [] : [ladderObject(connection, rule, ladder, baseNs)]
  })
  return { connections, report }
}

/** Of what is not there the reading tells. */
function requireFile(source: RepeatableSource): void {
  const stat = typeof source === 'string' && source !== '-' ? statOf(source) : undefined
  if (typeof source !== 'string' || (source !== '-' && stat === undefined)) return
  if (stat?.isFile() !== true)
    throw new TeardownError('ERR_OPTION', `${source} cannot be read twice: it is no file`)
}
