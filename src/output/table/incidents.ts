// What happened to services and hosts, in the table.

import { clockTime, msOfIso } from '../../base/clock-time.js'
import { printable, wrap } from '../../base/text.js'
import type { FormatOptions, IncidentLine } from '../formats/format.js'

const INDENT = '    '

/** Incidents that are printed; a folder of a thousand captures may have as many. */
const MAX_INCIDENTS = 20

/** Kinds that are how a service is set up, whether that costs requests or not. */
const CALM: ReadonlySet<string> = new Set(['idle_timer'])

/** What happened to services and hosts, the first few. */
export class Incidents {
  private readonly options: FormatOptions
  private readonly events: string[] = []
  private readonly calm: string[] = []
  private more = 0
  /** Incidents by capture and stream. */
  private readonly byStream = new Map<string, number>()
  private first: IncidentLine | undefined

  constructor(options: FormatOptions) {
    this.options = options
  }

  add(incident: IncidentLine): void {
    const { capture, id, kind, confidence, explanation, start_time: start } = incident
    this.first ??= incident
    for (const stream of incident.streams) {
      const key = `${stream} ${capture}`
      if (!this.byStream.has(key)) this.byStream.set(key, id)
    }
    if (this.events.length + this.calm.length >= MAX_INCIDENTS) {
      this.more++
      return
    }
    const { nameCaptures, width, style, isLocalTime } = this.options
    const name = nameCaptures ? `${printable(capture)}  ` : ''
    const date = clockTime(msOfIso(start), isLocalTime)?.date ?? start.slice(0, 10)
    const about = style.faint(`${date}  ${confidence}  ${kind}  incident ${id}`)
    const list = CALM.has(kind) ? this.calm : this.events
    list.push(`${wrap(explanation, width, '  ')}\n${INDENT}${name}${about}\n`)
  }

  /** The incident that a connection is part of, undefined for none; of very large ones the first hundred are known. */
  idOf(capture: string, stream: number): number | undefined {
    return this.byStream.get(`${stream} ${capture}`)
  }

  text(): string {
    const { events, calm, first, more } = this
    if (first === undefined) return ''
    const { isFiltered, style } = this.options
    const { heading, bad, faint } = style
    const whole = isFiltered ? faint('  in the whole capture, whatever the filters say') : ''
    const parts = [
      events.length > 0 ? `\n${heading(bad('what happened'))}${whole}\n${events.join('')}` : '',
      calm.length > 0 ? `\n${heading('timers')}${whole}\n${calm.join('')}` : '',
      more > 0 ? `  … and ${more} more incidents (-f ndjson lists them)\n` : '',
      faint(`  more: tcp-teardown explain ${quoted(first.capture)} --incident ${first.id}\n`),
    ]
    return parts.join('')
  }
}

/** A path as a shell takes it. */
function quoted(path: string): string {
  const shown = printable(path)
  return /^[\w@%+=:,./-]+$/.test(shown) ? shown : `'${shown.replaceAll("'", `'\\''`)}'`
}
