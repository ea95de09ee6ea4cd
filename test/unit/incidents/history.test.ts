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
}

const MOST_ROWS = 16_384
const NORMAL = { cause: 'normal', flags: DIGEST_CLOSED | DIGEST_OPENED }
const REFUSED = { cause: 'refused', flags: DIGEST_CLOSED | DIGEST_BY_SERVER }

function historyOf(rows: readonly Row[]): History {
  const history = new History()
  for (let from = 0; from < rows.length; from += 64) {
    const part = rows.slice(from, from + 64)
    const cells = new Float64Array(part.length * DIGEST_CELLS)
    const ints = new Int32Array(cells.buffer)
    for (const [i, { port, cause, at, flags }] of part.entries()) {
      const word = 2 * i * DIGEST_CELLS
      ints[word + DIGEST.serverAddr] = 9
      ints[word + DIGEST.ports] = port
      ints[word + DIGEST.flags] = flags
      ints[word + DIGEST.ending] = ENDINGS.findIndex((row) => row.cause === cause)
      cells[i * DIGEST_CELLS + DIGEST.startNs] = at
      cells[i * DIGEST_CELLS + DIGEST.teardownNs] = at + 1
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
