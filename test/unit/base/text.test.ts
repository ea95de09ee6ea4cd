// Durations, counts, printable characters, wrapped lines.

import { describe, expect, test } from 'vitest'
import { bytesText, count, duration, printable, wrap } from '../../../src/base/text.js'

test.each([
  [0, 'less than 1 µs'],
  [1, '1 ns'],
  [999, '999 ns'],
  [1000, '1.00 µs'],
  [57_340, '57.3 µs'],
  [999_400, '999 µs'],
  [1e6, '1.00 ms'],
  [12_345_678, '12.3 ms'],
  [1e9, '1.00 s'],
  [119e9, '119 s'],
  [120e9, '2.00 min'],
  [7200e9, '2.00 h'],
  [172_800e9, '2.00 days'],
  [NaN, 'an unknown time'],
])('%d ns are %s', (ns, text) => {
  expect(duration(ns)).toBe(text)
})

test.each([
  [999_600, '1.00 ms'],
  [999_999_999, '1.00 s'],
  [9_996_000, '10.0 ms'],
  [99_960, '100 µs'],
])('three digits also where rounding carries: %d ns are %s', (ns, text) => {
  expect(duration(ns)).toBe(text)
})

test.each([
  [0, '0 packets'],
  [1, '1 packet'],
  [2, '2 packets'],
  [1_234_567, '1,234,567 packets'],
])('%i packet(s)', (n, text) => {
  expect(count(n, 'packet')).toBe(text)
})

describe('printable', () => {
  test.each([
    ['plain.pcap', 'plain.pcap'],
    ['übung 日本.pcap', 'übung 日本.pcap'],
    ['\u001b[2Jx', '\u241b[2Jx'],
    ['a\nb\tc\0d', 'a\u240ab\u2409c\u2400d'],
    ['del\u007f csi\u009b', 'del\ufffd csi\ufffd'],
    ['\u202egpj.exe', '\ufffdgpj.exe'],
    ['\u2066isolate\u2069', '\ufffdisolate\ufffd'],
    ['line\u2028para\u2029', 'line\ufffdpara\ufffd'],
  ])('%j becomes %j', (name, text) => {
    expect(printable(name)).toBe(text)
  })
})

test('text wraps behind what it starts with', () => {
  expect(wrap('one two three four five six seven', 30, '  a  ')).toBe(
    '  a  one two three four five\n     six seven',
  )
})

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1.00 kB'],
  [999_600, '1.00 MB'],
  [1_234_567, '1.23 MB'],
  [123_456_789_012, '123 GB'],
  [4_567_000_000_000, '4570 GB'],
])('%d bytes are %s', (bytes, text) => {
  expect(bytesText(bytes)).toBe(text)
})
