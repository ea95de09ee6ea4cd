// Incidents while the capture goes on: those of the last minutes are looked for again and again, and each is told once; a leak
// again when it has doubled.

import { IncidentDetector } from '../engine/incident-detector.js'
import type { EndedConnection } from '../engine/ended-connection.js'
import { type DigestBatch, DIGEST, DIGEST_CELLS, DigestWriter } from '../incidents/digest.js'
import type { Anonymizer } from '../output/columns/address.js'
import type { IncidentRow } from '../output/incidents/row.js'

/** Connections that ended longer ago belong to no incident of now. */
const WINDOW_NS = 600e9
/** Digests kept: 16 MB. */
const MOST_DIGESTS = 1 << 17
/** An incident is told when nothing has been added to it for so long … */
const QUIET_NS = 3e9
/** … or when it has gone on for so long. */
const LONG_NS = 15e9

/** An incident that has been told. */
interface Told {
  readonly kind: string
  readonly endpoint: string
  startNs: number
  endNs: number
  readonly id: number
  /** Its connections when it was told last. */
  connections: number
  /** The look that found it last: two incidents of one look are not the same. */
  look: number
}

/** Shows connections that are not over. */
export type Survey = (visit: (connection: EndedConnection) => void) => void

/** Finds the incidents of one timeline. */
export class IncidentWindow {
  private readonly name: string
  private readonly detector: IncidentDetector
  private blocks: Float64Array[] = []
  /** Digests kept. */
  digests = 0
  private told: Told[] = []
  private count = 0
  private looks = 0
  private baseNs = 0n

  constructor(name: string, anonymizer: Anonymizer | undefined) {
    this.name = name
    this.detector = new IncidentDetector(anonymizer)
  }

  /** Incidents told so far. */
  get incidents(): number {
    return this.count
  }

  /** Adds digests of connections that are over. */
  readonly add = ({ cells, count, baseNs }: DigestBatch): void => {
    this.baseNs = baseNs
    this.blocks.push(cells.slice(0, count * DIGEST_CELLS))
    this.digests += count
    while (this.digests > MOST_DIGESTS) this.dropFirst()
  }

  /** Incidents that have become certain since the last call; with `isOver` all that have not been told. */
  take(nowNs: number, survey: Survey, isOver: boolean): IncidentRow[] {
    this.forgetBefore(nowNs - WINDOW_NS)
    const { detector, baseNs } = this
    this.looks++
    for (const cells of this.blocks) {
      detector.add({ captureName: this.name, baseNs, count: cells.length / DIGEST_CELLS, cells })
    }
    const open = new DigestWriter(detector.add)
    survey((connection) => open.add(connection))
    open.flush()
    const rows: IncidentRow[] = []
    for (const { row, incident } of detector.takeAll(this.name)) {
      const { kind, endpoint, startNs, endNs } = incident
      const isSettled = nowNs - endNs >= QUIET_NS || nowNs - startNs >= LONG_NS
      const { connections } = row
      const told = this.toldOf(kind, endpoint, startNs, endNs)
      if (told !== undefined) {
        if (!isGrown(told, connections)) continue
        told.connections = connections
        rows.push({ ...row, id: told.id })
      } else if (isSettled || isOver) {
        const id = ++this.count
        this.told.push({ kind, endpoint, startNs, endNs, id, connections, look: this.looks })
        rows.push({ ...row, id })
      }
    }
    return rows
  }

  /** What has been told of it: one of the same kind and endpoint, at a time in common, as the window may lose some of it. */
  private toldOf(kind: string, endpoint: string, startNs: number, endNs: number): Told | undefined {
    const known = this.told.find(
      (each) =>
        each.kind === kind &&
        each.endpoint === endpoint &&
        each.look !== this.looks &&
        startNs <= each.endNs &&
        endNs >= each.startNs,
    )
    if (known === undefined) return undefined
    known.startNs = Math.min(known.startNs, startNs)
    known.endNs = Math.max(known.endNs, endNs)
    known.look = this.looks
    return known
  }

  private forgetBefore(ns: number): void {
    while (this.blocks[0] !== undefined && latestEndOf(this.blocks[0]) < ns) this.dropFirst()
    this.told = this.told.filter(({ endNs }) => endNs >= ns - WINDOW_NS)
  }

  private dropFirst(): void {
    const [first] = this.blocks.splice(0, 1)
    this.digests -= (first?.length ?? 0) / DIGEST_CELLS
  }
}

/** A leak goes on: it is told again when there is twice as much of it. */
function isGrown({ kind, connections }: Told, now: number): boolean {
  return kind === 'close_wait_leak' && now >= 2 * connections
}

function latestEndOf(cells: Float64Array): number {
  let latest = -Infinity
  for (let at = 0; at < cells.length; at += DIGEST_CELLS) {
    latest = Math.max(latest, cells[at + DIGEST.endNs] as number)
  }
  return latest
}
