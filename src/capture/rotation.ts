// Names of captures that are written in turns: which of them are parts of one.
//
//   tcpdump -C     a.pcap a.pcap1 a.pcap2          dumpcap -b    a_00001_20261124150000.pcapng
//   tcpdump -W     a.pcap0 a.pcap1                 tcpdump -G    a-20261124-150000.pcap, a_2026-11-24_15.00.00.pcap

//                  tcpdump -C -G  a-20261124-150000.pcap a-20261124-150000.pcap1
//
// Any of them may have been compressed since.

import { COMPRESSIONS } from './compression/compressions.js'

const COMPRESSED = new RegExp(
  `(?:${COMPRESSIONS.map(({ suffix }) => suffix.replace('.', String.raw`\.`)).join('|')})$`,
  'i',
)
const COUNTED = /^(.*\.(?:pcap|pcapng|cap|dump))\d*$/i
const RING = /^(.*)_\d{5}_\d{14}(\.[a-z]+)$/i
const DATED =
  /^(.*?)[-_.]?(?:19|20)\d{2}-?(?:0[1-9]|1[0-2])-?(?:0[1-9]|[12]\d|3[01])[-_T.]?\d{2}[-_.:]?\d{2}(?:[-_.:]?\d{2})?(\.[a-z]+)\d*$/i

/** The name that all parts of one capture share; undefined for a name that is no part's. */
function seriesOf(path: string): string | undefined {
  const name = path.replace(COMPRESSED, '')
  const [, start, end = ''] = RING.exec(name) ?? DATED.exec(name) ?? []
  return start === undefined ? COUNTED.exec(name)?.[1] : `${start}*${end}`
}

/**
 * Captures by series, in order of appearance; those that are part of none, or the only part, stand alone, and so does a
 * compressed copy of a part that is there as it was, or the same one once more.
 */
export function groupBySeries(paths: readonly string[]): string[][] {
  const groups = new Map<string, string[]>()
  const parts = new Set<string>()
  for (const [at, path] of paths.entries()) {
    const part = path.replace(COMPRESSED, '')
    const key = parts.has(part) ? `copy ${at}` : (seriesOf(path) ?? path)
    parts.add(part)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [path])
    else group.push(path)
  }
  return [...groups.values()]
}
