// Names of captures that are written in turns: which of them are parts of one.
//
//   tcpdump -C     a.pcap a.pcap1 a.pcap2          dumpcap -b    a_00001_20261124150000.pcapng
//   tcpdump -W     a.pcap0 a.pcap1                 tcpdump -G    a-20261124-150000.pcap, a_2026-11-24_15.00.00.pcap

const COUNTED = /^(.*\.(?:pcap|pcapng|cap|dump))\d*(\.gz)?$/i
const RING = /^(.*)_\d{5}_\d{14}(\.\w+(?:\.gz)?)$/
const DATED =
  /^(.*?)[-_.]?(?:19|20)\d{2}-?(?:0[1-9]|1[0-2])-?(?:0[1-9]|[12]\d|3[01])[-_T.]?\d{2}[-_.:]?\d{2}(?:[-_.:]?\d{2})?(\.\w+(?:\.gz)?)$/

/** The name that all parts of one capture share; undefined for a name that is no part's. */
function seriesOf(path: string): string | undefined {
  const [, ring, ringEnd = ''] = RING.exec(path) ?? []
  if (ring !== undefined) return `${ring}*${ringEnd}`
  const [, dated, datedEnd = ''] = DATED.exec(path) ?? []
  if (dated !== undefined) return `${dated}*${datedEnd}`
  const [, counted, end = ''] = COUNTED.exec(path) ?? []
  return counted === undefined ? undefined : `${counted}${end}`
}

/** Captures by series, in order of appearance; those that are part of none, or the only part, stand alone. */
export function groupBySeries(paths: readonly string[]): string[][] {
  const groups = new Map<string, string[]>()
  for (const path of paths) {
    const key = seriesOf(path) ?? path
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [path])
    else group.push(path)
  }
  return [...groups.values()]
}
