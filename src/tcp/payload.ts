// What the first bytes of a payload tell: TLS records, HTTP, and the goodbyes of protocols that say one. No more than four
// bytes are looked at (of a TLS alert seven, of SMB2 its header), none is shown, and none is kept longer than its
// connection.

import { PSH, type Segment } from '../wire/segment.js'

/** Payload longer than this is no goodbye: an alert of TLS with the longest padding. */
export const GOODBYE_MAX_BYTES = 330
/** Nor is longer payload of any other protocol. */
const WORD_MAX_BYTES = 64
/** Records of TLS before an alert in the same segment: an HTTP/2 GOAWAY or a WebSocket Close. */
const LAST_RECORDS_BYTES = 96

/** A TLS alert record (RFC 8446 §5.1). */
export const GOODBYE_TLS_ALERT = 1
/** A TLS 1.3 record of the length that an alert has (RFC 8446 §5.2: 2 bytes, a type and a tag of 16). */
export const GOODBYE_TLS_SHORT = 2
/** QUIT, BYE, LOGOUT, or the answer to one: SMTP, FTP, POP3, IMAP, NNTP, Redis. */
export const GOODBYE_QUIT = 3
/** Reply 421 of SMTP and FTP: the service closes the channel (RFC 5321 §3.8, RFC 959). */
export const GOODBYE_421 = 4
/** MQTT DISCONNECT (MQTT 5.0 §3.14). */
export const GOODBYE_MQTT = 5
/** Terminate of PostgreSQL's protocol, or its ErrorResponse. */
export const GOODBYE_POSTGRES = 6
/** COM_QUIT of MySQL's protocol. */
export const GOODBYE_MYSQL = 7
/** GOAWAY of HTTP/2 (RFC 9113 §6.8). */
export const GOODBYE_HTTP2 = 8
/** unbindRequest of LDAP (RFC 4511 §4.3). */
export const GOODBYE_LDAP = 9
/** Close frame of WebSocket (RFC 6455 §5.5.1). */
export const GOODBYE_WEBSOCKET = 10

/** Session Close of HART-IP. */
export const GOODBYE_HART_IP = 11
/** Answer to Logoff or Tree Disconnect of SMB2, or its refusal of a login (MS-SMB2 §2.2). */
export const GOODBYE_SMB = 12
/** A TLS alert behind other records of the same segment, which are none. */
export const GOODBYE_TLS_BEHIND = 13

const TLS_ALERT = 0x15
const TLS_APPLICATION_DATA = 0x17
/** An alert behind the header of its record: two bytes, a type, a tag. */
const TLS13_ALERT_BYTES = 5 + 19

/** The first four bytes of a segment's payload, the missing ones 0; 0 when fewer were captured than there are. */
export function payloadHead(seg: Segment, view: DataView): number {
  const at = seg.optionsEnd
  if (seg.payloadLen >= 4) {
    if (at + 4 > seg.capturedEnd) return 0
    const head = view.getInt32(at)
    if (seg.payloadLen > LAST_RECORDS_BYTES) {
      const behind = longPayloadHead(seg, view)
      return behind === 0 ? head : behind
    }
    if (head >>> 16 === 0x1703 && endsInAlert(seg, view)) return ALERT_HEAD
    return head === seg.payloadLen - 4 && isSmbLast(seg, view) ? SMB_HEAD : head
  }
  if (seg.headerCut || at + seg.payloadLen > seg.capturedEnd) return 0
  let head = 0
  for (let i = 0; i < seg.payloadLen; i++) head |= view.getUint8(at + i) << (24 - 8 * i)
  return head
}

/** Stands for long payload that ends in an alert. */
const BEHIND_HEAD = 0x15030301
/** Lengths of alert records as they end payload: 2 bytes alone; with AEAD; with CBC and SHA-1 or SHA-256. */
const ALERT_RECORDS: readonly number[] = [7, 31, 37, 53, 69]

/** What is kept of payload too long to be a goodbye itself: whether one stands at its end. */
export function longPayloadHead(seg: Segment, view: DataView): number {
  if ((seg.flags & PSH) === 0) return 0
  const end = seg.optionsEnd + seg.payloadLen
  if (end > seg.capturedEnd) return 0
  for (const len of ALERT_RECORDS) {
    if (view.getInt32(end - len) >>> 16 !== 0x1503) continue
    if (view.getUint16(end - len + 3) === len - 5) return BEHIND_HEAD
  }
  return 0
}

/** Stands for a segment of short TLS records of which the last is an alert. */
const ALERT_HEAD = 0x15030300

/** Whether a segment that begins with a TLS record holds another one, which is an alert. */
function endsInAlert(seg: Segment, view: DataView): boolean {
  const next = seg.optionsEnd + 5 + view.getUint8(seg.optionsEnd + 3) * 256 + secondByte(seg, view)
  return next + 5 <= seg.capturedEnd && view.getInt32(next) >>> 16 === 0x1503
}

