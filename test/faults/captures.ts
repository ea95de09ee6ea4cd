// Captures that are large, or take long, without costing much to make.

import { closeSync, openSync, truncateSync, writeFileSync, writeSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { PcapngBuilder, buildPcap } from '../support/capture-builder.js'
import { raw, repeated, skippable, zstdFrame } from '../support/frames.js'
import { scenarioFrames } from '../support/scenario.js'

const REFUSED = '0.000 > S 0:0(0)\n0.001 < R. 0:0(0) ack 1 win 0 nots'
const PCAP_HEADER_BYTES = 24
const RECORD_HEADER_BYTES = 16
/** Where the ports stand in an Ethernet frame with IPv4 and TCP. */
const SOURCE_PORT = 34
const DESTINATION_PORT = 36

/** A capture of one refused connection. */
export const ONE: Uint8Array = buildPcap(scenarioFrames(REFUSED))

/** A capture of so many refused connections, up to 64,000. */
export function manyRefused(count: number): Uint8Array {
  const body = ONE.subarray(PCAP_HEADER_BYTES)
  const reset = RECORD_HEADER_BYTES + new DataView(body.buffer, body.byteOffset).getUint32(8, true)
  const out = new Uint8Array(PCAP_HEADER_BYTES + count * body.length)
  out.set(ONE.subarray(0, PCAP_HEADER_BYTES))
  const view = new DataView(out.buffer)
  for (let i = 0, at = PCAP_HEADER_BYTES; i < count; i++, at += body.length) {
    out.set(body, at)
    view.setUint16(at + RECORD_HEADER_BYTES + SOURCE_PORT, 1024 + i)
    view.setUint16(at + reset + RECORD_HEADER_BYTES + DESTINATION_PORT, 1024 + i)
  }
  return out
}

/** Behind one connection nothing but zeros, which are empty records: gigabytes of them in no space at all. */
export function writeEndless(path: string, bytes = 8e9): string {
  writeFileSync(path, ONE)
  truncateSync(path, ONE.length + Math.floor(bytes / RECORD_HEADER_BYTES) * RECORD_HEADER_BYTES)
  return path
}

/** A pcapng of a hundred blocks of 4 GB that nobody reads, in no space at all, and no time among them. */
export function writeTimeless(path: string): void {
  const header = new PcapngBuilder().section().interface().take()
  const blockBytes = 0xffff_fff0
  const start = Buffer.alloc(8)
  start.writeUInt32LE(0x7777_7777, 0)
  start.writeUInt32LE(blockBytes, 4)
  const file = openSync(path, 'w')
  writeSync(file, header)
  for (let n = 0; n < 100; n++) {
    const at = header.length + n * blockBytes
    writeSync(file, start, 0, start.length, at)
    writeSync(file, start, 4, 4, at + blockBytes - 4)
  }
  closeSync(file)
}

const GZIP_MEMBERS = 100
const MEMBER_BYTES = 1 << 26

/** Packets of {@link writeEndlessGzip}. */
export const ENDLESS_GZIP_PACKETS: number = 2 + (GZIP_MEMBERS * MEMBER_BYTES) / RECORD_HEADER_BYTES

/** The same as gzip, thirty megabytes that are long to inflate. Returns the length of its first member. */
export function writeEndlessGzip(path: string): number {
  const first = gzipSync(ONE)
  const zeros = gzipSync(new Uint8Array(MEMBER_BYTES), { level: 1 })
  writeFileSync(path, Buffer.concat([first, ...Array.from({ length: GZIP_MEMBERS }, () => zeros)]))
  return first.length
}

const BLOCK_BYTES = 1 << 17

/** Packets of {@link writeEndlessZstd}. */
export const ENDLESS_ZSTD_PACKETS: number = 2 + (50_000 * BLOCK_BYTES) / RECORD_HEADER_BYTES

/**
 * The same as zstd: 6.5 GB in 200 KB, because a block of four bytes becomes 128 KiB. A megabyte that is stepped over is in
 * front of it, so that all of the rest is read at once.
 */
export function writeEndlessZstd(path: string): void {
  const zeros = Array.from({ length: 50_000 }, () => repeated(0, BLOCK_BYTES))
  const frame = zstdFrame([raw(ONE), ...zeros], { window: 7 << 3 })
  writeFileSync(path, Buffer.concat([skippable(new Uint8Array(1 << 20)), frame]))
}
