// Reads from a connection's record what one packet meant for it, by what changed since the packet before.

import { isCredibleSequence } from '../../output/anonymize/claims.js'
import {
  CAPTURED_TWICE,
  type LadderKind,
  type LadderPacket,
  SENT_AGAIN,
} from '../../output/ladder/packet.js'
import type { Side } from '../../tcp/record/view.js'
import { seqDistance } from '../../tcp/seq.js'
import { STATE_NAMES } from '../../tcp/state.js'
import type { ConnectionTable } from '../../tcp/table.js'
import { ACK, FIN, RST, SYN, type Segment } from '../../wire/segment.js'

const FLAG_NAMES: readonly (readonly [bit: number, name: string])[] = [
  [SYN, 'SYN'],
  [FIN, 'FIN'],
  [RST, 'RST'],
  [0x08, 'PSH'],
  [ACK, 'ACK'],
  [0x20, 'URG'],
  [0x40, 'ECE'],
  [0x80, 'CWR'],
]

/** Counters of one side that go up when a packet is of their kind. */
const COUNTERS = ['sentAgain', 'copies', 'probes', 'windowProbes'] as const
type Counter = (typeof COUNTERS)[number]
type Counts = Readonly<Record<Counter, number>>
const NO_COUNTS: Counts = { sentAgain: 0, copies: 0, probes: 0, windowProbes: 0 }

/** Follows one connection. */
export class LadderObserver {
  private readonly table: ConnectionTable
  private readonly clientSide: number
  private readonly isAnonymous: boolean
  private readonly counts: [Counts, Counts] = [NO_COUNTS, NO_COUNTS]
  /** Side that may answer a probe with its next packet. */
  private probed: number | undefined
  private clientState = ''
  private serverState = ''

  constructor(table: ConnectionTable, clientSide: number, isAnonymous: boolean) {
    this.table = table
    this.clientSide = clientSide
    this.isAnonymous = isAnonymous
  }

  /** The packet of a segment that `side` sent and the tracker has taken. */
  segment(
    record: number,
    side: number,
    seg: Segment,
    frame: number,
    ns: number,
    shows: string | undefined,
  ): LadderPacket {
    const c = this.table.at(record)
    const me = c.side(side)
    const grown = this.grown(side, me)
    const isProbe = grown.probes || grown.windowProbes
    const isAnswer = this.probed === side && seg.payloadLen === 0 && isBare(seg)
    this.probed = isProbe ? 1 - side : undefined
    const notes = notesOf(seg, grown, isAnswer)
    const resets = c.teardownIndex === 0 ? 0 : me.rstCount + c.side(1 - side).rstCount
    return {
      frame,
      ns,
      from: side === this.clientSide ? 'client' : 'server',
      flags: FLAG_NAMES.filter(([bit]) => (seg.flags & bit) !== 0).map(([, name]) => name),
      seq: this.relative(seg.seq, me),
      ack: (seg.flags & ACK) === 0 ? undefined : this.relative(seg.ack, c.side(1 - side)),
      length: seg.payloadLen,
      ...this.states(record),
      kind: kindOf(seg, isProbe || isAnswer, notes, resets > ((seg.flags & RST) !== 0 ? 1 : 0)),
      notes,
      shows,
    }
  }

  /** The packet of an ICMP error that quotes the connection. */
  icmp(
    record: number,
    text: string,
    frame: number,
    ns: number,
    shows: string | undefined,
  ): LadderPacket {
    return {
      frame,
      ns,
      from: 'network',
      flags: ['ICMP'],
      seq: 0,
      ack: undefined,
      length: 0,
      ...this.states(record),
      kind: 'other',
      notes: [text],
      shows,
    }
  }

  /** A sequence number of `sender` from its first one on; undefined for one that is not shown. */
  private relative(number: number, sender: Side): number | undefined {
    const relative = seqDistance(number, sender.isn) >>> 0
    return this.isAnonymous && !isCredibleSequence(relative) ? undefined : relative
  }

  private grown(n: number, side: Side): Readonly<Record<Counter, boolean>> {
    const before = this.counts[n as 0 | 1]
    const now: Counts = {
      sentAgain: side.retransmissions,
      copies: side.duplicates,
      probes: side.probes,
      windowProbes: side.windowProbes,
    }
    this.counts[n as 0 | 1] = now
    return {
      sentAgain: now.sentAgain > before.sentAgain,
      copies: now.copies > before.copies,
      probes: now.probes > before.probes,
      windowProbes: now.windowProbes > before.windowProbes,
    }
  }

  private states(
    record: number,
  ): Pick<LadderPacket, 'clientState' | 'serverState' | 'isStateChange'> {
    const c = this.table.at(record)
    const clientState = STATE_NAMES[c.side(this.clientSide).state] ?? ''
    const serverState = STATE_NAMES[c.side(1 - this.clientSide).state] ?? ''
    const isStateChange = clientState !== this.clientState || serverState !== this.serverState
    this.clientState = clientState
    this.serverState = serverState
    return { clientState, serverState, isStateChange }
  }
}

/** Neither opens nor closes anything. */
function isBare(seg: Segment): boolean {
  return (seg.flags & (SYN | FIN | RST)) === 0
}

/** `isAfterReset`: a reset had passed before. */
function kindOf(
  seg: Segment,
  isProbing: boolean,
  notes: readonly string[],
  isAfterReset: boolean,
): LadderKind {
  if (isProbing) return 'probe'
  if (isAfterReset && (isBare(seg) || (seg.flags & RST) !== 0)) return 'storm'
  if (notes.length === 1 && notes[0] === SENT_AGAIN) return 'series'
  const isPlain = isBare(seg) && notes.every((note) => note === SENT_AGAIN)
  return isPlain ? 'plain' : 'other'
}

function notesOf(
  seg: Segment,
  grown: Readonly<Record<Counter, boolean>>,
  isAnswer: boolean,
): string[] {
  const notes: string[] = []
  if (grown.copies) notes.push(CAPTURED_TWICE)
  if (grown.probes) notes.push('keepalive probe')
  else if (grown.windowProbes) notes.push('window probe')
  else if (grown.sentAgain) notes.push(SENT_AGAIN)
  if (isAnswer) notes.push('answers the probe')
  if (seg.malformed) notes.push('malformed')
  if (seg.window === 0 && (seg.flags & (SYN | RST)) === 0) notes.push('window 0')
  return notes
}
