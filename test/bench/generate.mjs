#!/usr/bin/env node
// Writes captures of made-up traffic for the benchmark. The same seed gives the same bytes on every machine.
//
//   generate.mjs PROFILE FILE [--mb N] [--seed N] [--ipv6] [--vlan] [--nanos] [--pcapng]
//
// churn     short connections of 92-byte packets on average, many endings a second: the cost of a connection
// mix       longer connections with 446-byte packets: the usual case
// bulk      64 flows of full segments: the cost of an byte
// synflood  SYNs from ever new addresses, none answered: the bounds of the table
import { closeSync, openSync, writeSync } from 'node:fs'
import { parseArgs } from 'node:util'

const FIN = 1
const SYN = 2
const RST = 4
const PSH = 8
const ACK = 16
const CHUNK_BYTES = 4 << 20
const MAX_FRAME_BYTES = 1600
const LINKTYPE_ETHERNET = 1

/** Marsaglia's xorshift32: small, fast, the same everywhere. */
function randomSource(seed) {
  let x = seed | 0 || 1
  return () => {
    x ^= x << 13
    x ^= x >>> 17
    x ^= x << 5
    return (x >>> 0) / 0x1_0000_0000
  }
}

/** Writes Ethernet/IP/TCP frames as records of a pcap, or blocks of a pcapng. */
class CaptureWriter {
  bytes = 0
  packets = 0
  #fd
  #chunk = Buffer.alloc(CHUNK_BYTES)
  #at = 0
  #us = 0
  #seconds = 1_700_000_000
  #form

  /** `form`: which of ipv6, vlan, nanos and pcapng are wanted. */
  constructor(path, form) {
    this.#fd = openSync(path, 'w')
    this.#form = form
    const header = this.#chunk
    if (form.pcapng) {
      // Section header, then an interface with times in µs.
      header.write('0a0d0d0a1c0000004d3c2b1a01000000ffffffffffffffff1c000000', 0, 'hex')
      header.write('0100000014000000010000000000040014000000', 28, 'hex')
      this.#at = 48
      return
    }
    header.writeUInt32LE(form.nanos ? 0xa1b23c4d : 0xa1b2c3d4, 0)
    header.writeUInt16LE(2, 4)
    header.writeUInt16LE(4, 6)
    header.writeUInt32LE(65_535, 16)
    header.writeUInt32LE(LINKTYPE_ETHERNET, 20)
    this.#at = 24
  }

  /** Lets `us` microseconds pass. */
  wait(us) {
    this.#us += us
    while (this.#us >= 1_000_000) {
      this.#us -= 1_000_000
      this.#seconds++
    }
  }

