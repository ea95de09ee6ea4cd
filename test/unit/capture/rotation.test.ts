import { expect, test } from 'vitest'
import { groupBySeries } from '../../../src/capture/rotation.js'

test.each([
  ['tcpdump -C', ['d/a.pcap', 'd/a.pcap1', 'd/a.pcap2']],
  ['tcpdump -C -W', ['a.pcap00', 'a.pcap01']],
  ['tcpdump -G', ['trace-20261124-150000.pcap', 'trace-20261124-160000.pcap']],
  ['tcpdump -G with dots', ['t_2026-11-24_15.00.00.pcap.gz', 't_2026-11-24_16.00.00.pcap.gz']],
  [
    'tcpdump -C -G',
    ['t-20261124-150000.pcap', 't-20261124-150000.pcap1', 't-20261124-160000.pcap'],
  ],
  ['compressed since', ['a.pcap.gz', 'a.pcap1.gz', 'a.pcap2']],
  ['tcpdump -z zstd', ['a.pcap0.zst', 'a.pcap1.zst', 'a.pcap2']],
  ['tcpdump -z lz4', ['t-20261124-150000.pcap.lz4', 't-20261124-160000.pcap']],
  ['dumpcap -b', ['a_00001_20261124150000.pcapng', 'a_00002_20261124150500.pcapng']],
])('%s makes one series', (_what, paths) => {
  expect(groupBySeries(paths)).toEqual([paths])
})

test('other names stand alone', () => {
  const paths = [
    'a.pcap',
    'b.pcap',
    'x/a.pcap',
    'a.pcapng',
    'a1.pcap',
    'a2.pcap',
    '-',
    'id-100000000001.pcap',
    'id-100000000002.pcap',
  ]
  expect(groupBySeries(paths)).toEqual(paths.map((path) => [path]))
})

test('series keep their order of appearance', () => {
  expect(groupBySeries(['b.pcap1', 'a.pcap', 'b.pcap0', 'c'])).toEqual([
    ['b.pcap1', 'b.pcap0'],
    ['a.pcap'],
    ['c'],
  ])
})

test('a compressed copy beside its original is no further part', () => {
  expect(groupBySeries(['a.pcap', 'a.pcap.gz', 'a.pcap.zst', 'a.pcap1'])).toEqual([
    ['a.pcap', 'a.pcap1'],
    ['a.pcap.gz'],
    ['a.pcap.zst'],
  ])
})

test('the same capture once more is no part of itself', () => {
  expect(groupBySeries(['a.pcap', 'a.pcap', 'a.pcap1', 'a.pcap'])).toEqual([
    ['a.pcap', 'a.pcap1'],
    ['a.pcap'],
    ['a.pcap'],
  ])
})
