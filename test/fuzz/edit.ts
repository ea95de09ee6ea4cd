// Small changes of bytes and of records, that keep lengths right where a mutation does not mean them.

import type { FramePlace, Layout, Unit } from './layout.js'

/** Bytes with `[start, end)` replaced. */
export function replaced(
  bytes: Uint8Array,
  start: number,
  end: number,
  by: Uint8Array,
): Uint8Array {
  const out = new Uint8Array(bytes.length - (end - start) + by.length)
  out.set(bytes.subarray(0, start))
  out.set(by, start)
  out.set(bytes.subarray(end), start + by.length)
  return out
}

/** Bytes of a header, record or block. */
export function unitBytes(bytes: Uint8Array, unit: Unit): Uint8Array {
  return bytes.subarray(unit.start, unit.end)
}

/** Sets a number of 2 or 4 bytes, in place. */
export function setNumber(
  bytes: Uint8Array,
  at: number,
  size: 2 | 4,
  value: number,
  littleEndian: boolean,
): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (at + size > bytes.length) return
  if (size === 2) view.setUint16(at, value, littleEndian)
  else view.setUint32(at, value, littleEndian)
}

/** Reads a number of 2 or 4 bytes, 0 where there are none. */
export function getNumber(
  bytes: Uint8Array,
  at: number,
  size: 2 | 4,
  littleEndian: boolean,
): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (at + size > bytes.length) return 0
  return size === 2 ? view.getUint16(at, littleEndian) : view.getUint32(at, littleEndian)
}

/** A capture with another frame in place of one; its record or block says the new lengths, its options are dropped. */
export function withFrame(
  bytes: Uint8Array,
  layout: Layout,
  place: FramePlace,
  frame: Uint8Array,
): Uint8Array {
  const { littleEndian, format } = layout
  const { unit } = place
  const padding = format === 'pcapng' ? (4 - (frame.length % 4)) % 4 : 0
  const trailer = format === 'pcapng' ? 4 : 0
  const head = place.start - unit.start
  const out = new Uint8Array(head + frame.length + padding + trailer)
  out.set(bytes.subarray(unit.start, place.start))
  out.set(frame, head)
  setNumber(out, place.caplenAt - unit.start, 4, frame.length, littleEndian)
  setNumber(out, place.origlenAt - unit.start, 4, frame.length, littleEndian)
  if (format === 'pcapng') {
    setNumber(out, 4, 4, out.length, littleEndian)
    setNumber(out, out.length - 4, 4, out.length, littleEndian)
  }
  return replaced(bytes, unit.start, unit.end, out)
}

/** A pcapng block of a type, in a byte order. */
export function block(type: number, body: Uint8Array, littleEndian: boolean): Uint8Array {
  const out = new Uint8Array(12 + Math.ceil(body.length / 4) * 4)
  out.set(body, 8)
  setNumber(out, 0, 4, type, littleEndian)
  setNumber(out, 4, 4, out.length, littleEndian)
  setNumber(out, out.length - 4, 4, out.length, littleEndian)
  return out
}
