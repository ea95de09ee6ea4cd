// Names and texts that would do something if a terminal, a spreadsheet or a browser took them for its own, and captures
// that carry them.

import { PcapngBuilder } from '../support/capture-builder.js'
import { scenarioFrames } from '../support/scenario.js'

/** Clears the screen, sets the title, turns the text, ends the line, hides, and looks like HTML. */
const DOINGS =
  '\u001b[2J\u001b]0;owned\u0007\u009b31m\u202e\u2066\u200b\ufeff\u00ad\u{e0041}\r\n\b\u007f\u2028<script>"\\'

/** A file name; a formula, and nothing that ends a path. */
export const NAME = `=1+1,${DOINGS}.pcapng`

/** A text in a capture, with a NUL and bytes that are no UTF-8 in it. */
export const TEXT: Uint8Array = new Uint8Array([
  ...new TextEncoder().encode(`=1+1 ${DOINGS}`),
  0xc3,
  0x28,
  0xff,
  0,
  ...new TextEncoder().encode('behind the NUL'),
])

/** {@link TEXT} as a reader has it: up to the NUL, with U+FFFD for what is no UTF-8. */
export const TEXT_READ = `=1+1 ${DOINGS}\ufffd(\ufffd`

const SECTION_HEADER = 0x0a0d0d0a
const INTERFACE = 1
const NAME_RESOLUTION = 4
const COMMENT = 1

/** A capture of two connections with {@link TEXT} in every place for text. */
export function hostileCapture(): Uint8Array {
  const capture = new PcapngBuilder()
  // Hardware, operating system and application; then name, description, filter, operating system and hardware.
  const section = capture.options([1, 2, 3, 4].map((code) => [code, TEXT]))
  const body = capture.body().u32(0x1a2b3c4d).u16(1).u16(0).u32(0xffffffff).u32(0xffffffff)
  capture.block(SECTION_HEADER, body.raw(section).take())
  const described = capture.options([COMMENT, 2, 3, 11, 12, 15].map((code) => [code, TEXT]))
  capture.block(INTERFACE, capture.body().u16(1).u16(0).u32(262_144).raw(described).take())
  const address = capture
    .body()
    .u16(1)
    .u16(TEXT.length + 4)
  const resolution = address
    .raw(new Uint8Array([10, 0, 0, 1]))
    .raw(TEXT)
    .pad()
    .u32(0)
  capture.block(NAME_RESOLUTION, resolution.take())
  for (const clientPort of [40_000, 40_001]) {
    const text = '0.000 > S 0:0(0)\n0.001 < R. 0:0(0) ack 1 win 0 nots'
    for (const frame of scenarioFrames(text, { clientPort })) {
      capture.packet(frame, [[COMMENT, TEXT]])
    }
  }
  return capture.take()
}

/** What of a text a terminal would not just show, line ends left out. */
export function unprintable(text: string): string[] {
  const found = text.match(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}]/gu) ?? []
  return found.filter((c) => c !== '\n').map((c) => `U+${c.codePointAt(0)?.toString(16)}`)
}
