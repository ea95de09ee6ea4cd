// How incidents name services, hosts and times; made by the output, which may replace addresses.

import type { EndpointHistory } from './history.js'

/** Texts of one capture. */
export interface Names {
  /** `ip:port` of a server. */
  service(of: EndpointHistory): string
  /** An address by its key, see `clientKey`. */
  hostOfKey(key: string): string
  /** The time of day to the millisecond, UTC. */
  clock(ns: number): string
}
