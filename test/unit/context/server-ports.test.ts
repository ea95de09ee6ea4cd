import { expect, test } from 'vitest'
import { ServerPorts } from '../../../src/context/server-ports.js'

test('accepts are counted, with the times of the first and the last', () => {
  const ports = new ServerPorts()
  for (const ns of [5, 7, 9]) ports.accept(42, ns)
  expect(ports.find(42)).toMatchObject({ accepts: 3, firstAcceptNs: 5, lastAcceptNs: 9 })
})

test('so are silences, for themselves', () => {
  const ports = new ServerPorts()
  ports.silent(42)
  ports.silent(42)
  expect(ports.find(42)).toMatchObject({ accepts: 0, silences: 2 })
})

test('an endpoint that nothing is known of is none', () => {
  const ports = new ServerPorts()
  ports.accept(42, 1)
  expect(ports.find(43)).toBeUndefined()
})

test('endpoints whose places are the same keep apart, until there are too many', () => {
  const ports = new ServerPorts()
  const step = 1 << 13
  for (let i = 1; i <= 5; i++) ports.accept(i * step, i)
  const known = [1, 2, 3, 4, 5].filter((i) => ports.find(i * step) !== undefined)
  expect(known).toHaveLength(4)
  expect(ports.find(5 * step)).toMatchObject({ accepts: 1, firstAcceptNs: 5 })
})
