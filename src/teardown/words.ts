// The few words the explanations are made of.

import type { Evidence, Moment, SideEvidence } from './evidence.js'

/** One packet a verdict rests on. */
export interface EvidenceItem {
  /** Record number, Wireshark's frame.number. */
  readonly frame: number
  /** Relative ns. */
  readonly ns: number
  /** What the packet shows. */
  readonly shows: string
}

/** A duration for people: three significant digits and the unit that fits. */
export function duration(ns: number): string {
  if (Number.isNaN(ns)) return 'an unknown time'
  const abs = Math.abs(ns)
  if (abs < 1e3) return `${Math.round(ns)} ns`
  if (abs < 1e6) return `${digits(ns / 1e3)} µs`
  if (abs < 1e9) return `${digits(ns / 1e6)} ms`
  if (abs < 120e9) return `${digits(ns / 1e9)} s`
  if (abs < 7200e9) return `${digits(ns / 60e9)} min`
  if (abs < 172_800e9) return `${digits(ns / 3600e9)} h`
  return `${digits(ns / 86_400e9)} days`
}

function digits(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2)
}

/** "1 packet", "2 packets". */
export function count(n: number, noun: string): string {
  return `${n.toLocaleString('en-US')} ${noun}${n === 1 ? '' : 's'}`
}

/** "the client" or "the server". */
export function the(e: Evidence, side: SideEvidence): string {
  return side === e.client ? 'the client' : 'the server'
}

/** "The client" or "The server". */
export function The(e: Evidence, side: SideEvidence): string {
  return side === e.client ? 'The client' : 'The server'
}

/** "packet 7". */
export function packet(moment: Moment): string {
  return `packet ${moment.frame}`
}

/** Collects evidence items, leaving out moments that did not happen and packets already named. */
export function items(...pairs: readonly (readonly [Moment, string])[]): EvidenceItem[] {
  const list: EvidenceItem[] = []
  for (const [moment, shows] of pairs) {
    if (!moment.seen) continue
    list.push({ frame: moment.frame, ns: moment.ns, shows })
  }
  return list.sort((a, b) => a.frame - b.frame)
}
