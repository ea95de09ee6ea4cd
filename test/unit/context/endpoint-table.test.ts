import { expect, test } from 'vitest'
import { EndpointTable } from '../../../src/context/endpoint-table.js'

function endpoint(n: number, port = 80): Int32Array {
  return Int32Array.of(n, 0, 0, n & 3, port, 0)
}

test('finds each endpoint where it was put', () => {
  const table = new EndpointTable(1000)
  const places = Array.from({ length: 1000 }, (_, n) => table.add(endpoint(n)))
  expect(new Set(places).size).toBe(1000)
  for (const [n, place] of places.entries()) expect(table.find(endpoint(n))).toBe(place)
  expect(table.find(endpoint(1000))).toBe(-1)
  expect(table.find(endpoint(5, 81))).toBe(-1)
})

test('forgets the oldest when it is full', () => {
  const table = new EndpointTable(8)
  for (let n = 0; n < 20; n++) table.add(endpoint(n))
  const found = Array.from({ length: 20 }, (_, n) => table.find(endpoint(n)) >= 0)
  expect(found).toEqual(Array.from({ length: 20 }, (_, n) => n >= 12))
  expect(table.size).toBe(8)
})
