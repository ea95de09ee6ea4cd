// The checksum of gzip (RFC 1952 §8), four bytes at a time.

const POLYNOMIAL = 0xedb88320
const SLICES = 4

/** For each slice the remainder of each byte. */
const TABLES: readonly Int32Array[] = makeTables()

function makeTables(): Int32Array[] {
  const first = Int32Array.from({ length: 256 }, (_, byte) => {
    let rest = byte
    for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? (rest >>> 1) ^ POLYNOMIAL : rest >>> 1
    return rest
  })
  const tables = [first]
  while (tables.length < SLICES) {
    const last = tables.at(-1) as Int32Array
    tables.push(last.map((rest) => (rest >>> 8) ^ (first[rest & 0xff] as number)))
  }
  return tables
}

/** The checksum of some bytes behind others whose checksum is `before`. */
export function crc32(bytes: Uint8Array, before = 0): number {
  const [one, two, three, four] = TABLES as [Int32Array, Int32Array, Int32Array, Int32Array]
  let rest = ~before
  let at = 0
  for (const end = bytes.length - SLICES + 1; at < end; at += SLICES) {
    rest ^=
      (bytes[at] as number) |
      ((bytes[at + 1] as number) << 8) |
      ((bytes[at + 2] as number) << 16) |
      ((bytes[at + 3] as number) << 24)
    rest =
      (four[rest & 0xff] as number) ^
      (three[(rest >>> 8) & 0xff] as number) ^
      (two[(rest >>> 16) & 0xff] as number) ^
      (one[rest >>> 24] as number)
  }
  for (; at < bytes.length; at++)
    rest = (rest >>> 8) ^ (one[(rest ^ (bytes[at] as number)) & 0xff] as number)
  return ~rest >>> 0
}
