// Very many connections: memory stays bounded, counts stay true, and what tells how long an outage took is kept.

import { expect, test } from 'vitest'
import {
  DIGEST,
  DIGEST_BY_SERVER,
  DIGEST_CELLS,
  DIGEST_CLOSED,
  DIGEST_OPENED,
} from '../../../src/incidents/digest.js'
import { countOf } from '../../../src/incidents/ended.js'
import { History } from '../../../src/incidents/history.js'
import { ENDINGS } from '../../../src/verdict/endings.js'

/** A connection with port `port` of a server. */
interface Row {
  readonly port: number
  readonly cause: string
  readonly at: number
  readonly flags: number
  /** When it was closed, by default right after it began; NaN for never. */
  readonly closed?: number
}

const MOST_ROWS = 8192
const NORMAL = { cause: 'normal', flags: DIGEST_CLOSED | DIGEST_OPENED }
const REFUSED = { cause: 'refused', flags: DIGEST_CLOSED | DIGEST_BY_SERVER }

function historyOf(rows: readonly Row[]): History {
  const history = new History()
  for (let from = 0; from < rows.length; from += 64) {
    const part = rows.slice(from, from + 64)
    const cells = new Float64Array(part.length * DIGEST_CELLS)
    const ints = new Int32Array(cells.buffer)
    for (const [i, { port, cause, at, flags, closed = at + 1 }] of part.entries()) {
      const word = 2 * i * DIGEST_CELLS
      ints[word + DIGEST.serverAddr] = 9
      ints[word + DIGEST.ports] = port
      ints[word + DIGEST.flags] = flags
      ints[word + DIGEST.ending] = ENDINGS.findIndex((row) => row.cause === cause)
      cells[i * DIGEST_CELLS + DIGEST.startNs] = at
      cells[i * DIGEST_CELLS + DIGEST.teardownNs] = closed
    }
    history.add({ captureName: 'a.pcap', baseNs: 0n, count: part.length, cells })
  }
  return history
}

test('of many alike ones some are kept, and each stands for several', () => {
  const rows = Array.from({ length: 60_000 }, (_, at) => ({ ...NORMAL, port: 80, at }))
  const few = Array.from({ length: 50 }, (_, at) => ({ ...NORMAL, port: 443, at }))
  const [many, other] = historyOf([...rows, ...few]).endpointHistories()
  const kept = many?.all() ?? []
  expect(kept.length).toBeLessThanOrEqual(MOST_ROWS)
  expect(kept.length).toBeGreaterThan(MOST_ROWS / 8)
  expect(countOf(kept)).toBe(60_000)
  expect(other?.all()).toHaveLength(50)
  expect(countOf(other?.all() ?? [])).toBe(50)
})

test('the first one taken after an outage is kept, whatever is thinned out', () => {
  const before = Array.from({ length: 40_000 }, (_, i) => ({ ...NORMAL, port: 80, at: 10 * i }))
  const refused = Array.from({ length: 20 }, (_, i) => ({ ...REFUSED, port: 80, at: 400_010 + i }))
  const after = Array.from({ length: 20_000 }, (_, i) => ({ ...NORMAL, port: 80, at: 500_003 + i }))
  const [service] = historyOf([...before, ...refused, ...after]).endpointHistories()
  const starts = (service?.all() ?? []).map(({ startNs }) => startNs)
  expect(starts.length).toBeLessThanOrEqual(MOST_ROWS)
  expect(Math.min(...starts.filter((ns) => ns > 400_100))).toBe(500_003)
})

test('what is refused is counted, whatever is thinned out', () => {
  const refused = Array.from({ length: 40_000 }, (_, i) => ({ ...REFUSED, port: 80, at: 1e7 * i }))
  const later = Array.from({ length: 30 }, (_, i) => ({ ...REFUSED, port: 80, at: 5e11 + 1e8 * i }))
  const [service] = historyOf([...refused, ...later]).endpointHistories()
  expect(service?.refusals).toEqual([
    expect.objectContaining({ count: 40_000 }),
    expect.objectContaining({ count: 30 }),
  ])
})

test('refusals that come one upon the other are kept, whatever is thinned out', () => {
  const before = Array.from({ length: 20_000 }, (_, i) => ({
    ...REFUSED,
    port: 80,
    at: 1e9 * i,
  }))
  const outage = Array.from({ length: 50 }, (_, i) => ({
    ...REFUSED,
    port: 80,
    at: 2e13 + 1e8 * i,
  }))
  const [service] = historyOf([...before, ...outage, ...before]).endpointHistories()
  const kept = (service?.all() ?? []).filter(({ startNs }) => startNs >= 2e13)
  expect(kept.length).toBeGreaterThanOrEqual(49)
})

/** One connection a second, closed by the server. */
const BY_SERVER = { cause: 'normal', flags: DIGEST_CLOSED | DIGEST_OPENED | DIGEST_BY_SERVER }
const SECOND_NS = 1e9

