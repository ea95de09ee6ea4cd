// What the first bytes of a payload tell, of those that are no goodbye: as tcp/payload.ts, which looks at the others.

import { half, word } from './memory'
import * as seg from './segment'

const PSH: i32 = 0x08
const GOODBYE_MAX_BYTES: i32 = 330
const WORD_MAX_BYTES: i32 = 64
const LAST_RECORDS_BYTES: i32 = 96

/** `payloadHead` of the segment in hand, which has payload. */
export let head: i32 = 0

/** Reads `head`; false when the payload may be a goodbye, or has to be looked into further. */
export function readHead(isClient: bool): bool {
  const len = seg.payloadLen
  const at = seg.payload
  head = 0
  if (len > GOODBYE_MAX_BYTES && !isClient) return !mayEndInAlert()
  if (len < 4) {
    if (at + <usize>len > seg.capturedEnd) return true
    for (let i = 0; i < len; i++) head |= <i32>load<u8>(at + <usize>i) << (24 - 8 * i)
    return isPlain(len)
  }
  if (at + 4 > seg.capturedEnd) return true
  head = word(at)
  if (len > LAST_RECORDS_BYTES) return !mayEndInAlert() && isPlain(len)
  return head >>> 16 != 0x1703 && head != len - 4 && isPlain(len)
}

/** Whether an alert record may stand at the end: more than `longPayloadHead` asks for is looked at by nobody else. */
@inline
function mayEndInAlert(): bool {
  if ((seg.flags & PSH) == 0) return false
  const end = seg.payload + <usize>seg.payloadLen
  if (end > seg.capturedEnd) return false
  return (
    half(end - 7) == 0x1503 ||
    half(end - 31) == 0x1503 ||
    half(end - 37) == 0x1503 ||
    half(end - 53) == 0x1503 ||
    half(end - 69) == 0x1503
  )
}

/** Whether `goodbyeKind` is surely 0: by the first byte, and in short payload only. */
@inline
function isPlain(len: i32): bool {
  if (len > GOODBYE_MAX_BYTES || head == 0) return true
  const first = head >>> 24
  if (first == 0x15) return false
  if (len > WORD_MAX_BYTES) return head != <i32>0xfe534d42
  return !mayBegin(first)
}

/** First bytes of goodbyes. */
function mayBegin(first: i32): bool {
  switch (first) {
    case 0x00:
    case 0x01:
    case 0x17:
    case 0x2a:
    case 0x30:
    case 0x32:
    case 0x34:
    case 0x3c:
    case 0x45:
    case 0x58:
    case 0x88:
    case 0xe0:
    case 0xfe:
      return true
    default:
  }
  const letter = first & 0xdf
  return letter == 0x51 || letter == 0x45 || letter == 0x4c || letter == 0x42
}
