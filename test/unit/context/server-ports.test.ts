import { describe, expect, test } from 'vitest'
import { ServerPorts } from '../../../src/context/server-ports.js'

/** Words of an endpoint: address, port, encapsulation. */
function endpoint(address: readonly number[], port = 80, encapsulation = 0): Int32Array {
  const [a = 0, b = 0, c = 0, d = 0] = address
  return Int32Array.of(a, b, c, d, port, encapsulation)
}

const S = 1e9

/** An endpoint takes a connection; the address stands somewhere in a record, with other words around. */
function accept(
  ports: ServerPorts,
  address: readonly number[],
  timeNs: number,
  { port = 80, encapsulation = 0 } = {},
): void {
  const record = Int32Array.of(77, ...address, 88, 99, 111)
  ports.accept(record, 1, address.length === 4, port, encapsulation, timeNs)
}

test('an endpoint is not known until it did something', () => {
  const ports = new ServerPorts()
  expect(ports.find(endpoint([1]))).toBeUndefined()
})

test('accepts are counted, with the times of the first and the last', () => {
  const ports = new ServerPorts()
  for (const time of [3, 5, 9]) accept(ports, [1], time * S)
  expect(ports.find(endpoint([1]))).toEqual({
    accepts: 3,
    firstAcceptNs: 3 * S,
    lastAcceptNs: 9 * S,
    refusals: 0,
    silences: 0,
    answers: 0,
  })
})

test('so are refusals, silences and answers, each for itself', () => {
  const ports = new ServerPorts()
  const key = endpoint([1])
  ports.refused(key)
  ports.silent(key)
  ports.silent(key)
  for (let n = 0; n < 3; n++) ports.answered(key)
  expect(ports.find(key)).toMatchObject({ accepts: 0, refusals: 1, silences: 2, answers: 3 })
  accept(ports, [1], 7 * S)
  expect(ports.find(key)).toMatchObject({ accepts: 1, firstAcceptNs: 7 * S, refusals: 1 })
})

describe('another endpoint is one with', () => {
  test.each<[string, readonly number[], { port?: number; encapsulation?: number }]>([
    ['another address', [2], {}],
    ['another port', [1], { port: 81 }],
    ['another encapsulation', [1], { encapsulation: 3 }],
    ['an IPv6 address that begins alike', [1, 0, 0, 5], {}],
  ])('%s', (_what, address, more) => {
    const ports = new ServerPorts()
    accept(ports, [1], S)
    accept(ports, address, 2 * S, more)
    accept(ports, [1], 3 * S)
    accept(ports, address, 4 * S, more)
    expect(ports.find(endpoint([1]))).toMatchObject({ accepts: 2, lastAcceptNs: 3 * S })
    const other = endpoint(address, more.port, more.encapsulation)
    expect(ports.find(other)).toMatchObject({ accepts: 2, firstAcceptNs: 2 * S })
  })

  test.each([1, 2, 3])('another word %i of an IPv6 address', (word) => {
    const ports = new ServerPorts()
    const [one, other] = [[1, 2, 3, 4], [1, 2, 3, 4].with(word, 9)]
    for (const address of [one, other, one, other, other]) accept(ports, address, S)
    expect(ports.find(endpoint(one))?.accepts).toBe(2)
    expect(ports.find(endpoint(other))?.accepts).toBe(3)
  })
})

test('what stands behind an IPv4 address in its record is none of it', () => {
  const ports = new ServerPorts()
  ports.accept(Int32Array.of(1, 5, 6, 7), 0, false, 80, 0, S)
  ports.accept(Int32Array.of(1, 8, 9, 10), 0, false, 80, 0, S)
  expect(ports.find(endpoint([1]))?.accepts).toBe(2)
})

test('of too many the first known are forgotten, the one of the last call too', () => {
  const ports = new ServerPorts()
  accept(ports, [1], S)
  // The place of the first goes to the last of these, which come by another way.
  for (let n = 0; n < 4096; n++) ports.refused(endpoint([1000 + n]))
  expect(ports.find(endpoint([1]))).toBeUndefined()
  accept(ports, [1], 9 * S)
  expect(ports.find(endpoint([1]))).toMatchObject({ accepts: 1, firstAcceptNs: 9 * S })
  expect(ports.find(endpoint([5095]))).toMatchObject({ accepts: 0, refusals: 1 })
  expect(ports.find(endpoint([1000]))).toBeUndefined()
})
