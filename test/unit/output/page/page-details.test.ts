// Details of connections as they lie in a page are read back as they were.

import { expect, test } from 'vitest'
import { packDetails, unpackDetails } from '../../../../src/output/page/page-details.js'

const KEYS = ['encapsulation', 'explanation', 'findings', 'evidence', 'filter']

/** A connection that ended in `packet`, and began in one before. */
function refused(packet: number): unknown[] {
  return [
    null,
    `The SYN was answered by a RST (packet ${packet}); packet ${packet - 1} was the SYN, packet 7 is another's.`,
    [['port_accepts', packet - 1, 'The port took 3 others.']],
    [
      [packet - 1, 0, 'SYN'],
      [packet, 0.021646, 'RST in answer to the SYN'],
    ],
    [packet - 1, packet + 2, true, true],
  ]
}

const QUIET = ['VXLAN 5', 'Nobody closed; see packet 12.', null, null, [12, 40, false, false]]
const ALL: readonly unknown[][] = [refused(1000), QUIET, refused(2000)]

test('values of a column lie together, and come back as they were', () => {
  const lines = packDetails(
    ALL.map((values) => JSON.stringify(values)),
    KEYS,
  )
  expect(lines[0]).toBe('[null,"VXLAN 5",null]')
  expect(unpackDetails(lines, KEYS)).toEqual(ALL)
})

test('the number of a packet is said once', () => {
  const lines = packDetails([JSON.stringify(refused(123_456))], KEYS)
  expect(lines.join('\n').match(/12345[56]/g)).toEqual(['123455'])
})

test('connections without details have none', () => {
  const none = [KEYS.map(() => null)]
  const lines = packDetails([JSON.stringify(none[0])], KEYS)
  expect(unpackDetails(lines, KEYS)).toEqual(none)
})
