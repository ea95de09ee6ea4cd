// Findings about what was sent again.

import { count, times } from '../../base/text.js'
import { SIDE_DATA } from '../../tcp/record/bits.js'
import { between } from '../packet-ref.js'
import { The, packet, the } from '../phrases.js'
import type { FindingRow } from './row.js'

const PAYLOAD_REPEATS = 2

/** Their rows. */
export const REPEATS: readonly FindingRow[] = [
  {
    code: 'syn_repeated',
    isRare: true,
    meaning: 'The SYN was sent again.',
    weight: 4,
    saidBy: ['unanswered', 'old_connection'],
    find: (e, _s, add) => {
      const { client } = e
      if (client.synRepeats === 0) return
      add(e.start, `The SYN was sent again ${times(client.synRepeats)}.`, {
        side: client,
        count: client.synRepeats,
      })
    },
  },
  {
    code: 'syn_ack_repeated',
    isRare: true,
    meaning: 'The SYN-ACK was sent again after the client had acknowledged it.',
    weight: 4,
    saidBy: ['accept_overflow', 'synack_unanswered'],
    find: (e, _s, add) => {
      const { server } = e
      if (server.synAckRepeats === 0) return
      add(
        e.handshake.seen ? e.handshake : e.start,
        `The server sent its SYN-ACK again ${times(server.synAckRepeats)} after the client's ACK.`,
        { side: server, count: server.synAckRepeats },
      )
    },
  },
  {
    code: 'payload_repeated',
    isRare: true,
    meaning: 'The same payload was sent again without an acknowledgment.',
    weight: 5,
    saidBy: ['data', 'data_unanswered', 'accept_overflow'],
    find: (e, _s, add) => {
      for (const side of [e.client, e.server]) {
        if (side.longestSeries < PAYLOAD_REPEATS || side.seriesKind === 0 || !side.has(SIDE_DATA))
          continue
        if (!side.seriesLast.seen || side.fin.seen) continue
        add(
          side.seriesLast,
          `${The(e, side)} sent the same payload again ${times(side.seriesCount)} without an acknowledgment (last ${packet(side.seriesLast)}).`,
          {
            side,
            count: side.seriesCount,
            spanNs: Math.max(0, side.seriesLast.ns - side.seriesSentNs),
          },
        )
      }
    },
  },
  {
    code: 'paws',
    isRare: true,
    meaning: 'Repeated segments were refused at once: their timestamps run back (RFC 7323 §5).',
    weight: 9,
    find: (e, _s, add) => {
      for (const side of [e.client, e.server]) {
        if (side.pawsCount === 0) continue
        add(
          side.paws,
          `${count(side.pawsCount, 'repeated segment')} of ${the(e, side)} ${side.pawsCount === 1 ? 'was' : 'were'} refused by a duplicate ACK at once (first ${packet(side.paws)}): ` +
            `the timestamps run back, as behind a NAT with several hosts (PAWS).`,
          { side, count: side.pawsCount },
        )
      }
    },
  },
  {
    code: 'fin_repeated',
    meaning: 'A FIN was sent again.',
    weight: 5,
    saidBy: ['fin', 'fin_unanswered'],
    find: (e, s, add) => {
      for (const side of [e.client, e.server]) {
        if (side.finCount < 2) continue
        add(
          side.finLast,
          `${The(e, side)} sent its FIN ${times(side.finCount)} (last ${packet(side.finLast)})${side.finAcked.seen || s.oneDirection ? '' : ', never acknowledged'}.`,
          { side, count: side.finCount, spanNs: between(side.fin, side.finLast) },
        )
      }
    },
  },
  {
    code: 'probes_lost',
    isRare: true,
    meaning: 'Keepalive probes went without an answer while others were answered.',
    weight: 5,
    find: (e, _s, add) => {
      for (const side of [e.client, e.server]) {
        if (side.probesLost === 0) continue
        add(
          side.probeLast,
          `${count(side.probesLost, 'keepalive probe')} of ${the(e, side)} had no answer, though later ones had: a device on the path may have to wake up first, or they were lost.`,
          { side, count: side.probesLost },
        )
      }
    },
  },
]
