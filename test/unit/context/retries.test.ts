import { describe, expect, test } from 'vitest'
import { Retries } from '../../../src/context/retries.js'
import { PacketAnalyzer } from '../../../src/index.js'
import { scenarioFrames } from '../../support/scenario.js'

describe('Retries', () => {
  test('the first connection after a failure counts', () => {
    const retries = new Retries()
    expect(retries.isEmpty).toBe(true)
    retries.failed(42, 1)
    retries.taken(42, 7, 2)
    retries.taken(42, 8, 3)
    expect(retries.find(42)).toEqual({ takenNs: 2, takenStream: 7 })
  })

  test('after another failure another one does', () => {
    const retries = new Retries()
    retries.failed(42, 1)
    retries.taken(42, 7, 2)
    retries.failed(42, 3)
    expect(retries.find(42)).toBeUndefined()
    retries.taken(42, 8, 4)
    expect(retries.find(42)).toEqual({ takenNs: 4, takenStream: 8 })
  })

  test('who never failed has not come again', () => {
    const retries = new Retries()
    retries.failed(42, 1)
    retries.taken(43, 7, 2)
    expect(retries.find(43)).toBeUndefined()
  })
})

/** A refused connection, and one of a client that is taken a second later; their stream numbers by what is told. */
function retryOf(options: { readonly serverPort?: number; readonly swap?: boolean }): unknown {
  const refused = '0.000 > S 0:0(0)\n0.001 < R. 0:0(0) ack 1 win 0 nots'
  const taken = '1.000 > S 0:0(0)\n1.001 < S. 0:0(0) ack 1\n1.002 > . 1:1(0) ack 1'
  const frames = [
    ...scenarioFrames(refused, { clientPort: 40_001 }),
    ...scenarioFrames(taken, { clientPort: 40_002, ...options }),
  ]
  const found: unknown[] = []
  const analyzer = new PacketAnalyzer({
    onConnection: ({ findings = [] }) =>
      found.push(findings.find(({ code }) => code === 'retry_worked')?.seconds),
  })
  for (const frame of frames) analyzer.push(frame)
  analyzer.finish()
  return found[0]
}

test('the next connection of the client to that server is found, from whatever port', () => {
  expect(retryOf({})).toBe(1.001)
})

test('one to another port, or of another client, is not', () => {
  expect(retryOf({ serverPort: 81 })).toBeUndefined()
  expect(retryOf({ swap: true })).toBeUndefined()
})
