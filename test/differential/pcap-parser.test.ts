// The whole analysis through an independent reader, the npm package pcap-parser. It reads classic µs pcap only, so
// every classic sample is written down in that form first, in both byte orders, and both readers get the same bytes.

import { readFileSync, readdirSync } from 'node:fs'
import { Readable } from 'node:stream'
import { expect, test } from 'vitest'
import { parse } from 'pcap-parser'
import { type Connection, PacketAnalyzer, analyzeCapture } from '../../src/index.js'
import { buildPcap } from '../support/capture-builder.js'
import { readClassicPcap } from './classic-pcap.js'

const SAMPLES = new URL('../../samples/', import.meta.url)

/** Bytes a chunk: small and odd, so that records are split. */
const CHUNK_BYTES = 1021

const samples = readdirSync(SAMPLES)
  .filter((name) => name.endsWith('.pcap'))
  .flatMap((name) => {
    const capture = readClassicPcap(readFileSync(new URL(name, SAMPLES)))
    return capture === undefined ? [] : [[name, capture] as const]
  })

function* chunksOf(bytes: Uint8Array): Generator<Buffer, void, undefined> {
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
    yield Buffer.from(bytes.subarray(at, at + CHUNK_BYTES))
  }
}

async function throughPcapParser(bytes: Uint8Array, linktype: number): Promise<Connection[]> {
  const connections: Connection[] = []
  const analyzer = new PacketAnalyzer({ onConnection: (c) => void connections.push(c) })
  const parser = parse(Readable.from(chunksOf(bytes)))
  parser.on('packet', ({ header, data }) => {
    const timeNs =
      BigInt(header.timestampSeconds) * 1_000_000_000n +
      BigInt(header.timestampMicroseconds) * 1000n
    analyzer.push({ bytes: data, timeNs, origlen: header.originalLength, linktype })
  })
  await new Promise((resolve, reject) => {
    parser.on('end', resolve)
    parser.on('error', reject)
  })
  analyzer.finish()
  return connections
}

async function throughOurReader(bytes: Uint8Array): Promise<Connection[]> {
  const connections: Connection[] = []
  for await (const c of analyzeCapture(Readable.from(chunksOf(bytes)))) connections.push(c)
  return connections
}

test('there are classic samples', () => {
  expect(samples.length).toBeGreaterThan(20)
})

test.each(
  samples.flatMap(([name, capture]) => [
    [`${name}, little-endian`, capture, true] as const,
    [`${name}, big-endian`, capture, false] as const,
  ]),
)('%s', async (_name, { linktype, snaplen, records }, littleEndian) => {
  const bytes = buildPcap(records, { format: 'pcap', linktype, snaplen, littleEndian })
  const expected = await throughPcapParser(bytes, linktype)
  expect(expected.length).toBeGreaterThan(0)
  expect(await throughOurReader(bytes)).toEqual(expected)
})
