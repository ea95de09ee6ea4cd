// Absolute times, made only where something is shown: ISO 8601 in UTC with all nine digits.

/** Absolute ns of a relative time; whole ns. */
export function absoluteNs(baseNs: bigint, ns: number): bigint {
  return baseNs + BigInt(Math.round(ns))
}

/** `2026-11-23T07:31:08.123456789Z`. Years up to 9999; beyond that the form of ECMAScript's expanded years. */
export function isoTime(baseNs: bigint, ns: number): string {
  const whole = absoluteNs(baseNs, ns)
  let seconds = whole / 1_000_000_000n
  let nanos = whole % 1_000_000_000n
  if (nanos < 0n) {
    seconds -= 1n
    nanos += 1_000_000_000n
  }
  const date = new Date(Number(seconds) * 1000)
  if (Number.isNaN(date.getTime())) return `${seconds}.${String(nanos).padStart(9, '0')}`
  return `${date.toISOString().slice(0, -5)}.${String(nanos).padStart(9, '0')}Z`
}

/** Seconds of a span in ns, exact to the ns; undefined for an absent span. */
export function secondsOf(ns: number): number | undefined {
  return Number.isNaN(ns) ? undefined : Math.round(ns) / 1e9
}
