// What incidents call services, hosts and times, as they are shown.

import type { EndpointHistory } from '../../incidents/history.js'
import type { Names } from '../../incidents/names.js'
import { isoTime } from '../bytes/time.js'
import { type Anonymizer, addressText, endpointText } from '../columns/address.js'

/** Texts of one capture. */
export class ShownNames implements Names {
  private readonly baseNs: bigint
  private readonly anonymizer: Anonymizer | undefined

  /** `baseNs`: zero of the times, ns since 1970. `anonymizer` replaces addresses wherever they are shown. */
  constructor(baseNs: bigint, anonymizer: Anonymizer | undefined) {
    this.baseNs = baseNs
    this.anonymizer = anonymizer
  }

  /** `ip:port` of a server. */
  service({ address, isIpv6, port }: EndpointHistory): string {
    return endpointText(this.host(address, isIpv6), port)
  }

  /** An address of four words. */
  host(address: Int32Array, isIpv6: boolean): string {
    const { anonymizer } = this
    if (anonymizer === undefined) return addressText(address, 0, isIpv6)
    return isIpv6
      ? addressText(anonymizer.ipv6(address, 0), 0, true)
      : addressText(Int32Array.of(anonymizer.ipv4(address[0] as number)), 0, false)
  }

  /** An address by its key, see `clientKey`. */
  hostOfKey(key: string): string {
    const words = Int32Array.from(key.trim().split(' '), Number)
    return this.host(words, words.length > 1)
  }

  endpoint(address: string, port: number): string {
    return endpointText(address, port)
  }

  clock(ns: number): string {
    return this.iso(ns).slice(11, 23)
  }

  moment(ns: number): string {
    return `${this.clock(ns)} UTC`
  }

  range(fromNs: number, toNs: number): string {
    const [from, to] = [this.iso(fromNs), this.iso(toNs)]
    if (from.slice(0, 10) === to.slice(0, 10))
      return `${this.clock(fromNs)} to ${this.moment(toNs)}`
    return `${from.slice(0, 10)} ${this.clock(fromNs)} to ${to.slice(0, 10)} ${this.moment(toNs)}`
  }

  iso(ns: number): string {
    return isoTime(this.baseNs, ns)
  }
}
