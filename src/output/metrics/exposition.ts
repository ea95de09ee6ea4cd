// Metrics as text: OpenMetrics 1.0, and the older format of Prometheus (0.0.4), which its textfile collector and promtool read.
// They differ in the names of counters, in units, and in the last line.

import { BUCKET_BOUNDS_S, Histogram } from './histogram.js'
import { FAMILIES, type Family, type Labels, type MetricsSource } from './families.js'

/** One of the two forms. */
export interface Exposition {
  /** Its media type, for `Content-Type`. */
  readonly mediaType: string
  /** Name of a counter in the lines about it; its samples always end with `_total`. */
  readonly counterSuffix: '' | '_total'
  readonly hasUnits: boolean
  readonly end: string
}

/** OpenMetrics 1.0. */
export const OPENMETRICS_TEXT: Exposition = {
  mediaType: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
  counterSuffix: '',
  hasUnits: true,
  end: '# EOF\n',
}

/** The text format of Prometheus. */
export const PROMETHEUS_TEXT: Exposition = {
  mediaType: 'text/plain; version=0.0.4; charset=utf-8',
  counterSuffix: '_total',
  hasUnits: false,
  end: '',
}

/** The name of a metric in the text, without the suffixes of its samples. */
export function metricName({ name }: Family): string {
  return `tcp_teardown_${name}`
}

/** All metrics of a source. */
export function metricsText(from: MetricsSource, form: Exposition): string {
  return FAMILIES.map((family) => familyText(family, from, form)).join('') + form.end
}

function familyText(family: Family, from: MetricsSource, form: Exposition): string {
  const { type, unit, help } = family
  const name = metricName(family)
  const about = type === 'counter' ? `${name}${form.counterSuffix}` : name
  const lines = [`# HELP ${about} ${escapedHelp(help)}`, `# TYPE ${about} ${type}`]
  if (unit !== undefined && form.hasUnits) lines.push(`# UNIT ${about} ${unit}`)
  for (const { labels, value } of family.samples(from)) {
    if (value instanceof Histogram) lines.push(...histogramLines(name, labels, value))
    else lines.push(`${name}${type === 'counter' ? '_total' : ''}${labelText(labels)} ${value}`)
  }
  return `${lines.join('\n')}\n`
}

function histogramLines(name: string, labels: Labels, histogram: Histogram): string[] {
  const counts = histogram.cumulated()
  const all = counts.at(-1) ?? 0
  const lines = BUCKET_BOUNDS_S.map(
    (bound, at) =>
      `${name}_bucket${labelText({ ...labels, le: boundText(bound) })} ${counts[at] ?? 0}`,
  )
  return [
    ...lines,
    `${name}_bucket${labelText({ ...labels, le: '+Inf' })} ${all}`,
    `${name}_sum${labelText(labels)} ${histogram.sumText()}`,
    `${name}_count${labelText(labels)} ${all}`,
  ]
}

/** OpenMetrics writes whole numbers with a decimal; the same in both forms, for a bound is a label, and names one series. */
function boundText(bound: number): string {
  return Number.isInteger(bound) ? `${bound}.0` : String(bound)
}

function labelText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escapedLabel(value)}"`)
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}

/** A value of a label: what would end it is escaped. */
export function escapedLabel(value: string): string {
  return escapedHelp(value).replaceAll('"', '\\"')
}

function escapedHelp(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')
}
