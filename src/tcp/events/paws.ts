// Segments that their receiver refuses as older than what it has got, by their timestamps (PAWS, RFC 7323 §5): it answers each
// with a duplicate ACK at once, and what is repeated never arrives. A NAT in front of several hosts makes timestamps run back.

import { ACK, type Segment } from '../../wire/segment.js'
import { type TcpOptions, readTcpOptions } from '../../wire/tcp/options.js'
import { SERIES_DATA } from '../record/bits.js'
import { seqAfter } from '../seq.js'
import type { TrackedConnection } from '../tracked.js'

/** A segment of side `n`, when retransmissions may be running. `options` is filled with its TCP options. */
export function observePaws(
  c: TrackedConnection,
  n: number,
  seg: Segment,
  view: DataView,
  frame: number,
  timeNs: number,
  options: TcpOptions,
): void {
  const me = c.side(n)
  const peer = c.side(1 - n)
  if (seg.payloadLen > 0) {
    if (me.seriesKind !== SERIES_DATA || me.seriesLastFrame !== frame) return
    readTcpOptions(view, seg.tcpStart + 20, seg.optionsEnd, options)
    me.seriesTsVal = options.tsVal
    return
  }
  const isRefusal =
    seg.flags === ACK &&
    peer.seriesKind === SERIES_DATA &&
    peer.seriesTsVal !== 0 &&
    peer.seriesLastFrame === peer.lastFrame &&
    seg.ack === me.acked
  if (!isRefusal) return
  readTcpOptions(view, seg.tcpStart + 20, seg.optionsEnd, options)
  if (!options.hasTimestamps || !seqAfter(options.tsEcr, peer.seriesTsVal)) return
  peer.pawsCount++
  if (peer.pawsFrame !== 0) return
  peer.pawsNs = timeNs
  peer.pawsFrame = frame
}
