// Text for terminals that show nothing but ASCII.

import { describe, expect, test } from 'vitest'
import { AsciiLines, asciiText, isAsciiOnly } from '../../../src/cli/ascii.js'

test.each([
  ['  10.0.0.1:1 → 10.0.0.2:2  certain', '  10.0.0.1:1 -> 10.0.0.2:2  certain'],
  ['… and 3 more like these', '... and 3 more like these'],
  ['RFC 9293 §3.6.1, RFC 2525 §2.17', 'RFC 9293 3.6.1, RFC 2525 2.17'],
  ['36.0 µs after the server’s', "36.0 us after the server's"],
  ['\u241b[2J and \ufffd', '?[2J and ?'],
  ['café.pcap', 'café.pcap'],
])('%j becomes %j', (text, ascii) => {
  expect(asciiText(text)).toBe(ascii)
})

test.each([
  '── SYN seq 0 ──▶  LISTEN',
  '│  ◀─ ACK seq 1 ack 2 ─  FIN-WAIT-1',
  '  3  0.000001  → ACK seq 1',
  '  3  0.000001  \u001b[32m→ SYN\u001b[39m',
  '·· ICMP error · ICMP type 3 code 3 ··',
])('the ladder keeps its columns: %s', (line) => {
  const ascii = asciiText(line)
  expect(ascii).toHaveLength(line.length)
  expect([...ascii].filter((char) => char > '~')).toEqual([])
})

test('characters may come in pieces', () => {
  const bytes = Buffer.from('a → b …\nc → d')
  const lines = new AsciiLines()
  const parts = Array.from(bytes, (_byte, at) => lines.push(bytes.subarray(at, at + 1)))
  expect(parts.join('') + lines.end()).toBe('a -> b ...\nc -> d')
})

describe('a terminal takes ASCII only', () => {
  test.each([
    [{ TERM: 'dumb', LANG: 'en_US.UTF-8' }, 'linux', true],
    [{ TERM: 'dumb' }, 'darwin', true],
    [{ LANG: 'en_US.UTF-8' }, 'linux', false],
    [{ LANG: 'C.utf8' }, 'linux', false],
    [{ LANG: 'de_DE@euro' }, 'linux', true],
    [{}, 'linux', true],
    [{}, 'win32', false],
    [{ LANG: 'C' }, 'darwin', false],
    [{ LC_ALL: 'C', LC_CTYPE: 'en_US.UTF-8', LANG: 'en_US.UTF-8' }, 'linux', true],
    [{ LC_CTYPE: 'en_US.UTF-8', LANG: 'C' }, 'linux', false],
    [{ LC_ALL: '', LC_CTYPE: '', LANG: 'en_US.UTF-8' }, 'linux', false],
  ])('with %j on %s: %s', (env, platform, isAscii) => {
    expect(isAsciiOnly(env, platform)).toBe(isAscii)
  })
})
