// Names and numbers that TCP leaves open decide nothing.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Connection } from '../../src/index.js'
import { analyze } from './analysis.js'
import { conversations, recordsOf, START_NS } from './conversation.js'
import { runs } from '../support/runs.js'

function mirrored(c: Connection): Connection {
  const [one = '', other = '', ...rest] = c.wireshark_filter.split(' && ')
  // Addresses and ports in the order in which the sides are stored; equal ports are named once.
  const ports = rest.filter((part) => part.startsWith('tcp.port'))
  const frames = rest.filter((part) => !part.startsWith('tcp.port'))
  return {
    ...c,
    wireshark_filter: [other, one, ...ports.reverse(), ...frames].join(' && '),
    client_ip: c.server_ip,
    client_port: c.server_port,
    server_ip: c.client_ip,
    server_port: c.client_port,
  }
}

// Who sent the first SYN is the client, wherever it lives. Without a SYN ports decide, and the property does not hold.
test('ends that exchange their addresses and ports: roles stay, names are exchanged', () => {
  fc.assert(
    fc.property(conversations, (conversation) => {
      const swapped = analyze(recordsOf(conversation, { swapped: true }))
      expect(swapped.map(mirrored)).toEqual(analyze(recordsOf(conversation)))
    }),
    { numRuns: runs(250) },
  )
})

test('any first sequence numbers, wraps included: the same connections', () => {
  // Around the wrap of unsigned numbers, around that of signed ones, anywhere.
  const isns = fc.oneof(
    fc.integer({ min: -3000, max: 3000 }),
    fc.integer({ min: 0x8000_0000 - 3000, max: 0x8000_0000 + 3000 }),
    fc.integer({ min: 0, max: 0xffff_ffff }),
  )
  fc.assert(
    fc.property(conversations, isns, isns, (conversation, clientIsn, serverIsn) => {
      const { client, server } = conversation
      const shifts = { clientShift: clientIsn - client.isn, serverShift: serverIsn - server.isn }
      const shifted = analyze(recordsOf(conversation, shifts))
      expect(shifted).toEqual(analyze(recordsOf(conversation)))
    }),
    { numRuns: runs(250) },
  )
})

/** A connection without its times of day. */
function timeless({
  start_time: _start,
  end_time: _end,
  ended_at: _ended,
  evidence = [],
  findings = [],
  ...rest
}: Connection): unknown {
  return {
    ...rest,
    evidence: evidence.map(({ packet, shows }) => [packet, shows]),
    findings: findings.map(({ time: _time, ...finding }) => finding),
  }
}

test('another time of day, or before 1970: the same but for the times', () => {
  const starts = fc.bigInt({ min: -START_NS, max: 4n * START_NS })
  fc.assert(
    fc.property(conversations, starts, (conversation, startNs) => {
      const moved = analyze(recordsOf(conversation, { startNs }))
      expect(moved.map(timeless)).toEqual(analyze(recordsOf(conversation)).map(timeless))
    }),
    { numRuns: runs(150) },
  )
})

function nameless({ client_ip: client, server_ip: server, ...rest }: Connection): unknown {
  const field = client.includes(':') ? 'ipv6.addr' : 'ip.addr'
  const filter = rest.wireshark_filter
    .replace(`${field}==${client}`, 'address==client')
    .replace(`${field}==${server}`, 'address==server')
  expect(filter).toMatch(/^address==(?:client && address==server|server && address==client) && tcp/)
  return { ...rest, wireshark_filter: filter }
}

test('IPv4 or IPv6: the same but for the addresses', () => {
  fc.assert(
    fc.property(conversations, (conversation) => {
      const [four, six] = ([4, 6] as const).map((version) =>
        analyze(recordsOf({ ...conversation, version })).map(nameless),
      )
      expect(six).toEqual(four)
    }),
    { numRuns: runs(150) },
  )
})
