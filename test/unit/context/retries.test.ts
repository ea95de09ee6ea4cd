import { describe, expect, test } from 'vitest'
import { Retries, type RetryParties } from '../../../src/context/retries.js'

const S = 1e9

interface Parties {
  readonly client?: number
  readonly clientPort?: number
  readonly server?: number
  readonly serverPort?: number
  readonly clientSide?: number
}

/** A connection; its sides share one array, as those of records do. */
function between(p: Parties = {}): RetryParties {
  const words = new Int32Array(6)
  const { clientSide = 0 } = p
  return {
    clientSide,
    endpoint: (side) => {
      const isClient = side === clientSide
      words.fill(0)
      words[0] = isClient ? (p.client ?? 1) : (p.server ?? 2)
      words[4] = isClient ? (p.clientPort ?? 40_000) : (p.serverPort ?? 80)
      return words
    },
  }
}

test('nothing is kept of connections without a failure before', () => {
  const retries = new Retries()
  expect(retries.isEmpty).toBe(true)
  retries.taken(between(), 0, S)
  expect(retries.isEmpty).toBe(true)
  expect(retries.find(between())).toBeUndefined()
})

test('the next connection that is taken is found, from whatever port of the client', () => {
  const retries = new Retries()
  retries.failed(between(), S)
  expect(retries.isEmpty).toBe(false)
  expect(retries.find(between())).toBeUndefined()
  retries.taken(between({ clientPort: 40_001 }), 7, 2 * S)
  expect(retries.find(between())).toMatchObject({ takenNs: 2 * S, takenStream: 7 })
})

test('the first one counts', () => {
  const retries = new Retries()
  retries.failed(between(), S)
  retries.taken(between(), 7, 2 * S)
  retries.taken(between(), 8, 3 * S)
  expect(retries.find(between())).toMatchObject({ takenNs: 2 * S, takenStream: 7 })
})

test('after another failure another one does', () => {
  const retries = new Retries()
  retries.failed(between(), S)
  retries.taken(between(), 7, 2 * S)
  retries.failed(between(), 3 * S)
  expect(retries.find(between())).toBeUndefined()
  retries.taken(between(), 8, 4 * S)
  expect(retries.find(between())).toMatchObject({ takenNs: 4 * S, takenStream: 8 })
})

test('a failure that is known late takes nothing back', () => {
  const retries = new Retries()
  retries.failed(between(), S)
  retries.taken(between(), 7, 3 * S)
  retries.failed(between(), 2 * S)
  expect(retries.find(between())).toMatchObject({ takenStream: 7 })
})

test('which side of a record is the client makes no difference', () => {
  const retries = new Retries()
  retries.failed(between({ clientSide: 1 }), S)
  retries.taken(between({ clientSide: 0 }), 7, 2 * S)
  expect(retries.find(between({ clientSide: 1 }))).toMatchObject({ takenStream: 7 })
})

describe('none of it is the luck of', () => {
  test.each<[string, Parties]>([
    ['another client', { client: 3 }],
    ['another server', { server: 3 }],
    ['another port of the server', { serverPort: 81 }],
    ['the server as a client', { client: 2, server: 1 }],
  ])('%s', (_what, parties) => {
    const retries = new Retries()
    retries.failed(between(), S)
    retries.taken(between(parties), 7, 2 * S)
    expect(retries.find(between())).toBeUndefined()
    expect(retries.find(between(parties))).toBeUndefined()
  })
})

test('of too many pairs the first known are forgotten', () => {
  const retries = new Retries()
  for (let client = 0; client <= 4096; client++) retries.failed(between({ client }), S)
  for (let client = 0; client <= 4096; client++) retries.taken(between({ client }), client, 2 * S)
  expect(retries.find(between({ client: 0 }))).toBeUndefined()
  expect(retries.find(between({ client: 1 }))).toMatchObject({ takenStream: 1 })
  expect(retries.find(between({ client: 4096 }))).toMatchObject({ takenStream: 4096 })
})
