// Tunnels of access networks over UDP: GTP-U (3GPP TS 29.281), L2TP (RFC 2661), Teredo (RFC 4380),
// AYIYA (draft-massar-v6ops-ayiya).

import type { Cursor } from '../cursor.js'
import { BAD_HEADER, NOT_TCP } from '../decode-status.js'
import { ENCAP_AYIYA, ENCAP_GTP, ENCAP_L2TP, ENCAP_TEREDO } from '../encapsulation.js'
import { LAYER_IP, LAYER_IPV4, LAYER_IPV6, LAYER_PPP } from '../layers.js'

/** Flags, message type, length, tunnel endpoint identifier. */
const GTP_HEADER_LEN = 8
const GTP_TYPE = 1
const GTP_LENGTH = 2
const GTP_TEID = 4
/** Version 1 and protocol type GTP in the upper bits of the flags. */
const GTP_VERSION_MASK = 0xf0
const GTP_VERSION_1 = 0x30
/** One of extension header, sequence number and N-PDU number: four more bytes. */
const GTP_HAS_OPTIONAL = 0x07
const GTP_HAS_EXTENSION = 0x04
const GTP_OPTIONAL_LEN = 4
/** Message type of user data. */
const GTP_G_PDU = 255
/** Extension headers followed at most. */
const GTP_MAX_EXTENSIONS = 8

/** Reads a GTP-U header; signalling messages end the cursor. */
export function readGtp(cursor: Cursor): number {
  if (!cursor.has(GTP_HEADER_LEN)) return cursor.short(GTP_HEADER_LEN)
  const { view, pos } = cursor
  const flags = view.getUint8(pos)
  if ((flags & GTP_VERSION_MASK) !== GTP_VERSION_1) return NOT_TCP
  if (view.getUint8(pos + GTP_TYPE) !== GTP_G_PDU) return NOT_TCP
  const teid = view.getInt32(pos + GTP_TEID)
  cursor.pos = pos + GTP_HEADER_LEN
  cursor.narrow(view.getUint16(pos + GTP_LENGTH))
  if (flags & GTP_HAS_OPTIONAL) {
    if (!cursor.has(GTP_OPTIONAL_LEN)) return cursor.short(GTP_OPTIONAL_LEN)
    cursor.pos += GTP_OPTIONAL_LEN
    // Each header ends with the type of the next; 0 is none.
    let type = flags & GTP_HAS_EXTENSION ? view.getUint8(cursor.pos - 1) : 0
    for (let i = 0; type !== 0; i++) {
      if (!cursor.has(1)) return cursor.short(1)
      const len = view.getUint8(cursor.pos) * 4
      if (len === 0 || i === GTP_MAX_EXTENSIONS) return BAD_HEADER
      if (!cursor.has(len)) return cursor.short(len)
      type = view.getUint8(cursor.pos + len - 1)
      cursor.pos += len
    }
  }
  return cursor.enter(ENCAP_GTP, teid, LAYER_IP)
}

const L2TP_CONTROL = 0x8000
const L2TP_HAS_LENGTH = 0x4000
const L2TP_HAS_SEQUENCE = 0x0800
const L2TP_HAS_OFFSET = 0x0200
const L2TP_VERSION = 0x000f

/** Reads the header of an L2TP version 2 data message. */
export function readL2tp(cursor: Cursor): number {
  if (!cursor.has(6)) return cursor.short(6)
  const { view, pos } = cursor
  const flags = view.getUint16(pos)
  if ((flags & L2TP_VERSION) !== 2 || flags & L2TP_CONTROL) return NOT_TCP
  let len = 2
  if (flags & L2TP_HAS_LENGTH) len += 2
  const session = len + 2
  len += 4
  if (flags & L2TP_HAS_SEQUENCE) len += 4
  const offsetSize = len
  if (flags & L2TP_HAS_OFFSET) len += 2
  if (!cursor.has(len)) return cursor.short(len)
  if (flags & L2TP_HAS_LENGTH) cursor.narrow(view.getUint16(pos + 2))
  const pad = flags & L2TP_HAS_OFFSET ? view.getUint16(pos + offsetSize) : 0
  cursor.pos = pos + len + pad
  return cursor.enter(ENCAP_L2TP, view.getUint16(pos + session), LAYER_PPP)
}

const TEREDO_ORIGIN = 0x0000
const TEREDO_ORIGIN_LEN = 8
const TEREDO_AUTHENTICATION = 0x0001
/** Type, both lengths, nonce, confirmation; without the variable parts. */
const TEREDO_AUTHENTICATION_LEN = 13

/** Reads the authentication and origin indications before an IPv6 packet, where there are any. */
export function readTeredo(cursor: Cursor): number {
  const view = cursor.view
  for (let i = 0; i < 2; i++) {
    if (!cursor.has(4)) return cursor.short(4)
    const type = view.getUint16(cursor.pos)
    if (type === TEREDO_AUTHENTICATION) {
      const variable = view.getUint8(cursor.pos + 2) + view.getUint8(cursor.pos + 3)
      cursor.pos += TEREDO_AUTHENTICATION_LEN + variable
    } else if (type === TEREDO_ORIGIN) {
      cursor.pos += TEREDO_ORIGIN_LEN
    } else {
      break
    }
  }
  if (!cursor.has(1)) return cursor.short(1)
  if (view.getUint8(cursor.pos) >> 4 !== 6) return NOT_TCP
  return cursor.enter(ENCAP_TEREDO, 0, LAYER_IPV6)
}

/** Lengths and kinds, operation, next header, time; then identity and signature of any length. */
const AYIYA_HEADER_LEN = 8
/** Kinds of identity, hash and authentication run from none, 0, to 2. */
const AYIYA_KIND_MAX = 2
const AYIYA_FORWARD = 1
const AYIYA_ECHO_AND_FORWARD = 3
const AYIYA_IPV4 = 4
const AYIYA_IPV6 = 41

/** Reads an AYIYA header; what manages the tunnel ends the cursor, and so does a kind nobody defined. */
export function readAyiya(cursor: Cursor): number {
  if (!cursor.has(AYIYA_HEADER_LEN)) return cursor.short(AYIYA_HEADER_LEN)
  const word = cursor.view.getInt32(cursor.pos)
  const operation = (word >>> 8) & 0x0f
  if (
    ((word >>> 24) & 0x0f) > AYIYA_KIND_MAX ||
    ((word >>> 16) & 0x0f) > AYIYA_KIND_MAX ||
    ((word >>> 12) & 0x0f) > AYIYA_KIND_MAX ||
    (operation !== AYIYA_FORWARD && operation !== AYIYA_ECHO_AND_FORWARD)
  ) {
    return NOT_TCP
  }
  // The identity has a power of two of bytes, the signature a number of words.
  const len = AYIYA_HEADER_LEN + (1 << (word >>> 28)) + ((word >>> 20) & 0x0f) * 4
  if (!cursor.has(len)) return cursor.short(len)
  cursor.pos += len
  const next = word & 0xff
  if (next === AYIYA_IPV6) return cursor.enter(ENCAP_AYIYA, 0, LAYER_IPV6)
  return next === AYIYA_IPV4 ? cursor.enter(ENCAP_AYIYA, 0, LAYER_IPV4) : NOT_TCP
}
