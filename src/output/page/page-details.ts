// Details of connections as they lie in a page: values of a column together, and nothing said twice. The packets of its evidence
// come in the sentence of a connection, in its evidence and in its filter; their numbers and times are most of what cannot be
// compressed.

import type { PageEvidence, PageFilter, PageFinding } from './page-data.js'

/** Values of a connection, in the order of the keys. */
type Values = unknown[]

/** Times of evidence have so many parts of a second. */
const PARTS = 1e6

/** Lines of a block: for each key the values of all connections; `lines` are those of connections. */
export function packDetails(lines: readonly string[], keys: readonly string[]): string[] {
  const all = lines.map((line) => packed(JSON.parse(line) as Values, keys))
  return columnsOf(keys).map((_, at) => JSON.stringify(all.map((values) => values[at])))
}

/** The values of each connection of a block, as {@link packDetails} took them. */
export function unpackDetails(lines: readonly string[], keys: readonly string[]): Values[] {
  const columns = lines.map((line) => JSON.parse(line) as unknown[])
  const places = (columns[0] ?? []).keys()
  return Array.from(places, (at) =>
    unpacked(
      columns.map((column) => column[at]),
      keys,
    ),
  )
}

/** Evidence is three columns: numbers of packets, times, and what they show. */
const EVIDENCE_PARTS = ['times', 'shows']

function columnsOf(keys: readonly string[]): string[] {
  return [...keys, ...EVIDENCE_PARTS]
}

/** What the columns that are written otherwise refer to. */
interface Places {
  readonly explanation: number
  readonly evidence: number
  readonly findings: number
  readonly filter: number
}

function placesOf(keys: readonly string[]): Places {
  return {
    explanation: keys.indexOf('explanation'),
    evidence: keys.indexOf('evidence'),
    findings: keys.indexOf('findings'),
    filter: keys.indexOf('filter'),
  }
}

function packed(values: Values, keys: readonly string[]): Values {
  const at = placesOf(keys)
  const filter = values[at.filter] as PageFilter | null
  if (filter === null) return [...values, null, null]
  const [first, last, ...rest] = filter
  const evidence = (values[at.evidence] ?? []) as readonly PageEvidence[]
  const findings = values[at.findings] as readonly PageFinding[] | null
  const numbers = evidence.map(([number]) => number)
  const packs = [...values]
  packs[at.explanation] = String(values[at.explanation]).replaceAll(
    /\bpacket (\d+)\b/g,
    (text, number) => {
      const place = numbers.indexOf(Number(number))
      return place < 0 ? text : `packet #${place}`
    },
  )
  packs[at.evidence] = numbers.map((number, place) => number - (numbers[place - 1] ?? first))
  packs[at.findings] = findings?.map(([code, number, says]) => [code, number - first, says]) ?? null
  packs[at.filter] = [first, last - (numbers.at(-1) ?? first), ...rest]
  const times = evidence.map(([, seconds]) => Math.round(seconds * PARTS))
  return [...packs, times, evidence.map(([, , shows]) => shows)]
}

function unpacked(packs: Values, keys: readonly string[]): Values {
  const at = placesOf(keys)
  const values = packs.slice(0, keys.length)
  const filter = packs[at.filter] as PageFilter | null
  if (filter === null) return values
  const [first, behind, ...rest] = filter
  const [times, shows] = packs.slice(keys.length) as [readonly number[], readonly string[]]
  const findings = packs[at.findings] as readonly PageFinding[] | null
  let number = first
  const numbers = (packs[at.evidence] as readonly number[]).map((step) => (number += step))
  values[at.explanation] = String(packs[at.explanation]).replaceAll(
    /\bpacket #(\d+)\b/g,
    (text, place) => {
      const named = numbers[Number(place)]
      return named === undefined ? text : `packet ${named}`
    },
  )
  values[at.evidence] =
    numbers.length === 0
      ? null
      : numbers.map((each, place) => [each, (times[place] ?? 0) / PARTS, shows[place]])
  values[at.findings] = findings?.map(([code, since, says]) => [code, first + since, says]) ?? null
  values[at.filter] = [first, number + behind, ...rest]
  return values
}