function everySecond(from: number, seconds: number): Row[] {
  return Array.from({ length: seconds }, (_, i) => ({
    ...BY_SERVER,
    port: 80,
    at: (from + i) * SECOND_NS,
  }))
}

/** 40 ends within 4 ms, of connections that were opened ten seconds before. */
function instant(second: number): Row[] {
  return Array.from({ length: 40 }, (_, i) => ({
    ...BY_SERVER,
    port: 80,
    at: (second - 10) * SECOND_NS + i,
    closed: second * SECOND_NS + i * 1e5,
  }))
}

function endsIn(rows: readonly Row[], fromNs: number, toNs: number): number[] {
  const [service] = historyOf(rows).endpointHistories()
  const ended = (service?.all() ?? []).filter((c) => c.closedNs >= fromNs && c.closedNs < toNs)
  return ended.map(({ weight }) => weight)
}

test('ends in one instant are all kept, the first of them too, and each stands for itself', () => {
  const rows = [...everySecond(0, 40_000), ...instant(40_000), ...everySecond(40_001, 20_000)]
  const from = 40_000 * SECOND_NS
  expect(endsIn(rows, from, from + SECOND_NS)).toEqual(Array.from({ length: 40 }, () => 1))
})

test('ends that are no closer than usual are thinned out', () => {
  const rows = Array.from({ length: 60_000 }, (_, i) => ({ ...BY_SERVER, port: 80, at: i * 1e5 }))
  expect(historyOf(rows).endpointHistories()[0]?.all().length).toBeLessThan(MOST_ROWS)
})

test('what tells of life behind ends in one instant is kept: who outlived them, and who was taken', () => {
  const outlived = { ...NORMAL, port: 80, at: 39_990 * SECOND_NS + 70, closed: 40_010 * SECOND_NS }
  const open = { ...NORMAL, port: 80, at: 39_990 * SECOND_NS + 80, closed: NaN }
  const taken = { ...NORMAL, port: 80, at: 40_002.5 * SECOND_NS }
  const rows = [
    ...everySecond(0, 40_000),
    ...instant(40_000),
    // So many others that these three are not among the first of their kind.
    ...Array.from({ length: 30_001 }, () => ({
      ...NORMAL,
      port: 80,
      at: 30_000 * SECOND_NS,
      closed: 30_001 * SECOND_NS,
    })),
    outlived,
    taken,
    open,
  ]
  const [service] = historyOf(rows).endpointHistories()
  const starts = new Set((service?.all() ?? []).map(({ startNs }) => startNs))
  expect([outlived, open, taken].map(({ at }) => starts.has(at))).toEqual([true, true, true])
})

test('a connection that was taken between two refusals is kept', () => {
  const before = Array.from({ length: 40_001 }, (_, i) => ({ ...NORMAL, port: 80, at: i }))
  const refused = [
    { ...REFUSED, port: 80, at: SECOND_NS },
    { ...REFUSED, port: 80, at: 2 * SECOND_NS },
  ]
  const taken = { ...NORMAL, port: 80, at: 1.5 * SECOND_NS, closed: 9 * SECOND_NS }
  const [service] = historyOf([...before, ...refused, taken]).endpointHistories()
  expect((service?.all() ?? []).some(({ startNs }) => startNs === taken.at)).toBe(true)
})

test('connections in CLOSE-WAIT are counted by themselves', () => {
  const rows = [
    ...Array.from({ length: 40_000 }, (_, at) => ({ ...NORMAL, port: 80, at })),
    ...Array.from({ length: 9000 }, (_, at) => ({
      port: 80,
      at,
      cause: 'active',
      flags: DIGEST_OPENED,
    })),
    ...Array.from({ length: 700 }, (_, at) => ({
      port: 80,
      at,
      cause: 'close_wait',
      flags: DIGEST_OPENED,
    })),
  ]
  const [service] = historyOf(rows).endpointHistories()
  const held = (service?.all() ?? []).filter(({ row }) => row.cause === 'close_wait')
  expect(countOf(held)).toBe(700)
})

test('a scan takes no more than half of the places of endpoints', () => {
  const scan = Array.from({ length: 20_000 }, (_, port) => ({ ...REFUSED, port, at: port }))
  const service = Array.from({ length: 3 }, (_, i) => ({ ...NORMAL, port: 60_000, at: 30_000 + i }))
  const histories = historyOf([...scan, ...service]).endpointHistories()
  expect(histories.some(({ port }) => port === 60_000)).toBe(true)
  expect(histories.length).toBeLessThanOrEqual(8192)
})

test('what was kept is forgotten with its capture', () => {
  const history = historyOf([{ ...NORMAL, port: 80, at: 1 }])
  history.reset()
  expect(history.endpointHistories()).toEqual([])
})