/** Stands for the last answer of an SMB2 server. */
const SMB_HEAD = 0xfe534d42 | 0
const SMB_SESSION_SETUP = 1
const SMB_LOGOFF = 2
const SMB_TREE_DISCONNECT = 4
/** STATUS_MORE_PROCESSING_REQUIRED: a login that goes on. */
const SMB_GOES_ON = 0xc0000016

/** Whether a segment is a whole SMB2 answer after which its client hangs up. */
function isSmbLast(seg: Segment, view: DataView): boolean {
  const smb = seg.optionsEnd + 4
  if (smb + 20 > seg.capturedEnd || view.getInt32(smb) !== SMB_HEAD) return false
  if ((view.getUint8(smb + 16) & 1) === 0) return false
  const command = view.getUint16(smb + 12, true)
  const status = view.getUint32(smb + 8, true)
  if (command === SMB_SESSION_SETUP) return status >>> 30 === 3 && status !== SMB_GOES_ON
  return command === SMB_LOGOFF || command === SMB_TREE_DISCONNECT
}

/** The lower byte of the length of a TLS record. */
function secondByte(seg: Segment, view: DataView): number {
  const at = seg.optionsEnd + 4
  return at < seg.capturedEnd ? view.getUint8(at) : 0
}

/** GOODBYE_* kind of a payload by its first four bytes and its length; 0 for none. */
export function goodbyeKind(head: number, len: number): number {
  if (head === 0 || (len > GOODBYE_MAX_BYTES && head !== BEHIND_HEAD)) return 0
  const first = head >>> 24
  if (head === SMB_HEAD) return GOODBYE_SMB
  if (head === BEHIND_HEAD) return GOODBYE_TLS_BEHIND
  if (first !== TLS_ALERT && len > WORD_MAX_BYTES) return 0
  switch (first) {
    case TLS_ALERT:
      return (head >>> 8) % 0x10000 <= 0x0304 && ((head >>> 16) & 0xff) === 3
        ? GOODBYE_TLS_ALERT
        : 0
    case TLS_APPLICATION_DATA:
      return (head & 0xfffffcff) === 0x17030000 && len === TLS13_ALERT_BYTES ? GOODBYE_TLS_SHORT : 0
    case 0xe0:
      return len <= 4 && ((head >>> 16) & 0xff) <= 2 ? GOODBYE_MQTT : 0
    case 0x58:
      return head === 0x58000000 && len === 5 ? GOODBYE_POSTGRES : 0
    case 0x45:
      return head === 0x45000000 ? GOODBYE_POSTGRES : 0
    case 0x01:
      if (head >>> 8 === 0x010101 && len === 8) return GOODBYE_HART_IP
      return head === 0x01000000 && len === 5 ? GOODBYE_MYSQL : 0
    case 0x00:
      return head === 0x00000807 && len === 17 ? GOODBYE_HTTP2 : 0
    case 0x30:
      if (head === 0x30840000) return len === 11 ? GOODBYE_LDAP : 0
      return head >>> 16 === 0x3005 && len === 7 ? GOODBYE_LDAP : 0
    case 0x88:
      return ((head >>> 16) & 0x7f) <= len ? GOODBYE_WEBSOCKET : 0
    default:
      return wordKind(head)
  }
}

/** Goodbyes that are words, in the first four letters, large or small. */
function wordKind(head: number): number {
  switch (head) {
    case 0x34323120: // "421 "
    case 0x3432312d: // "421-"
      return GOODBYE_421
    case 0x32323120: // "221 "
    case 0x3232312d: // "221-"
    case 0x2a204259: // "* BY"
    case 0x3c2f7374: // "</st" of XMPP (RFC 6120 §4.4)
      return GOODBYE_QUIT
    default:
  }
  switch (head & 0xdfdfdfdf) {
    case 0x51554954: // QUIT
    case 0x45584954: // EXIT
    case 0x4c4f474f: // LOGO
    case 0x4259450d & 0xdfdfdfdf: // BYE and the end of its line
      return GOODBYE_QUIT
    default:
      return 0
  }
}

/** Whether a payload begins with a TLS record. */
export function isTls(head: number): boolean {
  const type = head >>> 24
  return type >= 0x14 && type <= 0x18 && ((head >>> 16) & 0xff) === 3 && ((head >>> 8) & 0xff) <= 4
}

/** First four letters of the request lines of HTTP/1 (RFC 9110 §9): GET, POST, PUT, HEAD, DELETE, OPTIONS, PATCH, CONNECT. */
const METHODS: ReadonlySet<number> = new Set([
  0x47455420, 0x504f5354, 0x50555420, 0x48454144, 0x44454c45, 0x4f505449, 0x50415443, 0x434f4e4e,
])

/** Whether a payload begins with the request line of HTTP/1. */
export function isHttpRequest(head: number): boolean {
  return METHODS.has(head)
}

/** Number of a TLS alert that is not encrypted, plus one; 0 where it is, or was not captured. */
export function alertNumber(seg: Segment, view: DataView): number {
  const at = seg.optionsEnd
  if (at + 7 > seg.capturedEnd || view.getUint16(at + 3) !== 2) return 0
  return view.getUint8(at + 6) + 1
}
