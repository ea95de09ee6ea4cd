// IEEE 802.11 data frames and the headers monitors put before them (radiotap, Prism, AVS).
// Encrypted frames end the cursor; of an aggregate (A-MSDU) the last subframe is followed, the one
// that Wireshark's packet list shows: what ends a connection comes last.

import type { Cursor } from '../cursor.js'
import { NOT_IP, TRUNCATED_HEADER } from '../decode-status.js'
import { LAYER_LLC, LAYER_WIFI } from '../layers.js'

/** Frame control, duration, three addresses, sequence control. */
const WIFI_HEADER_LEN = 24
const WIFI_TYPE_MASK = 0x0f
/** Version 0, type 2 in the first byte of frame control. */
const WIFI_DATA = 0x08
const WIFI_SUBTYPE_NO_DATA = 0x40
const WIFI_SUBTYPE_QOS = 0x80
/** Bits of the second byte of frame control. */
const WIFI_TO_AND_FROM_DS = 0x03
const WIFI_PROTECTED = 0x40
const WIFI_ORDER = 0x80
const ADDRESS_LEN = 6
const QOS_LEN = 2
const QOS_AMSDU = 0x80
const HT_CONTROL_LEN = 4
/** Two addresses and a length before each subframe of an aggregate. */
const AMSDU_HEADER_LEN = 14
const AMSDU_LENGTH = 12
/** LLC and SNAP: with less it is padding, no subframe. */
const AMSDU_LENGTH_MIN = 8

/** Version, pad, length, first word of the presence bits. */
const RADIOTAP_HEADER_LEN = 8
const RADIOTAP_LENGTH = 2
const RADIOTAP_PRESENT = 4
const RADIOTAP_HAS_TSFT = 0x01
const RADIOTAP_HAS_FLAGS = 0x02
const RADIOTAP_MORE_PRESENT = 0x80
const RADIOTAP_FLAG_DATA_PAD = 0x20

/** The length of a Prism header that does not say one. */
const PRISM_HEADER_LEN = 144
const AVS_MAGIC = 0x80211000

/** Reads an 802.11 header of a data frame; `cursor.next` is set when the MAC header was padded. */
export function readWifi(cursor: Cursor): number {
  const padded = cursor.next !== 0
  if (!cursor.has(WIFI_HEADER_LEN)) return cursor.short(WIFI_HEADER_LEN)
  const { view, pos } = cursor
  let first = view.getUint8(pos)
  let second = view.getUint8(pos + 1)
  // Access points of some vendors swap the bytes of frame control inside CAPWAP.
  if ((first & WIFI_TYPE_MASK) !== WIFI_DATA && (second & WIFI_TYPE_MASK) === WIFI_DATA) {
    const swapped = first
    first = second
    second = swapped
  }
  if ((first & WIFI_TYPE_MASK) !== WIFI_DATA || first & WIFI_SUBTYPE_NO_DATA) return NOT_IP
  if (second & WIFI_PROTECTED) return NOT_IP
  let len = WIFI_HEADER_LEN
  if ((second & WIFI_TO_AND_FROM_DS) === WIFI_TO_AND_FROM_DS) len += ADDRESS_LEN
  const qos = (first & WIFI_SUBTYPE_QOS) !== 0
  const qosOffset = len
  if (qos) len += QOS_LEN + (second & WIFI_ORDER ? HT_CONTROL_LEN : 0)
  if (padded) len = (len + 3) & ~3
  if (!cursor.has(len)) return cursor.short(len)
  const aggregate = qos && (view.getUint8(pos + qosOffset) & QOS_AMSDU) !== 0
  cursor.pos = pos + len
  return aggregate ? readAggregate(cursor) : LAYER_LLC
}

/** Enters the last subframe that was captured whole, or else the first. */
function readAggregate(cursor: Cursor): number {
  if (!cursor.has(AMSDU_HEADER_LEN)) return cursor.short(AMSDU_HEADER_LEN)
  const { view, capEnd } = cursor
  let pos = cursor.pos
  let len = AMSDU_HEADER_LEN + view.getUint16(pos + AMSDU_LENGTH)
  for (;;) {
    // Each begins at a word, counted from the one before.
    const next = pos + ((len + 3) & ~3)
    if (capEnd - next < AMSDU_HEADER_LEN + AMSDU_LENGTH_MIN) break
    const payloadLen = view.getUint16(next + AMSDU_LENGTH)
    if (payloadLen < AMSDU_LENGTH_MIN || payloadLen > capEnd - next - AMSDU_HEADER_LEN) break
    pos = next
    len = AMSDU_HEADER_LEN + payloadLen
  }
  cursor.pos = pos
  cursor.narrow(len)
  cursor.pos = pos + AMSDU_HEADER_LEN
  return LAYER_LLC
}

/** Reads a radiotap header (https://www.radiotap.org); all its fields are little-endian. */
export function readRadiotap(cursor: Cursor): number {
  if (!cursor.has(RADIOTAP_HEADER_LEN)) return cursor.short(RADIOTAP_HEADER_LEN)
  const { view, pos } = cursor
  const len = view.getUint16(pos + RADIOTAP_LENGTH, true)
  if (!cursor.has(len)) return TRUNCATED_HEADER
  cursor.next = radiotapFlags(cursor, len) & RADIOTAP_FLAG_DATA_PAD
  cursor.pos = pos + len
  return LAYER_WIFI
}

/** The flags field of a radiotap header of `len` bytes, 0 when it has none. */
function radiotapFlags(cursor: Cursor, len: number): number {
  const { view, pos } = cursor
  const present = view.getUint8(pos + RADIOTAP_PRESENT)
  if ((present & RADIOTAP_HAS_FLAGS) === 0) return 0
  let field = RADIOTAP_PRESENT
  while (field + 4 <= len && view.getUint8(pos + field + 3) & RADIOTAP_MORE_PRESENT) field += 4
  field += 4
  // The time stamp is aligned to its size.
  if (present & RADIOTAP_HAS_TSFT) field = ((field + 7) & ~7) + 8
  return field < len ? view.getUint8(pos + field) : 0
}

/** Reads a Prism header, or the AVS header that shares its link type. */
export function readPrism(cursor: Cursor): number {
  if (!cursor.has(8)) return cursor.short(8)
  const { view, pos } = cursor
  const isAvs = (view.getInt32(pos) & 0xfffff000) === (AVS_MAGIC | 0)
  const stated = isAvs ? view.getUint32(pos + 4) : view.getUint32(pos + 4, true)
  cursor.pos = pos + (stated >= 8 && stated <= 1024 ? stated : PRISM_HEADER_LEN)
  cursor.next = 0
  return LAYER_WIFI
}
