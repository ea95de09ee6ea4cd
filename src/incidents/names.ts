// How incidents name services, hosts and times; made by the output, which may replace addresses.

import type { EndpointHistory } from './history.js'

/** Texts of one capture. */
export interface Names {
  /** `ip:port` of a server. */
  service(of: EndpointHistory): string
  /** An address by its key, see `clientKey`. */
  hostOfKey(key: string): string
  /** `ip:port`. */
  endpoint(address: string, port: number): string
  /** The time of day to the millisecond. */
  clock(ns: number): string
  /** "12:00:01.234 to 12:00:06.500 UTC", with dates where they are of two days. */
  range(fromNs: number, toNs: number): string
  /** The same with its time zone, once in a sentence. */
  moment(ns: number): string
}
