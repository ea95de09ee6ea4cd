// What happened to services and hosts, in the table.

import { clockTime, msOfIso } from '../../base/clock-time.js'
import { count, printable, wrap } from '../../base/text.js'
import type { Example } from '../collect/examples.js'
import type { FormatOptions, IncidentLine } from '../formats/format.js'

const INDENT = '    '

/** Incidents that are printed; a folder of a thousand captures may have as many. */
const MAX_INCIDENTS = 20

/** Kinds that are how a service is set up, whether that costs requests or not. */
export const CALM: ReadonlySet<string> = new Set(['idle_timer'])

/** Said of a service that its connections ended, and when it took them again: that it was down in between needs no second sentence. */
const IS_BACK = /took connections again/

/** One sentence, of one incident or of two. */
interface Entry {
  readonly incident: IncidentLine
  readonly ids: number[]
  readonly kinds: string[]
}

/** What happened to services and hosts, the first few. */
export class Incidents {
  private readonly options: FormatOptions
  private readonly events: Entry[] = []
  private readonly calm: Entry[] = []
  private more = 0
  /** Incidents with refusals, by capture and endpoint. */
  private readonly byRefusing = new Map<string, number>()
  /** Incidents by capture and stream. */
  private readonly byStream = new Map<string, number>()

  constructor(options: FormatOptions) {
    this.options = options
  }

  add(incident: IncidentLine): void {
    const { capture, id, kind } = incident
    const same = kind === 'service_restart' ? this.deathOf(incident) : undefined
    const shownId = same?.incident.id ?? id
    for (const stream of incident.streams) {
      const key = `${stream} ${capture}`
      if (!this.byStream.has(key)) this.byStream.set(key, shownId)
    }
    const refusing = `${incident.endpoint} ${capture}`
    if ((incident.refused ?? 0) > 0 && !this.byRefusing.has(refusing))
      this.byRefusing.set(refusing, shownId)
    if (same !== undefined) {
      same.ids.push(id)
      same.kinds.push(kind)
    } else if (this.events.length + this.calm.length >= MAX_INCIDENTS) this.more++
    else (CALM.has(kind) ? this.calm : this.events).push({ incident, ids: [id], kinds: [kind] })
  }

  /** The incident that a connection is part of, undefined for none; of very large ones the first hundred are known. */
  idOf(capture: string, stream: number): number | undefined {
    return this.byStream.get(`${stream} ${capture}`)
  }

  /** The incident in which a server refused connections. */
  idOfRefusing(capture: string, server: string): number | undefined {
    return this.byRefusing.get(`${server} ${capture}`)
  }

  /** What happened; `others` are sentences of what is no incident. */
  eventsText(others: readonly string[]): string {
    const { style, width } = this.options
    const title = style.bad('what happened')
    const texts = others.map((text) => `${wrap(text, width, '  ')}\n`).join('')
    if (texts === '') return this.listText(title, this.events)
    const list = this.listText('', this.events).split('\n').slice(2).join('\n')
    return `\n${style.heading(title)}\n${texts}${list}`
  }

  /** How services are set up, which is no event. */
  calmText(): string {
    return this.listText('timers', this.calm)
  }

  /** The incidents that some connections are part of, and how many there are besides. */
  aroundText(connections: readonly Pick<Example, 'capture' | 'stream'>[]): string {
    const ids = new Set(
      connections.map(({ capture, stream }) => `${this.idOf(capture, stream)} ${capture}`),
    )
    const all = [...this.events, ...this.calm]
    const near = all.filter(({ incident: { id, capture } }) => ids.has(`${id} ${capture}`))
    const far = all.length - near.length + this.more
    const rest = `  ${near.length === 0 ? '' : 'besides, '}${count(far, 'incident')} in the whole capture: shown without filters\n`
    const text = this.listText('what they are part of', near)
    return text + (far === 0 ? '' : `${text === '' ? '\n' : ''}${this.options.style.faint(rest)}`)
  }

  private listText(title: string, entries: readonly Entry[]): string {
    const [first] = entries
    if (first === undefined) return ''
    const { style } = this.options
    const texts = entries.map((entry) => this.entryText(entry))
    // Said once, below the first list there is.
    const isFirst = entries !== this.calm || this.events.length === 0
    return `\n${style.heading(title)}\n${texts.join('')}${isFirst ? this.moreText(first) : ''}`
  }

  /** How many are not listed, and where more is told. */
  private moreText({ incident: { capture, id } }: Entry): string {
    // A pipe cannot be read twice.
    const how =
      capture === '-' ? '' : `  more: tcp-teardown explain ${quoted(capture)} --incident ${id}\n`
    const rest = this.more > 0 ? `  … and ${this.more} more incidents (-f ndjson lists them)\n` : ''
    return rest + this.options.style.faint(how)
  }

  private entryText({ incident, ids, kinds }: Entry): string {
    const { nameCaptures, width, style, isLocalTime } = this.options
    const { capture, confidence, explanation, start_time: start } = incident
    const name = nameCaptures ? `${printable(capture)}  ` : ''
    const date = clockTime(msOfIso(start), isLocalTime)?.date ?? start.slice(0, 10)
    const which = `incident${ids.length > 1 ? 's' : ''} ${ids.join(' and ')}`
    const about = `${name}${date}  ${confidence}  ${kinds.join(', ')}  ${which}`
    const line =
      `${INDENT}${about}`.length <= width ? `${INDENT}${about}` : wrap(about, width, INDENT)
    return `${wrap(explanation, width, '  ')}\n${style.faint(line)}\n`
  }

  /** What is told of the end that a restart begins with. */
  private deathOf(restart: IncidentLine): Entry | undefined {
    return this.events.find(({ incident }) => tellsToo(incident, restart))
  }
}

/** Whether the sentence of an end says what that of a restart would. */
export function tellsToo(end: IncidentLine, { kind, capture, ...restart }: IncidentLine): boolean {
  return (
    kind === 'service_restart' &&
    end.kind !== kind &&
    end.endpoint === restart.endpoint &&
    end.start_time === restart.start_time &&
    end.capture === capture &&
    IS_BACK.test(end.explanation)
  )
}

/** A path as a shell takes it. */
function quoted(path: string): string {
  const shown = printable(path)
  return /^[\w@%+=:,./-]+$/.test(shown) ? shown : `'${shown.replaceAll("'", `'\\''`)}'`
}
