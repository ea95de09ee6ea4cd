// A service that is stopped and refuses nothing before its last connection has ended: is it told from one that dies?

import { expect, test } from 'vitest'
import {
  type Part,
  closedBehindAnswer,
  closedByClient,
  closedByServer,
  incidentsIn,
  leftUnanswered,
  refused,
} from '../../support/service.js'

/** `n` connections, made from 0 on. */
function times(n: number, make: (i: number) => Part): Part[] {
  return Array.from({ length: n }, (_, i) => make(i))
}

const BEFORE = times(20, (i) => closedByClient(i / 5, i / 5 + 0.1))
/** Clients come again after a while. */
const AFTER = times(12, (i) => refused(10.5 + i / 25))

test('what was asked is answered, and each connection closed behind its answer: stopped', () => {
  const parts = [...BEFORE, ...times(6, (i) => closedBehindAnswer(5 + i / 10, 10 + i * 0.012))]
  const [drain, ...others] = incidentsIn([...parts, ...AFTER], 20)
  expect(others).toEqual([])
  expect(drain).toMatchObject({
    kind: 'graceful_shutdown',
    confidence: 'likely',
    start_time: '2023-11-14T22:13:30.000000000Z',
    connections: 6,
    refused: 12,
    requests_lost: 0,
    speaks_against: ['nothing was refused before all had ended'],
  })
  expect(drain?.speaks_for[0]).toMatch(/^6 connections closed right behind an answer, then 12/)
})

test('idle ones are closed as well, at any time', () => {
  const parts = [
    ...BEFORE,
    ...times(8, (i) => closedByServer(4 + i / 10, 10 + i / 5000)),
    ...times(3, (i) => closedBehindAnswer(5 + i / 10, 10.01 + i * 0.015)),
  ]
  const [drain, ...others] = incidentsIn([...parts, ...AFTER], 20)
  expect(others).toEqual([])
  expect(drain).toMatchObject({ kind: 'graceful_shutdown', connections: 11 })
})

test.each([
  [
    'between requests, few of them right behind an answer',
    [
      ...times(3, (i) => closedBehindAnswer(5 + i / 10, 10 + i / 2000)),
      ...times(7, (i) => closedByServer(9.91 + i / 100, 10 + i / 2000)),
    ],
  ],
  ['at once, and there are only two', times(2, (i) => closedBehindAnswer(5 + i / 10, 10 + i / 99))],
  ['between requests', times(6, (i) => closedByServer(9.9 + i / 100, 10 + i / 2000))],
  [
    'in the middle of one of them',
    [...times(5, (i) => closedBehindAnswer(5 + i / 10, 10 + i / 2000)), leftUnanswered(6, 10.003)],
  ],
])('all ends %s: it died', (_when, parts) => {
  const [death, ...others] = incidentsIn([...BEFORE, ...parts, ...AFTER], 20)
  expect(others).toEqual([])
  expect(death).toMatchObject({ kind: 'process_death', connections: parts.length, refused: 12 })
})

test('a service that closes behind every answer has not stopped because of that', () => {
  const parts = times(9, (i) => closedBehindAnswer(i, i < 6 ? i + 0.1 : 9.5 + i / 100))
  const gone = times(12, (i) => refused(10.5 + i / 4))
  const [incident] = incidentsIn([...parts, ...gone], 20)
  expect(incident?.kind).toBe('process_death')
})
