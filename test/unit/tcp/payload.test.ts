// How payloads begin: goodbyes of protocols that say one, TLS records, HTTP requests. Bytes are those of the protocols'
// specifications.

import { PSH } from '../../../src/wire/segment.js'
import { describe, expect, test } from 'vitest'
import * as P from '../../../src/tcp/payload.js'
import { randomSource, segmentOf } from './segments.js'

const CLIENT = { ip: 1, port: 40_000 }
const SERVER = { ip: 2, port: 80 }
/** Bytes of the header before the payload of segments made by hand. */
const HEADER = 20

function bytesOf(payload: string): number[] {
  const hex = /^hex (.*)$/.exec(payload)?.[1]
  return [...Buffer.from(hex?.replaceAll(' ', '') ?? payload, hex === undefined ? 'latin1' : 'hex')]
}

/** The head of a payload of `len` bytes of which so many were captured as are given. */
function headOf(payload: string, len = bytesOf(payload).length): number {
  const bytes = bytesOf(payload)
  const segment = segmentOf(CLIENT, SERVER, { payloadLen: len })
  segment.capturedEnd = HEADER + bytes.length
  segment.flags |= PSH
  return P.payloadHead(segment, viewOf(bytes))
}

function viewOf(bytes: readonly number[]): DataView {
  return new DataView(Uint8Array.from([...new Uint8Array(HEADER), ...bytes]).buffer)
}

function kindOf(payload: string, len = bytesOf(payload).length): number {
  return P.goodbyeKind(headOf(payload, Math.max(len, bytesOf(payload).length)), len)
}

describe('the head of a payload', () => {
  test.each([
    ['ABCDEFGH', 0x41424344],
    ['ABCD', 0x41424344],
    ['ABC', 0x41424300],
    ['A', 0x41000000],
    ['', 0],
    ['hex ff00ff00', 0xff00ff00 | 0],
  ])('%s', (payload, head) => {
    expect(headOf(payload)).toBe(head)
  })

  test('is nothing when it was not captured', () => {
    expect(headOf('ABC', 100)).toBe(0)
    expect(headOf('AB', 3)).toBe(0)
    expect(headOf('ABCD', 100)).toBe(0x41424344)
  })
})

