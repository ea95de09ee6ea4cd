// Who takes part in a connection, as hashes: its server endpoint, and its client with that endpoint.

import { mix } from '../base/seed.js'
import type { Retries } from '../context/retries.js'
import type { ServerPort, ServerPorts } from '../context/server-ports.js'
import { CONN_IPV6 } from './record/bits.js'
import { CONN, CONN_INTS } from './record/connection.js'

const FIRST = 0x2545f491

/** Tells what happens on connections to those who remember it. Its hashes have no seed: a collision loses context only. */
export class Parties {
  private readonly ports: ServerPorts
  private readonly retries: Retries
  private hash = 0

  constructor(ports: ServerPorts, retries: Retries) {
    this.ports = ports
    this.retries = retries
  }

  /** The client has completed the handshake; `server` is the side of its server. */
  accepted(ints: Int32Array, record: number, server: number, stream: number, timeNs: number): void {
    this.hashServer(ints, record, server)
    this.ports.accept(this.hash, timeNs)
    if (this.retries.isEmpty) return
    this.hashClient(ints, record, 1 - server)
    this.retries.taken(this.hash, stream, timeNs)
  }

  /** The SYN was repeated without an answer. */
  silent(ints: Int32Array, record: number, server: number): void {
    this.hashServer(ints, record, server)
    this.ports.silent(this.hash)
  }

  /** The connection was reset or refused. */
  failed(ints: Int32Array, record: number, server: number, timeNs: number): void {
    this.hashServer(ints, record, server)
    this.hashClient(ints, record, 1 - server)
    this.retries.failed(this.hash, timeNs)
  }

  /** What the server endpoint did on all connections so far. */
  portOf(ints: Int32Array, record: number, server: number): ServerPort | undefined {
    this.hashServer(ints, record, server)
    return this.ports.find(this.hash)
  }

  /** The connection that was taken after the client's last one had failed. */
  retryOf(ints: Int32Array, record: number, server: number): ReturnType<Retries['find']> {
    this.hashServer(ints, record, server)
    this.hashClient(ints, record, 1 - server)
    return this.retries.find(this.hash)
  }

  private hashServer(ints: Int32Array, record: number, server: number): void {
    const base = record * CONN_INTS
    const ports = ints[base + CONN.ports] as number
    const port = server === 0 ? ports >>> 16 : ports & 0xffff
    const encapsulation = ints[base + CONN.encapsulation] as number
    this.hash = mix(FIRST, port ^ (encapsulation << 16))
    this.hashAddress(ints, base, server)
  }

  /** Adds the client to the hash of the server. */
  private hashClient(ints: Int32Array, record: number, client: number): void {
    this.hashAddress(ints, record * CONN_INTS, client)
  }

  private hashAddress(ints: Int32Array, base: number, side: number): void {
    const at = base + (side === 0 ? CONN.addr0 : CONN.addr1)
    const words = ((ints[base + CONN.flags] as number) & CONN_IPV6) === 0 ? 1 : 4
    for (let i = 0; i < words; i++) this.hash = mix(this.hash, ints[at + i] as number)
  }
}
