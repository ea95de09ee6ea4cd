// The arrows of a ladder, with the packet's flags and numbers on them.

import type { Style } from '../style.js'
import type { LadderPacket, LadderSender } from './packet.js'

/** Columns of an arrow besides its label: two before, two after, and spaces. */
export const ARROW_EXTRA = 6

/** Flags and numbers of a packet; the compact form leaves PSH out, which no ending depends on. */
export function labelOf(packet: LadderPacket, isCompact: boolean): string {
  const { flags, seq, ack, length, from } = packet
  if (from === 'network') return 'ICMP error'
  const names = isCompact ? flags.filter((name) => name !== 'PSH') : flags
  const parts = [names.join(' ') || 'no flags']
  if (seq !== undefined) parts.push(`seq ${seq}`)
  if (ack !== undefined) parts.push(`ack ${ack}`)
  if (length > 0) parts.push(`len ${length}`)
  return parts.join(' ')
}

/** An arrow of `width` columns; an ICMP error has no head, as it may come from anywhere. */
export function arrowOf(from: LadderSender, label: string, width: number): string {
  const far = Math.max(2, width - label.length - 4)
  if (from === 'client') return `── ${label} ${'─'.repeat(far - 1)}▶`
  if (from === 'server') return `◀─ ${label} ${'─'.repeat(far)}`
  return `·· ${label} ${'·'.repeat(far)}`
}

/** The short form, where there is no room for an arrow. */
export function shortArrow(from: LadderSender): string {
  if (from === 'client') return '→ '
  return from === 'server' ? '← ' : '· '
}

/** Colours an arrow by what it does to the connection. */
export function paintArrow(packet: LadderPacket, arrow: string, style: Style): string {
  if (packet.flags.includes('RST') || packet.from === 'network') return style.bad(arrow)
  if (packet.flags.includes('FIN')) return style.warn(arrow)
  return packet.flags.includes('SYN') ? style.good(arrow) : arrow
}