  segment(from, to, seq, ack, flags, window, payloadBytes, ipId) {
    if (this.#at + MAX_FRAME_BYTES > CHUNK_BYTES) this.#flush()
    const out = this.#chunk
    const optionBytes =
      (flags & SYN) !== 0 ? 20 : (flags & RST) !== 0 && (flags & ACK) === 0 ? 0 : 12
    const tcpBytes = 20 + optionBytes + payloadBytes
    const { ipv6, vlan } = this.#form
    const ipBytes = ipv6 ? 40 : 20
    const linkBytes = vlan ? 18 : 14
    const frameBytes = linkBytes + ipBytes + tcpBytes
    let at = this.#openRecord(frameBytes)
    const frame = at
    out.fill(0, at, at + frameBytes - payloadBytes)
    if (vlan) out.writeUInt32BE(0x8100_0005, at + 12)
    out.writeUInt16BE(ipv6 ? 0x86dd : 0x0800, at + linkBytes - 2)
    at += linkBytes
    if (ipv6) this.#writeIpv6(at, tcpBytes, from.ip, to.ip)
    else this.#writeIpv4(at, tcpBytes, from.ip, to.ip, ipId)
    at += ipBytes
    out.writeUInt16BE(from.port, at)
    out.writeUInt16BE(to.port, at + 2)
    out.writeUInt32BE(seq >>> 0, at + 4)
    out.writeUInt32BE(ack >>> 0, at + 8)
    out[at + 12] = (20 + optionBytes) << 2
    out[at + 13] = flags
    out.writeUInt16BE(window, at + 14)
    if ((flags & SYN) !== 0) {
      // MSS 1460, SACK permitted, timestamps, window scale 7: the options of Linux.
      out.write('020405b40402080a0000000000000000010303', at + 20, 'hex')
      out[at + 39] = 7
    } else if (optionBytes > 0) {
      out.writeUInt32BE(0x0101080a, at + 20)
    }
    this.packets++
    const before = this.#at
    this.#at = this.#closeRecord(frame, frameBytes)
    this.bytes += this.#at - before
  }

  /** Writes what stands before a frame, and returns where the frame goes. */
  #openRecord(frameBytes) {
    const out = this.#chunk
    const at = this.#at
    const us = Math.floor(this.#us)
    if (!this.#form.pcapng) {
      out.writeUInt32LE(this.#seconds, at)
      out.writeUInt32LE(this.#form.nanos ? us * 1000 : us, at + 4)
      out.writeUInt32LE(frameBytes, at + 8)
      out.writeUInt32LE(frameBytes, at + 12)
      return at + 16
    }
    const ticks = this.#seconds * 1e6 + us
    out.writeUInt32LE(6, at)
    out.writeUInt32LE(32 + ((frameBytes + 3) & ~3), at + 4)
    out.writeUInt32LE(0, at + 8)
    out.writeUInt32LE(Math.floor(ticks / 0x1_0000_0000), at + 12)
    out.writeUInt32LE(ticks % 0x1_0000_0000, at + 16)
    out.writeUInt32LE(frameBytes, at + 20)
    out.writeUInt32LE(frameBytes, at + 24)
    return at + 28
  }

  /** Writes what stands behind a frame, and returns where the next record goes. */
  #closeRecord(frame, frameBytes) {
    if (!this.#form.pcapng) return frame + frameBytes
    const end = frame + ((frameBytes + 3) & ~3)
    this.#chunk.fill(0, frame + frameBytes, end)
    this.#chunk.writeUInt32LE(end - frame + 32, end)
    return end + 4
  }

  close() {
    this.#flush()
    closeSync(this.#fd)
  }

  #writeIpv4(at, tcpBytes, from, to, ipId) {
    const out = this.#chunk
    out[at] = 0x45
    out.writeUInt16BE(20 + tcpBytes, at + 2)
    out.writeUInt16BE(ipId & 0xffff, at + 4)
    out[at + 6] = 0x40
    out[at + 8] = 64
    out[at + 9] = 6
    out.writeUInt32BE(from >>> 0, at + 12)
    out.writeUInt32BE(to >>> 0, at + 16)
  }

  #writeIpv6(at, tcpBytes, from, to) {
    const out = this.#chunk
    out[at] = 0x60
    out.writeUInt16BE(tcpBytes, at + 4)
    out[at + 6] = 6
    out[at + 7] = 64
    out.writeUInt32BE(0x20010db8, at + 8)
    out.writeUInt32BE(from >>> 0, at + 20)
    out.writeUInt32BE(0x20010db8, at + 24)
    out.writeUInt32BE(to >>> 0, at + 36)
  }

  #flush() {
    let from = 0
    while (from < this.#at) from += writeSync(this.#fd, this.#chunk, from, this.#at - from)
    this.#at = 0
  }
}

/** One connection that knows its next packet. */
class Connection {
  #writer
  #client
  #server
  #seq = [0, 0]
  #id = [1, 1]
  #step = 0
  #script

  constructor(writer, random, client, server, script) {
    this.#writer = writer
    this.#client = client
    this.#server = server
    this.#script = script
    this.#seq = [(random() * 0x1_0000_0000) | 0, (random() * 0x1_0000_0000) | 0]
    this.#id = [(random() * 0xffff) | 0, (random() * 0xffff) | 0]
  }

  /** Sends the next packet; false when that was the last. */
  send() {
    const [side, flags, payloadBytes] = this.#script[this.#step++]
    const from = side === 0 ? this.#client : this.#server
    const to = side === 0 ? this.#server : this.#client
    const ack = (flags & ACK) === 0 ? 0 : this.#seq[1 - side]
    const stateless = (flags & RST) !== 0 && (flags & ACK) === 0
    const id = stateless || (flags & SYN) !== 0 ? 0 : ++this.#id[side]
    this.#writer.segment(
      from,
      to,
      this.#seq[side],
      ack,
      flags,
      stateless ? 0 : 502,
      payloadBytes,
      id,
    )
    const control = (flags & SYN) !== 0 || (flags & FIN) !== 0 ? 1 : 0
    this.#seq[side] = (this.#seq[side] + payloadBytes + control) | 0
    return this.#step < this.#script.length
  }
}

const OPENING = [
  [0, SYN, 0],
  [1, SYN | ACK, 0],
  [0, ACK, 0],
]
const CLOSE_BY_SERVER = [
  [1, FIN | ACK, 0],
  [0, FIN | ACK, 0],
  [1, ACK, 0],
]
const CLOSE_BY_CLIENT = [
  [0, FIN | ACK, 0],
  [1, FIN | ACK, 0],
  [0, ACK, 0],
]
const RESET_UNREAD = [
  [0, PSH | ACK, 40],
  [1, ACK, 0],
  [1, RST | ACK, 0],
]
const WRITE_AFTER_CLOSE = [
  [1, FIN | ACK, 0],
  [0, ACK, 0],
  [0, PSH | ACK, 40],
  [1, RST, 0],
]

function pickEnding(random) {
  const x = random()
  if (x < 0.45) return CLOSE_BY_CLIENT
  if (x < 0.85) return CLOSE_BY_SERVER
  return x < 0.95 ? RESET_UNREAD : WRITE_AFTER_CLOSE
}

function churnScript(random) {
  const request = 20 + Math.floor(random() * 60)
  const response = 40 + Math.floor(random() * 120)
  const body = [
    [0, PSH | ACK, request],
    [1, ACK, 0],
    [1, PSH | ACK, response],
  ]
  if (random() < 0.5) body.pop()
  return [...OPENING, ...body, ...pickEnding(random)]
}

function mixScript(random) {
  const body = []
  const rounds = 5 + Math.floor(random() * 30)
  for (let i = 0; i < rounds; i++) {
    body.push(
      [0, PSH | ACK, 100 + Math.floor(random() * 400)],
      [1, ACK | PSH, 200 + Math.floor(random() * 1200)],
    )
    body.push([0, ACK, 0])
  }
  return [...OPENING, ...body, ...pickEnding(random)]
}

/** Endless transfer: the script is sent again from its third packet on. */
function bulkScript() {
  const body = []
  for (let i = 0; i < 60_000; i++) body.push([1, ACK, 1448], [1, ACK, 1448], [0, ACK, 0])
  return [...OPENING, ...body, ...CLOSE_BY_SERVER]
}

const PROFILES = {
  churn: { live: 2000, gapUs: 10, script: churnScript },
  mix: { live: 2000, gapUs: 10, script: mixScript },
  bulk: { live: 64, gapUs: 2, script: bulkScript },
}

function addresses(random, index) {
  return {
    client: {
      ip: 0x0a000000 + (index % 60_000),
      port: 1024 + ((Math.floor(index / 60_000) * 977 + index) % 60_000),
    },
    server: { ip: 0xc0a80000 + Math.floor(random() * 250), port: 443 },
  }
}

function generate(profile, path, bytes, seed, form) {
  const random = randomSource(seed)
  const writer = new CaptureWriter(path, form)
  if (profile === 'synflood') {
    while (writer.bytes < bytes) {
      writer.wait(1)
      const from = {
        ip: (random() * 0x1_0000_0000) | 0,
        port: 1024 + Math.floor(random() * 60_000),
      }
      writer.segment(
        from,
        { ip: 0xc0a80001, port: 443 },
        (random() * 0x1_0000_0000) | 0,
        0,
        SYN,
        64_240,
        0,
        0,
      )
    }
  } else {
    const { live, gapUs, script } = PROFILES[profile]
    let made = 0
    function open() {
      const { client, server } = addresses(random, made++)
      return new Connection(writer, random, client, server, script(random))
    }
    const slots = Array.from({ length: live }, open)
    while (writer.bytes < bytes) {
      writer.wait(gapUs * 2 * random())
      const slot = Math.floor(random() * live)
      if (!slots[slot].send()) slots[slot] = open()
    }
  }
  writer.close()
  return writer
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    mb: { type: 'string', default: '100' },
    seed: { type: 'string', default: '1' },
    ipv6: { type: 'boolean', default: false },
    vlan: { type: 'boolean', default: false },
    nanos: { type: 'boolean', default: false },
    pcapng: { type: 'boolean', default: false },
  },
})
const [profile, path] = positionals
if (path === undefined || (profile !== 'synflood' && PROFILES[profile] === undefined)) {
  process.stderr.write(
    'usage: generate.mjs churn|mix|bulk|synflood FILE [--mb N] [--seed N] [--ipv6] [--vlan] [--nanos] [--pcapng]\n',
  )
  process.exit(2)
}
const { packets, bytes } = generate(
  profile,
  path,
  Number(values.mb) * 1e6,
  Number(values.seed),
  values,
)
process.stdout.write(`${path}: ${profile}, ${packets} packets, ${bytes + 24} bytes\n`)
