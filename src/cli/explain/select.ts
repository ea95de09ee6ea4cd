// Finds the one connection `explain` is about among all of a capture.

import { TeardownError } from '../../base/errors.js'
import { grouped } from '../../base/text.js'
import { type Connection, connectionOf } from '../../engine/connection.js'
import type { ConnectionHandler, EndedConnection } from '../../engine/ended-connection.js'
import { type ConnectionFilter, type FilterOptions, connectionFilter } from '../../engine/filter.js'
import { type LadderTarget, targetOf } from '../../engine/ladder/target.js'
import { shownEndpoint } from '../../output/columns/address.js'
import { StreamNumbers } from './stream-numbers.js'

/** Connections listed where there are too many. */
const LISTED = 15

/** The connection found, in a form that stays. */
export interface SelectedConnection {
  readonly connection: Connection
  readonly rule: string
  readonly startNs: number
  readonly baseNs: bigint
  readonly target: LadderTarget
}

/** Connections that are shown one after another. */
const MOST_SHOWN = 5

/** The connections that one set of filters leaves. */
class Matches {
  private readonly isWanted: ConnectionFilter
  count = 0
  readonly kept: SelectedConnection[] = []
  /** Lines about those with the lowest numbers. */
  readonly list: { readonly stream: number; readonly text: string }[] = []

  constructor(options: FilterOptions) {
    this.isWanted = connectionFilter(options)
  }

  add(connection: EndedConnection): void {
    if (!this.isWanted(connection)) return
    const { stream } = connection.e
    this.count++
    if (this.kept.length < MOST_SHOWN) this.kept.push(selected(connection))
    const last = this.list.at(-1)
    if (this.list.length >= LISTED && last !== undefined && last.stream < stream) return
    this.list.push({ stream, text: lineOf(connection) })
    this.list.sort((a, b) => a.stream - b.stream)
    this.list.length = Math.min(this.list.length, LISTED)
  }
}

/** Takes all connections of a capture and keeps those that were asked for. */
export class Selector implements ConnectionHandler {
  private readonly options: FilterOptions
  private readonly streams = new StreamNumbers()
  private readonly asTyped: Matches
  /** With the ends the other way round; undefined where that makes no difference. */
  private readonly swapped: Matches | undefined

  constructor(options: FilterOptions) {
    this.options = options
    this.asTyped = new Matches(options)
    const { client, server, ...others } = options
    // What may not be is meant as it is typed.
    const hasNot = [client, server].some((wanted) => (wanted?.none.length ?? 0) > 0)
    if ((client ?? server) === undefined || hasNot) return
    this.swapped = new Matches({
      ...others,
      ...(server === undefined ? {} : { client: server }),
      ...(client === undefined ? {} : { server: client }),
    })
  }

  onConnection(connection: EndedConnection): void {
    this.streams.add(connection.e.stream)
    this.asTyped.add(connection)
    this.swapped?.add(connection)
  }

  /** Whether the connections are those with client and server the other way round: whoever typed them saw the roles so. */
  get isSwapped(): boolean {
    return this.asTyped.count === 0 && (this.swapped?.count ?? 0) > 0
  }

  /**
   * The connections, when the capture has been read: the only one, or the few that filters left.
   *
   * @throws {TeardownError} ERR_OPTION when there is none, or more than can be shown.
   */
  found(capture: string): readonly SelectedConnection[] {
    const { streams, options, asTyped, swapped } = this
    const { kept, count: matched, list } = this.isSwapped ? (swapped ?? asTyped) : asTyped
    const isChosen = Object.keys(options).length > 0
    if (matched === 1 || (isChosen && matched > 0 && matched <= MOST_SHOWN))
      return [...kept].sort((a, b) => a.target.stream - b.target.stream)
    if (streams.count === 0) throw problem(`${capture}: no TCP connection in it`)
    if (matched === 0) throw problem(`${capture}: ${this.missing()}`)
    const more = matched - list.length
    const lines = list.map(({ text }) => text)
    if (more > 0) lines.push(`… and ${grouped(more)} more: tcp-teardown analyze lists them`)
    throw new SeveralConnections(
      `${capture}: ${grouped(matched)} connections fit; choose one with --stream N`,
      lines,
    )
  }

  private missing(): string {
    const { stream, ...others } = this.options
    const numbers = this.streams.text()
    const [range] = stream?.any ?? []
    return Object.keys(others).length === 0 && range?.from === range?.to && range !== undefined
      ? `no stream ${range.from}; it has ${numbers}`
      : `no connection fits; it has ${numbers}`
  }
}

/** More than one connection fits; `lines` names them. */
export class SeveralConnections extends TeardownError {
  readonly lines: readonly string[]

  constructor(message: string, lines: readonly string[]) {
    super('ERR_OPTION', message)
    this.lines = lines
  }
}

function problem(message: string): TeardownError {
  return new TeardownError('ERR_OPTION', message)
}

function lineOf(c: EndedConnection): string {
  const { e, j } = c
  const ends = `${shownEndpoint(c, e.clientSide)} → ${shownEndpoint(c, 1 - e.clientSide)}`
  return `--stream ${e.stream}  ${ends}  ${j.verdict} / ${j.cause}`
}

function selected(c: EndedConnection): SelectedConnection {
  return {
    connection: connectionOf(c),
    rule: c.j.rule.id,
    startNs: c.e.start.ns,
    baseNs: c.baseNs,
    target: targetOf(c),
  }
}
