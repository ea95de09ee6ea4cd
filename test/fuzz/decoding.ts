// The decoders on each record of an input: the straight path against the general one, which gets the frame alone in its
// memory, so that a read outside of it throws.

import type { RecordHandler } from '../../src/capture/record.js'
import { ICMP_ERROR, SEGMENT } from '../../src/wire/decode-status.js'
import { Decoder } from '../../src/wire/decode.js'
import type { Segment } from '../../src/wire/segment.js'
import { expectThat } from './broken.js'

/** Decodes every record on both paths, and expects the same of them. */
export class DecodingCheck implements RecordHandler {
  readonly #usual = new Decoder()
  readonly #general = new Decoder()

  onRecord(
    view: DataView,
    start: number,
    end: number,
    origlen: number,
    linktype: number,
    timeNs: number,
  ): void {
    const alone = new Uint8Array(view.buffer.slice(start, end))
    const own = new DataView(alone.buffer)
    const [usual, general] = [this.#usual, this.#general]
    const status = usual.decode(view, start, end, origlen, linktype, timeNs)
    const again = general.decodeLayers(own, 0, alone.length, origlen, linktype, timeNs)
    expectThat(status === again, 'both paths of the decoder agree', `${status} and ${again}`)
    if (status === SEGMENT) {
      const shift = usual.segmentView === view ? start : 0
      expectSame(usual.segment, general.segment, shift)
      expectThat(
        usual.encapsulations.text(usual.segment.encapsulation) ===
          general.encapsulations.text(general.segment.encapsulation),
        'both paths of the decoder agree',
        'encapsulation',
      )
      expectThat(
        usual.segment.tcpStart >= shift && usual.segment.optionsEnd <= usual.segmentView.byteLength,
        'a segment lies in its frame',
        `${usual.segment.tcpStart} to ${usual.segment.optionsEnd}`,
      )
    } else if (status === ICMP_ERROR) {
      const shift = usual.segmentView === view ? start : 0
      expectSame(usual.quoted, general.quoted, shift)
    }
  }
}

function expectSame(one: Segment, other: Segment, shift: number): void {
  for (const key of Object.keys(one) as (keyof Segment)[]) {
    const isPlace = key === 'tcpStart' || key === 'optionsEnd' || key === 'capturedEnd'
    // What an ICMP error quotes has no captured payload, and no end of it.
    const value = isPlace && one[key] !== 0 ? (one[key] as number) - shift : one[key]
    if (value !== other[key]) {
      expectThat(false, 'both paths of the decoder agree', `${key}: ${value} and ${other[key]}`)
    }
  }
}
