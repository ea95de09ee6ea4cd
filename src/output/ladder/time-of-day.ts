// The time of day of a packet, which says more than seconds to whoever has logs beside the capture.

import { clockTime, msOfIso } from '../../base/clock-time.js'
import { isoTime } from '../bytes/time.js'

/** Where the digits of µs stand in an ISO time of nine digits. */
const MICROS = [23, 26] as const

/**
 * A function that gives `14:49:53.162338` at a relative time, with the date before it where that is not the one of `startNs`.
 *
 * @param baseNs Zero of the relative times, ns since 1970.
 * @param isLocal As clocks here show it, else UTC.
 */
export function clockOver(
  baseNs: bigint,
  startNs: number,
  isLocal: boolean,
): (ns: number) => string {
  const first = clockTime(msOfIso(isoTime(baseNs, startNs)), isLocal)
  return (ns) => {
    const iso = isoTime(baseNs, ns)
    const time = clockTime(msOfIso(iso), isLocal)
    if (time === undefined) return iso
    const clock = `${time.clock}${iso.slice(...MICROS)}`
    return time.date === first?.date ? clock : `${time.date} ${clock}`
  }
}
