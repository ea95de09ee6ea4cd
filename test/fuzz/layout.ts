// Where the headers, lengths and frames of a capture stand, by the format descriptions and with no code of src/. Only for
// captures that are sound: it is what mutations aim with.

/** A number in a capture. */
export interface Field {
  readonly at: number
  readonly bytes: 2 | 4
  readonly kind: 'length' | 'time' | 'linktype' | 'other'
}

/** A file header, a record or a block. */
export interface Unit {
  readonly start: number
  readonly end: number
}

/** A frame, and where its record or block says how long it is. */
export interface FramePlace extends Unit {
  readonly unit: Unit
  readonly caplenAt: number
  readonly origlenAt: number
  readonly linktype: number
}

/** The parts of a capture. */
export interface Layout {
  readonly format: 'pcap' | 'pcapng' | 'other'
  readonly littleEndian: boolean
  readonly units: Unit[]
  readonly fields: Field[]
  readonly frames: FramePlace[]
}

const PCAP_MAGICS = new Set([0xa1b2c3d4, 0xa1b23c4d, 0xa1b2cd34, 0x1c0001ab, 0x1c0001ac])
const MODIFIED = 0xa1b2cd34
const IXIA = new Set([0x1c0001ab, 0x1c0001ac])
const SECTION = 0x0a0d0d0a

/** Finds the parts of a capture; those from the first oddity on are left out. */
export function layoutOf(bytes: Uint8Array): Layout {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const layout: Layout = { format: 'other', littleEndian: true, units: [], fields: [], frames: [] }
  if (bytes.length < 24) return layout
  if (view.getUint32(0) === SECTION) return pcapngLayout(view)
  for (const littleEndian of [true, false]) {
    if (PCAP_MAGICS.has(view.getUint32(0, littleEndian))) return pcapLayout(view, littleEndian)
  }
  return layout
}

function pcapLayout(view: DataView, littleEndian: boolean): Layout {
  const magic = view.getUint32(0, littleEndian)
  const fileHeader = IXIA.has(magic) ? 28 : 24
  const recordHeader = magic === MODIFIED ? 24 : 16
  const linktype = view.getUint32(20, littleEndian) & 0xffff
  const units = [{ start: 0, end: fileHeader }]
  const frames: FramePlace[] = []
  const fields: Field[] = [
    { at: 4, bytes: 2, kind: 'other' },
    { at: 6, bytes: 2, kind: 'other' },
    { at: 16, bytes: 4, kind: 'length' },
    { at: 20, bytes: 4, kind: 'linktype' },
  ]
  for (let at = fileHeader; at + recordHeader <= view.byteLength;) {
    const start = at + recordHeader
    const end = start + view.getUint32(at + 8, littleEndian)
    if (end > view.byteLength) break
    const unit = { start: at, end }
    units.push(unit)
    frames.push({ start, end, unit, caplenAt: at + 8, origlenAt: at + 12, linktype })
    fields.push({ at, bytes: 4, kind: 'time' }, { at: at + 4, bytes: 4, kind: 'time' })
    fields.push({ at: at + 8, bytes: 4, kind: 'length' }, { at: at + 12, bytes: 4, kind: 'length' })
    at = end
  }
  return { format: 'pcap', littleEndian, units, fields, frames }
}

function pcapngLayout(view: DataView): Layout {
  const littleEndian = view.getUint32(8, true) === 0x1a2b3c4d
  const layout: Layout = { format: 'pcapng', littleEndian, units: [], fields: [], frames: [] }
  const linktypes: number[] = []
  for (let at = 0; at + 12 <= view.byteLength;) {
    const type = view.getUint32(at, littleEndian)
    const length = view.getUint32(at + 4, littleEndian)
    const unit = { start: at, end: at + length }
    if (length < 12 || length % 4 !== 0 || unit.end > view.byteLength) break
    layout.units.push(unit)
    layout.fields.push({ at: at + 4, bytes: 4, kind: 'length' })
    layout.fields.push({ at: unit.end - 4, bytes: 4, kind: 'length' })
    if (type === 1 && length >= 20) {
      linktypes.push(view.getUint16(at + 8, littleEndian))
      layout.fields.push({ at: at + 8, bytes: 2, kind: 'linktype' })
      layout.fields.push({ at: at + 12, bytes: 4, kind: 'length' })
      addOptions(layout, view, at + 16, unit.end - 4)
    } else if ((type === 6 || type === 2) && length >= 32) {
      addPacket(layout, view, unit, type, linktypes)
    } else if (type === 3 || type === 5) {
      layout.fields.push({ at: at + 8, bytes: 4, kind: 'length' })
      if (type === 5) addOptions(layout, view, at + 20, unit.end - 4)
    }
    at = unit.end
  }
  return layout
}

function addPacket(
  { fields, frames, littleEndian }: Layout,
  view: DataView,
  unit: Unit,
  type: number,
  linktypes: readonly number[],
): void {
  const at = unit.start
  const id =
    type === 2 ? view.getUint16(at + 8, littleEndian) : view.getUint32(at + 8, littleEndian)
  const start = at + 28
  const end = start + view.getUint32(at + 20, littleEndian)
  fields.push({ at: at + 8, bytes: type === 2 ? 2 : 4, kind: 'other' })
  fields.push({ at: at + 12, bytes: 4, kind: 'time' }, { at: at + 16, bytes: 4, kind: 'time' })
  fields.push({ at: at + 20, bytes: 4, kind: 'length' }, { at: at + 24, bytes: 4, kind: 'length' })
  if (end > unit.end - 4) return
  const linktype = linktypes[id] ?? 1
  frames.push({ start, end, unit, caplenAt: at + 20, origlenAt: at + 24, linktype })
  addOptions({ fields, littleEndian }, view, end + ((4 - ((end - start) % 4)) % 4), unit.end - 4)
}

function addOptions(
  { fields, littleEndian }: Pick<Layout, 'fields' | 'littleEndian'>,
  view: DataView,
  start: number,
  end: number,
): void {
  for (let at = start; at + 4 <= end;) {
    const length = view.getUint16(at + 2, littleEndian)
    fields.push({ at, bytes: 2, kind: 'other' }, { at: at + 2, bytes: 2, kind: 'length' })
    at += 4 + length + ((4 - (length % 4)) % 4)
  }
}
