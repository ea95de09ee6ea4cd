// Times for people: a date, a time of day, and the zone they are of.

/** A time in parts. */
export interface ClockTime {
  /** YYYY-MM-DD. */
  readonly date: string
  /** HH:MM:SS.mmm. */
  readonly clock: string
  /** `UTC`, or a distance from it such as `+01:00`. */
  readonly zone: string
}

const MS_PER_MIN = 60_000

/** Milliseconds of an ISO 8601 text, cut and not rounded; NaN for a time that has a name only, such as "after year 9999". */
export function msOfIso(iso: string): number {
  // Date.parse would take the year out of the name.
  return /^\d{4}-/.test(iso) ? Date.parse(iso) : NaN
}

/** A time, ms since 1970, in UTC or as clocks here show it; undefined when no calendar has it. */
export function clockTime(ms: number, isLocal: boolean): ClockTime | undefined {
  // Distances from UTC change over the year, and over the years.
  const aheadMin = isLocal ? -new Date(ms).getTimezoneOffset() : 0
  const shown = new Date(ms + aheadMin * MS_PER_MIN)
  if (Number.isNaN(shown.getTime())) return undefined
  const [date = '', clock = ''] = shown.toISOString().slice(0, -1).split('T')
  return { date, clock, zone: isLocal ? zoneText(aheadMin) : 'UTC' }
}

function zoneText(aheadMin: number): string {
  const [hours, minutes] = [Math.floor(Math.abs(aheadMin) / 60), Math.abs(aheadMin) % 60]
  const [hh, mm] = [hours, minutes].map((n) => String(Math.floor(n)).padStart(2, '0'))
  return `${aheadMin < 0 ? '-' : '+'}${hh}:${mm}`
}