describe('goodbyes', () => {
  test.each([
    ['a TLS alert in clear', 'hex 15 0303 0002 0100', P.GOODBYE_TLS_ALERT],
    ['one of TLS 1.0', 'hex 15 0301 0002 0228', P.GOODBYE_TLS_ALERT],
    ['a TLS 1.2 alert, encrypted', `hex 15 0303 001a ${'77'.repeat(26)}`, P.GOODBYE_TLS_ALERT],
    [
      'a TLS 1.3 record of the length of an alert',
      `hex 17 0303 0013 ${'77'.repeat(19)}`,
      P.GOODBYE_TLS_SHORT,
    ],
    ['QUIT of SMTP, FTP, POP3', 'QUIT\r\n', P.GOODBYE_QUIT],
    ['small letters', 'quit\r\n', P.GOODBYE_QUIT],
    ['exit', 'exit\n', P.GOODBYE_QUIT],
    ['LOGOUT of POP-like protocols', 'LOGOUT\r\n', P.GOODBYE_QUIT],
    ['BYE', 'BYE\r\n', P.GOODBYE_QUIT],
    ['its answer in SMTP', '221 2.0.0 Bye\r\n', P.GOODBYE_QUIT],
    ['in several lines', '221-Goodbye\r\n221 ok\r\n', P.GOODBYE_QUIT],
    ['BYE of IMAP', '* BYE logging out\r\n', P.GOODBYE_QUIT],
    ['421 of SMTP', '421 4.4.2 timeout\r\n', P.GOODBYE_421],
    ['421 of FTP, in several lines', '421-Timeout\r\n', P.GOODBYE_421],
    ['MQTT DISCONNECT', 'hex e000', P.GOODBYE_MQTT],
    ['MQTT 5 DISCONNECT with a reason', 'hex e002 0400', P.GOODBYE_MQTT],
    ['PostgreSQL Terminate', 'hex 58 00000004', P.GOODBYE_POSTGRES],
    ['PostgreSQL ErrorResponse', `hex 45 00000030 ${'53'.repeat(40)}`, P.GOODBYE_POSTGRES],
    ['MySQL COM_QUIT', 'hex 010000 00 01', P.GOODBYE_MYSQL],
    ['HTTP/2 GOAWAY', `hex 000008 07 00 00000000 00000000 00000000`, P.GOODBYE_HTTP2],
    ['LDAP unbindRequest', 'hex 3005 020103 4200', P.GOODBYE_LDAP],
    ['LDAP unbindRequest with long lengths', 'hex 308400000005 020103 4200', P.GOODBYE_LDAP],
    [
      'an alert behind a longer answer',
      `hex 170303016c${'66'.repeat(364)}150303001a${'aa'.repeat(26)}`,
      P.GOODBYE_TLS_BEHIND,
    ],
    ['the answer to SMB2 Logoff', smb('00000000', '02'), P.GOODBYE_SMB],
    ['the answer to SMB2 Tree Disconnect', smb('00000000', '04'), P.GOODBYE_SMB],
    ['a login that SMB2 refuses', smb('6d0000c0', '01'), P.GOODBYE_SMB],
    ['HART-IP Session Close', 'hex 01010100 00000008', P.GOODBYE_HART_IP],
    ['end of an XMPP stream', 'hex 3c2f7374 7265616d 3a737472 65616d3e', P.GOODBYE_QUIT],
    [
      'TLS 1.3 alert under an older version',
      `hex 1703010013${'00'.repeat(19)}`,
      P.GOODBYE_TLS_SHORT,
    ],
    [
      'a GOAWAY and an alert in one segment',
      `hex 1703030029${'00'.repeat(41)}150303001a${'00'.repeat(26)}`,
      P.GOODBYE_TLS_ALERT,
    ],
    ['WebSocket close of the server', 'hex 8802 03e8', P.GOODBYE_WEBSOCKET],
    ['WebSocket close of the client, masked', 'hex 8882 11223344 1232', P.GOODBYE_WEBSOCKET],
  ])('%s', (_what, payload, kind) => {
    expect(kindOf(payload)).toBe(kind)
  })

  test('every kind has one here', () => {
    const kinds = Object.entries(P).filter(([name]) => /^GOODBYE_(?!MAX)/.test(name))
    expect(new Set(kinds.map(([, kind]) => kind)).size).toBe(kinds.length)
    expect(kinds).toHaveLength(13)
  })

  test.each([
    ['nothing', ''],
    ['a request', 'GET / HTTP/1.1\r\n'],
    ['a TLS handshake', 'hex 16 0301 0005 0100000100'],
    ['TLS payload of another length', `hex 17 0303 0014 ${'77'.repeat(20)}`],
    ['a TLS record of no version', 'hex 15 0909 0002 0100'],
    ['a reply that is no goodbye', '250 OK\r\n'],
    ['a login that goes on in SMB2', smb('160000c0', '01')],
    ['another answer of SMB2', smb('00000000', '03')],
    ['a request of SMB2', smb('00000000', '02', '00')],
    ['a longer answer without one', `hex 170303018b${'66'.repeat(395)}`],
    ['what has the length of an SMB2 answer', `hex 00000044${'61'.repeat(68)}`],
    ['a word that begins like one', 'QUOTE\r\n'],
    ['another MQTT packet', 'hex c000'],
    ['a longer PostgreSQL message', `hex 58 00000008 ${'00'.repeat(4)}`],
    ['another HTTP/2 frame of that length', `hex 000008 06 00 00000000 00000000 00000000`],
    ['a WebSocket text frame', 'hex 8102 4142'],
  ])('%s is none', (_what, payload) => {
    expect(kindOf(payload)).toBe(0)
  })

  test('long payload is none, however it begins', () => {
    expect(P.goodbyeKind(headOf('QUIT'), 64)).toBe(P.GOODBYE_QUIT)
    expect(P.goodbyeKind(headOf('QUIT'), 65)).toBe(0)
    expect(P.goodbyeKind(0x15030300, P.GOODBYE_MAX_BYTES)).toBe(P.GOODBYE_TLS_ALERT)
    expect(P.goodbyeKind(0x15030300, P.GOODBYE_MAX_BYTES + 1)).toBe(0)
  })

  test('payload at random is hardly ever taken for one', () => {
    const random = randomSource(7)
    let taken = 0
    for (let n = 0; n < 20_000; n++) {
      const head = (random(0x10000) << 16) | random(0x10000)
      if (P.goodbyeKind(head, 1 + random(64)) !== 0) taken++
    }
    // A WebSocket close is known by one byte.
    expect(taken).toBeLessThan(200)
  })
})

test('the number of a TLS alert, plus one; none where it is encrypted or was not captured', () => {
  const alert = (payload: string, captured = bytesOf(payload).length): number => {
    const bytes = bytesOf(payload)
    const segment = segmentOf(CLIENT, SERVER, { payloadLen: bytes.length })
    segment.capturedEnd = HEADER + captured
    return P.alertNumber(segment, viewOf(bytes))
  }
  expect(alert('hex 15 0303 0002 0228')).toBe(41)
  expect(alert('hex 15 0303 0002 0100')).toBe(1)
  expect(alert(`hex 15 0303 001a ${'77'.repeat(26)}`)).toBe(0)
  expect(alert('hex 15 0303 0002 0228', 6)).toBe(0)
})

test.each([
  ['hex 14030300', true],
  ['hex 16030100', true],
  ['hex 17030300', true],
  ['hex 18030300', true],
  ['hex 13030300', false],
  ['hex 19030300', false],
  ['hex 16020100', false],
  ['hex 16030500', false],
  ['GET ', false],
])('%s begins a TLS record: %s', (payload, isTls) => {
  expect(P.isTls(headOf(payload))).toBe(isTls)
})

test.each<[string, boolean]>([
  ...['GET', 'POST', 'PUT', 'HEAD', 'DELETE', 'OPTIONS', 'PATCH', 'CONNECT'].map(
    (method): [string, boolean] => [`${method} / HTTP/1.1`, true],
  ),
  ['HTTP/1.1 200 OK', false],
  ['get / HTTP/1.1', false],
  ['NOOP', false],
  ['', false],
])('%s begins an HTTP request: %s', (payload, isRequest) => {
  expect(P.isHttpRequest(headOf(payload))).toBe(isRequest)
})

/** An SMB2 answer of 72 bytes: status and command as they are sent, and its lowest flags. */
function smb(status: string, command: string, flags = '01'): string {
  const header = `fe534d42 40000000 ${status} ${command}00 0100 ${flags}000000`
  return `hex 00000044 ${header} ${'00'.repeat(48)}`
}
