// Findings about resets.

import { count, duration } from '../../base/text.js'
import {
  IGNORED_ACK,
  IGNORED_AHEAD,
  IGNORED_BEHIND,
  IGNORED_BEYOND,
  IGNORED_NO_ACK,
} from '../../tcp/record/bits.js'
import { between } from '../packet-ref.js'
import { The, distance, packet, the } from '../phrases.js'
import type { SideEvidence } from '../side-evidence.js'
import type { FindingRow } from './row.js'

/** A loop of segments and resets, no handful of stragglers. */
const STORM_RESETS = 10
/** Window numbers by which Citrix ADC says why it resets. */
const CITRIX_LOW = 8190
const CITRIX_HIGH = 9999
/** The window that programs set which make up their packets. */
const COMMON_WINDOW = 8192

/** Their rows. */
export const RESETS: readonly FindingRow[] = [
  {
    code: 'rst_ignored',
    isRare: true,
    meaning:
      'RSTs passed that their receiver does not take; their sender has no such connection any more all the same.',
    weight: 9,
    saidBy: ['unanswered', 'synack_unanswered'],
    find: (e, s, add) => {
      for (const side of [e.client, e.server]) {
        const ignored = side.ignoredCount - (s.resetter === side && !side.rst.exact ? 1 : 0)
        // A closed socket answers everything that comes, each with the number that it acknowledges.
        const isUsual = s.resetter === side && side.fin.seen && side.ignoredWhy === IGNORED_BEHIND
        if (ignored <= 0 || isUsual) continue
        add(
          side.ignored,
          `${count(ignored, 'RST')} of ${the(e, side)} (${ignored === 1 ? '' : 'first '}${packet(side.ignored)}) ${ignored === 1 ? 'was' : 'were'} not taken: ${whyIgnored(side)}.`,
          { side, count: ignored },
        )
      }
    },
  },
  {
    code: 'rst_talked_over',
    isRare: true,
    meaning:
      'A RST with the right numbers passed, and both sides went on as if it had not: it never arrived, or was not meant.',
    weight: 8,
    find: (e, s, add) => {
      for (const [side, other] of [
        [e.client, e.server],
        [e.server, e.client],
      ] as const) {
        if (!side.rst.exact || s.resetter === side || side.aliveCount === 0) continue
        if (other.carryOnCount === 0 || side.rst.answersSyn) continue
        add(
          side.rst.at,
          `A RST of ${the(e, side)} (${packet(side.rst.at)}) had the right numbers and changed nothing: both sides went on.`,
          { side },
        )
      }
    },
  },
  {
    code: 'rst_storm',
    isRare: true,
    meaning: 'Segments and resets answer each other again and again.',
    weight: 8,
    find: (e, _s, add) => {
      for (const side of [e.client, e.server]) {
        if (side.rstCount < STORM_RESETS) continue
        const first =
          side.ignored.seen && (!side.rst.at.seen || side.ignored.frame < side.rst.at.frame)
            ? side.ignored
            : side.rst.at
        const spanNs = between(first, side.rst.last)
        // Those of the connection before on these ports are no storm of this one.
        if (Number.isNaN(spanNs)) continue
        add(
          first,
          `${The(e, side)} sent ${count(side.rstCount, 'RST')} within ${duration(spanNs)}, one for each segment that came.`,
          { side, count: side.rstCount, spanNs },
        )
      }
    },
  },
  {
    code: 'challenge_acks',
    isRare: true,
    meaning: 'ACKs that ask whether a reset or SYN was meant (RFC 5961).',
    weight: 3,
    saidBy: ['old_connection'],
    find: (e, _s, add) => {
      for (const side of [e.client, e.server]) {
        if (side.challenges === 0) continue
        add(
          side.challenge,
          `${The(e, side)} answered with ${count(side.challenges, 'challenge ACK')} (${side.challenges === 1 ? '' : 'first '}${packet(side.challenge)}).`,
          { side, count: side.challenges },
        )
      }
    },
  },
  {
    code: 'reset_code',
    isRare: true,
    meaning: 'The RST carries a reason of its vendor.',
    weight: 4,
    find: (e, _s, add) => {
      for (const side of [e.client, e.server]) {
        if (!side.rst.at.seen) continue
        if (side.rstLen > 0) {
          add(
            side.rst.at,
            `The RST (${packet(side.rst.at)}) carries ${count(side.rstLen, 'byte')} of text, as F5 BIG-IP and others give their reason: look at it in Wireshark.`,
            { side, bytes: side.rstLen },
          )
        } else if (
          !side.rst.hasAck &&
          side.rstWindow >= CITRIX_LOW &&
          side.rstWindow <= CITRIX_HIGH &&
          side.rstWindow !== COMMON_WINDOW &&
          side.rstWindow !== side.window
        ) {
          add(
            side.rst.at,
            `The bare RST (${packet(side.rst.at)}) has window ${side.rstWindow}: Citrix ADC (NetScaler) gives its reason by such a number.`,
            { side, count: side.rstWindow },
          )
        }
      }
    },
  },
]

function whyIgnored(side: SideEvidence): string {
  const by = side.ignoredBy
  switch (side.ignoredWhy) {
    case IGNORED_AHEAD:
      return `${by === 1 ? 'its' : 'the'} sequence number lies ${distance(by)} ahead of what was expected`
    case IGNORED_BEYOND:
      return `the sequence number lies far ahead of the window`
    case IGNORED_BEHIND:
      return `the sequence number lies ${distance(by)} behind what was expected`
    case IGNORED_ACK:
      return `it acknowledges ${distance(Math.abs(by))} too ${by < 0 ? 'few' : 'many'}`
    case IGNORED_NO_ACK:
      return 'it acknowledges nothing'
    default:
      return 'its numbers do not fit'
  }
}
