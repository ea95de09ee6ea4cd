// The few words the explanations are made of.

import type { Confidence } from './answer.js'
import { ANSWER_NS } from './derived.js'
import type { Evidence } from './evidence.js'
import { type PacketRef, between } from './packet-ref.js'
import type { SideEvidence } from './side-evidence.js'

/** One packet a verdict rests on. */
export interface EvidenceItem {
  /** Record number, Wireshark's frame.number. */
  readonly frame: number
  /** Relative ns. */
  readonly ns: number
  /** What the packet shows. */
  readonly shows: string
}

/** Units of a duration: ns each, and from how many ns the next one is used. */
const UNITS: readonly (readonly [name: string, ns: number, below: number])[] = [
  ['µs', 1e3, 1e6],
  ['ms', 1e6, 1e9],
  ['s', 1e9, 120e9],
  ['min', 60e9, 7200e9],
  ['h', 3600e9, 172_800e9],
  ['days', 86_400e9, Infinity],
]

/** A duration for people: three significant digits and the unit that fits. */
export function duration(ns: number): string {
  if (Number.isNaN(ns)) return 'an unknown time'
  if (ns < 1e3) return `${Math.round(ns)} ns`
  for (const [name, unit, below] of UNITS) {
    const scaled = ns / unit
    // Rounding first: 999.6 µs are 1.00 ms.
    const places = scaled < 9.995 ? 2 : scaled < 99.95 ? 1 : 0
    const power = places === 2 ? 100 : places === 1 ? 10 : 1
    const digits = Math.round(scaled * power)
    if ((digits / power) * unit >= below) continue
    return `${withPoint(digits, places)} ${name}`
  }
  return `${ns} ns`
}

/** Whole `digits` with a point before the last `places`; Number.toPrecision takes ten times as long. */
function withPoint(digits: number, places: number): string {
  const text = `${digits}`
  return places === 0 ? text : `${text.slice(0, -places)}.${text.slice(-places)}`
}

/** The duration from one packet to a later one. */
export function span(from: PacketRef, to: PacketRef): string {
  return duration(between(from, to))
}

/** The duration from a packet to the end of the capture. */
export function toEnd(e: Evidence, from: PacketRef): string {
  return duration(Math.max(0, e.captureEndNs - from.ns))
}

/** A whole number with commas between thousands. Number.toLocaleString loads 20 ms of tables for that. */
export function grouped(n: number): string {
  return n < 1000 ? String(n) : String(n).replace(/\B(?=(\d{3})+$)/g, ',')
}

/** "1 packet", "2 packets". */
export function count(n: number, noun: string): string {
  return `${grouped(n)} ${noun}${n === 1 ? '' : 's'}`
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
export function packet(ref: PacketRef): string {
  return `packet ${ref.frame}`
}

/** Collects evidence items, leaving out what did not happen and packets already named. */
export function items(...pairs: readonly (readonly [PacketRef, string])[]): EvidenceItem[] {
  const list: EvidenceItem[] = []
  let latest = 0
  let isSorted = true
  for (const [ref, shows] of pairs) {
    const { frame } = ref
    if (frame === 0) continue
    if (frame < latest) isSorted = false
    latest = frame
    list.push({ frame, ns: ref.ns, shows })
  }
  return isSorted ? list : list.sort((a, b) => a.frame - b.frame)
}

/**
 * How sure it is that what is missing will not come any more, by how long the capture runs on without it. Never
 * certain: it may have passed without being captured.
 */
export function sureAfter(ns: number): Confidence {
  return ns < ANSWER_NS ? 'possible' : 'likely'
}

/** A clause for captures that end too soon after `ns` to tell. */
export function tooEarly(ns: number): string {
  return ns < ANSWER_NS
    ? ' The capture ends too soon after that to tell whether it still comes.'
    : ''
}
