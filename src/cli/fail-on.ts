// `--fail-on`: endings and incidents after which a run counts as failed, each with how many there may be.
//
//   rst_after_kill          none may be
//   refused>3               three may be
//   graceful_fin.slow_close>1%   one of a hundred
//   process_death           no such incident

import { InvalidArgumentError } from 'commander'
import { count } from '../base/text.js'
import { INCIDENT_KINDS } from '../incidents/kinds.js'
import type { Summary } from '../output/collect/summary.js'
import { endingNames } from '../verdict/ending-names.js'

/** How many connections or incidents there may be. */
export interface FailLimit {
  /** As it was typed. */
  readonly text: string
  /** Endings: verdicts, or `verdict.cause`; undefined for a kind of incident. */
  readonly endings: readonly string[] | undefined
  readonly most: number
  /** `most` is a share of the connections, 0 to 1. */
  readonly isShare: boolean
}

/** What is counted of a run. */
export interface Counted {
  readonly summary: Pick<Summary, 'selected_connections' | 'verdicts' | 'causes'>
  /** Incidents by kind. */
  readonly incidents: ReadonlyMap<string, number>
}

const LIMITED = /^(?<name>[^>]+?)\s*(?:>\s*(?<number>\d+(?:\.\d+)?)\s*(?<percent>%)?)?$/

/**
 * Parses a comma-separated list.
 *
 * @throws {InvalidArgumentError} for a name that is none, or a limit that is no number.
 */
export function failLimits(list: string): FailLimit[] {
  return list.split(',').map((part) => {
    const text = part.trim()
    const groups = LIMITED.exec(text)?.groups
    if (groups === undefined)
      throw new InvalidArgumentError(`'${text}' is not NAME, NAME>NUMBER or NAME>PERCENT%`)
    const { name = '', number, percent } = groups
    const isShare = percent !== undefined
    const most = Number(number ?? 0) / (isShare ? 100 : 1)
    const isIncident = INCIDENT_KINDS.some(({ kind }) => kind === name)
    if (isIncident && isShare)
      throw new InvalidArgumentError(`'${text}': incidents have no share, only a number`)
    return { text, endings: isIncident ? undefined : endingNames(name), most, isShare }
  })
}

/** What is said of each limit that is exceeded. */
export function exceeded(limits: readonly FailLimit[], { summary, incidents }: Counted): string[] {
  return limits.flatMap(({ text, endings, most, isShare }) => {
    if (endings === undefined) {
      const [kind = ''] = text.split('>')
      const found = incidents.get(kind.trim()) ?? 0
      return found > most ? [`--fail-on ${text}: ${count(found, 'incident')}`] : []
    }
    const all = summary.selected_connections
    const found = endings.reduce((sum, name) => sum + countOf(summary, name), 0)
    if (found <= (isShare ? most * all : most)) return []
    return [`--fail-on ${text}: ${count(found, 'connection')} of ${all}`]
  })
}

function countOf({ verdicts, causes }: Counted['summary'], name: string): number {
  return verdicts[name] ?? causes[name] ?? 0
}
