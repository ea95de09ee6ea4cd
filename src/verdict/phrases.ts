// The few words the explanations are made of.

import { bytesText, count, duration } from '../base/text.js'
import type { Evidence } from './evidence.js'
import { type PacketRef, between } from './packet-ref.js'
import type { SideEvidence } from './side-evidence.js'
import { ANSWER_NS } from './timers.js'

/** One packet a verdict rests on. */
export interface EvidenceItem {
  /** Record number, Wireshark's frame.number. */
  readonly frame: number
  /** Relative ns. */
  readonly ns: number
  /** What the packet shows. */
  readonly shows: string
}

/** The duration from one packet to a later one. */
export function span(from: PacketRef, to: PacketRef): string {
  return duration(between(from, to))
}

/** The duration from a packet to the end of the capture, "an unknown time" when the clock was set in between. */
export function toEnd(e: Evidence, from: PacketRef): string {
  return duration(e.toEndNs(from))
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

/** Largest distance of sequence numbers that is told to the byte. */
const EXACT_BYTES = 0xffff

/** A distance of sequence numbers: three digits where it is long, as far ahead a number says nothing to the byte. */
export function distance(bytes: number): string {
  return bytes > EXACT_BYTES ? bytesText(bytes) : count(bytes, 'byte')
}

/** The same as a number. */
export function toldBytes(bytes: number): number {
  return bytes > EXACT_BYTES ? Number(bytes.toPrecision(3)) : bytes
}

/** Evidence items in the order of their packets; what did not happen is left out. */
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

/** A clause for captures that end too soon after `ns` to tell. */
export function tooEarly(ns: number): string {
  return ns < ANSWER_NS
    ? ' The capture ends too soon after that to tell whether it still comes.'
    : ''
}
