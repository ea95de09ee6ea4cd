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

/** Takes all connections of a capture and keeps those that were asked for. */
export class Selector implements ConnectionHandler {
  private readonly options: FilterOptions
  private readonly filters: readonly ConnectionFilter[]
  private readonly streams = new StreamNumbers()
  private matched = 0
  private readonly kept: SelectedConnection[] = []
  /** Lines about the matching connections with the lowest numbers. */
  private readonly list: { readonly stream: number; readonly text: string }[] = []

  constructor(options: FilterOptions) {
    this.options = options
    const { client, server, ...others } = options
    // Whoever typed the ends may see the roles the other way round.
    const swapped = {
      ...others,
      ...(server === undefined ? {} : { client: server }),
      ...(client === undefined ? {} : { server: client }),
    }
    this.filters = [connectionFilter(options), connectionFilter(swapped)]
  }

  onConnection(connection: EndedConnection): void {
    const { stream } = connection.e
    this.streams.add(stream)
    if (!this.filters.some((filter) => filter(connection))) return
    this.matched++
    if (this.kept.length < MOST_SHOWN) this.kept.push(selected(connection))
    const last = this.list.at(-1)
    if (this.list.length >= LISTED && last !== undefined && last.stream < stream) return
    this.list.push({ stream, text: lineOf(connection) })
    this.list.sort((a, b) => a.stream - b.stream)
    this.list.length = Math.min(this.list.length, LISTED)
  }

  /**
   * The connections, when the capture has been read: the only one, or the few that filters left.
   *
   * @throws {TeardownError} ERR_OPTION when there is none, or more than can be shown.
   */
  found(capture: string): readonly SelectedConnection[] {
    const { kept, matched, streams, options } = this
    const isChosen = Object.keys(options).length > 0
    if (matched === 1 || (isChosen && matched > 0 && matched <= MOST_SHOWN))
      return [...kept].sort((a, b) => a.target.stream - b.target.stream)
    if (streams.count === 0) throw problem(`${capture}: no TCP connection in it`)
    if (matched === 0) throw problem(`${capture}: ${this.missing()}`)
    const more = matched - this.list.length
    const lines = this.list.map(({ text }) => text)
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
