// The connection table: the record of a segment's 4-tuple. As tcp/table.ts and base/hash-index.ts.

import {
  CONN_ADDR0,
  CONN_ADDR1,
  CONN_FLAGS,
  CONN_HASH,
  CONN_IPV6,
  CONN_KEY0,
  CONN_KEY1,
  CONN_PORTS,
  CONN_SIZE,
} from './layout'
import { int, setInt, word } from './memory'
import { hasFree, take } from './pool'
import * as seg from './segment'

/** Where the records lie. */
export let connections: usize = 0
/** Head of the list of free ones. */
let pool: usize = 0
let slots: usize = 0
/** Address of the number of entries there are. */
let size: usize = 0
/** Entries that the slots may have. */
let mostEntries: i32 = 0
/** Of an offset in bytes within the slots. */
let mask: u32 = 0
let seed: i32 = 0

/** Connections that may be followed at once. */
let mostConnections: i32 = 0

/** Side that sent the segment of the last `find` or `add`. */
export let side: i32 = 0
/** Hash of the last `find`, and the slot at which it ended. */
let hash: i32 = 0
let slot: u32 = 0

/** Tells where the records lie and which of them are free, and what the table was made with. */
export function placeConnections(at: usize, head: usize, most: i32, hashSeed: i32): void {
  connections = at
  pool = head
  mostConnections = most
  seed = hashSeed
}

/** Tells where the index lies, which moves when it grows: `count` slots, half of which may be taken. */
export function placeIndex(at: usize, count: i32, entries: usize): void {
  slots = at
  mask = (<u32>count << 3) - 1
  mostEntries = count >> 1
  size = entries
}

/** Address of the record of the segment in hand, 0 for none. */
export function find(): usize {
  hash = hashOf()
  for (slot = (<u32>hash << 3) & mask; true; slot = (slot + 8) & mask) {
    const entry = load<u64>(slots + slot)
    const place = <i32>entry
    if (place == 0) break
    if (<i32>(entry >> 32) != hash) continue
    const at = connections + <usize>(<u32>(place - 1) * CONN_SIZE)
    if (matches(at)) return at
  }
  return 0
}

/** Whether there is room for one more. */
export function hasRoom(): bool {
  const entries = load<i32>(size)
  return entries < mostEntries && entries < mostConnections && hasFree(pool)
}

/** Adds a record for the segment of the last `find`, which found none, with the segment's sender as side 0. */
export function add(): usize {
  const place = take(pool, connections, CONN_SIZE)
  const at = connections + <usize>(<u32>place * CONN_SIZE)
  setInt(at, CONN_KEY0, seg.src0)
  setInt(at, CONN_KEY1, seg.dst0)
  setInt(at, CONN_PORTS, (seg.srcPort << 16) | seg.dstPort)
  setInt(at, CONN_HASH, hash)
  setInt(at, CONN_ADDR0, seg.src0)
  setInt(at, CONN_ADDR1, seg.dst0)
  if (seg.isIpv6) {
    setInt(at, CONN_FLAGS, CONN_IPV6)
    for (let i = 1; i < 4; i++) {
      setInt(at, CONN_ADDR0 + i, word(seg.addresses + (<usize>i << 2)))
      setInt(at, CONN_ADDR1 + i, word(seg.addresses + 16 + (<usize>i << 2)))
    }
  }
  store<i32>(slots + slot, place + 1)
  store<i32>(slots + slot, hash, 4)
  store<i32>(size, load<i32>(size) + 1)
  side = 0
  return at
}

@inline
function matches(at: usize): bool {
  const ports = int(at, CONN_PORTS)
  const addr0 = int(at, CONN_KEY0)
  const addr1 = int(at, CONN_KEY1)
  if (ports == ((seg.srcPort << 16) | seg.dstPort) && addr0 == seg.src0 && addr1 == seg.dst0) {
    side = 0
  } else if (
    ports == ((seg.dstPort << 16) | seg.srcPort) &&
    addr0 == seg.dst0 &&
    addr1 == seg.src0
  ) {
    side = 1
  } else {
    return false
  }
  if (((int(at, CONN_FLAGS) & CONN_IPV6) != 0) != seg.isIpv6) return false
  return !seg.isIpv6 || matchesIpv6(at)
}

/** Looks at all of the addresses; both sides may have to be tried. */
function matchesIpv6(at: usize): bool {
  const ports = int(at, CONN_PORTS)
  if (
    ports == ((seg.srcPort << 16) | seg.dstPort) &&
    isAddress(at, CONN_ADDR0, seg.addresses) &&
    isAddress(at, CONN_ADDR1, seg.addresses + 16)
  ) {
    side = 0
    return true
  }
  side = 1
  return (
    ports == ((seg.dstPort << 16) | seg.srcPort) &&
    isAddress(at, CONN_ADDR0, seg.addresses + 16) &&
    isAddress(at, CONN_ADDR1, seg.addresses)
  )
}

function isAddress(at: usize, field: i32, address: usize): bool {
  return (
    int(at, field) == word(address) &&
    int(at, field + 1) == word(address + 4) &&
    int(at, field + 2) == word(address + 8) &&
    int(at, field + 3) == word(address + 12)
  )
}

/** What stands in the first slot for these addresses and ports: most likely their record plus one, 0 for none. */
@inline
export function guess(from: i32, to: i32, ports: i32): i32 {
  const first = (<u32>mixed(from, to, ports >>> 16, ports & 0xffff) << 3) & mask
  return load<i32>(slots + first)
}

@inline
function hashOf(): i32 {
  let a = seg.src0
  let b = seg.dst0
  if (seg.isIpv6) {
    a = folded(seg.addresses) ^ word(seg.addresses + 12)
    b = folded(seg.addresses + 16) ^ word(seg.addresses + 28)
  }
  return mixed(a, b, seg.srcPort, seg.dstPort)
}

@inline
function mixed(from: i32, to: i32, fromPort: i32, toPort: i32): i32 {
  let a = ((from ^ seed) * <i32>0x9e3779b1) ^ (fromPort * <i32>0x85ebca6b)
  let b = ((to ^ seed) * <i32>0x9e3779b1) ^ (toPort * <i32>0x85ebca6b)
  a = (a ^ (a >>> 15)) * 0x2c1b3c6d
  b = (b ^ (b >>> 15)) * 0x2c1b3c6d
  const sum = (a ^ (a >>> 13)) + (b ^ (b >>> 13))
  return (sum ^ (sum >>> 16)) * 0x297a2d39
}

function folded(address: usize): i32 {
  let h = (word(address) ^ seed) * 0x27d4eb2f
  h = (h ^ (h >>> 15) ^ word(address + 4)) * 0x5bd1e995
  h = (h ^ (h >>> 13) ^ word(address + 8)) * 0x1b873593
  return (h ^ (h >>> 16)) * 0x2545f491
}
