// What incidents call services, hosts and times, as they are shown.

import { type ClockTime, clockTime, msOfIso } from '../../base/clock-time.js'
import type { EndpointHistory } from '../../incidents/history.js'
import type { Names } from '../../incidents/names.js'
import { isoTime } from '../bytes/time.js'
import { type Anonymizer, addressText, endpointText } from '../columns/address.js'

/** Texts of one capture. */
export class ShownNames implements Names {
  private readonly baseNs: bigint
  private readonly anonymizer: Anonymizer | undefined
  private readonly isLocal: boolean

  /** `baseNs`: zero of the times, ns since 1970. `anonymizer` replaces addresses wherever they are shown. `isLocal`: times are those of clocks here. */
  constructor(baseNs: bigint, anonymizer: Anonymizer | undefined, isLocal: boolean) {
    this.baseNs = baseNs
    this.isLocal = isLocal
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
    return this.partsOf(ns)?.clock ?? this.iso(ns)
  }

  moment(ns: number): string {
    const parts = this.partsOf(ns)
    return parts === undefined ? this.iso(ns) : `${parts.clock} ${parts.zone}`
  }

  range(fromNs: number, toNs: number): string {
    const [from, to] = [this.partsOf(fromNs), this.partsOf(toNs)]
    if (from === undefined || to === undefined) return `${this.iso(fromNs)} to ${this.iso(toNs)}`
    if (from.date === to.date) return `${from.clock} to ${to.clock} ${to.zone}`
    return `${from.date} ${from.clock} to ${to.date} ${to.clock} ${to.zone}`
  }

  private partsOf(ns: number): ClockTime | undefined {
    return clockTime(msOfIso(this.iso(ns)), this.isLocal)
  }

  iso(ns: number): string {
    return isoTime(this.baseNs, ns)
  }
}
