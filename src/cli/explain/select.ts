// Finds the one connection `explain` is about among all of a capture.

import { TeardownError } from '../../base/errors.js'
import { grouped } from '../../base/text.js'
import { type Connection, connectionOf } from '../../engine/connection.js'
import type { ConnectionHandler, EndedConnection } from '../../engine/ended-connection.js'
import { canonicalHost } from '../../engine/filter.js'
import type { LadderTarget } from '../../engine/ladder/reader.js'
import { endpointText, shownAddress, sideAddress } from '../../output/columns/address.js'
import type { Endpoint } from '../values.js'
import type { ExplainSettings } from './settings.js'
import { StreamNumbers } from './stream-numbers.js'

/** Connections listed where there are too many. */
const LISTED = 15

/** The connection found, in a form that stays. */
export interface SelectedConnection {
  readonly connection: Connection
  readonly rule: string
  readonly startNs: number
  readonly baseNs: bigint
  readonly target: Omit<LadderTarget, 'packets' | 'isAnonymous'>
}

/** Takes all connections of a capture and keeps the one that was asked for. */
export class Selector implements ConnectionHandler {
  private readonly settings: ExplainSettings
  private readonly streams = new StreamNumbers()
  private matched = 0
  private found: SelectedConnection | undefined
  /** Lines about the matching connections with the lowest numbers. */
  private readonly list: { readonly stream: number; readonly text: string }[] = []

  constructor(settings: ExplainSettings) {
    this.settings = settings
  }

  onConnection(connection: EndedConnection): void {
    const { stream } = connection.e
    this.streams.add(stream)
    if (!this.matches(connection)) return
    this.matched++
    this.found ??= selected(connection)
    const last = this.list.at(-1)
    if (this.list.length >= LISTED && last !== undefined && last.stream < stream) return
    this.list.push({ stream, text: lineOf(connection) })
    this.list.sort((a, b) => a.stream - b.stream)
    this.list.length = Math.min(this.list.length, LISTED)
  }

  /**
   * The connection, when the capture has been read.
   *
   * @throws {TeardownError} ERR_OPTION when there is none or more than one.
   */
  only(capture: string): SelectedConnection {
    const { found, matched, streams } = this
    if (found !== undefined && matched === 1) return found
    if (streams.count === 0) throw problem(`${capture}: no TCP connection in it`)
    if (found === undefined) throw problem(`${capture}: ${this.missing()}`)
    const more = matched - this.list.length
    const lines = this.list.map(({ text }) => text)
    if (more > 0) lines.push(`… and ${grouped(more)} more: tcp-teardown analyze lists them`)
    throw new SeveralConnections(
      `${capture}: ${grouped(matched)} connections fit; choose one with --stream N`,
      lines,
    )
  }

  private matches({ e }: EndedConnection): boolean {
    const { stream, client, server } = this.settings
    if (stream !== undefined) return e.stream === stream
    if (client === undefined && server === undefined) return true
    function is(end: Endpoint | undefined, side: number): boolean {
      if (end === undefined) return true
      if (e.portOf(side) !== end.port) return false
      return canonicalHost(sideAddress(e, side)) === end.host
    }
    const { clientSide } = e
    // Whoever typed the ends may see the roles the other way round.
    return (
      (is(client, clientSide) && is(server, 1 - clientSide)) ||
      (is(client, 1 - clientSide) && is(server, clientSide))
    )
  }

  private missing(): string {
    const { stream } = this.settings
    const numbers = this.streams.text()
    return stream === undefined
      ? `no connection between these ends; it has ${numbers}`
      : `no stream ${stream}; it has ${numbers}`
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
  const [client, server] = [e.clientSide, 1 - e.clientSide].map((side) =>
    endpointText(shownAddress(c, side), e.portOf(side)),
  )
  return `--stream ${e.stream}  ${client} → ${server}  ${j.verdict} / ${j.cause}`
}

function selected(c: EndedConnection): SelectedConnection {
  const { e, j } = c
  const shows = new Map<number, string>()
  for (const item of j.evidence()) {
    const before = shows.get(item.frame)
    shows.set(item.frame, before === undefined ? item.shows : `${before}; ${item.shows}`)
  }
  return {
    connection: connectionOf(c),
    rule: j.rule.id,
    startNs: e.start.ns,
    baseNs: c.baseNs,
    target: {
      stream: e.stream,
      clientSide: e.clientSide,
      ports: [e.portOf(0), e.portOf(1)],
      shows,
    },
  }
}
