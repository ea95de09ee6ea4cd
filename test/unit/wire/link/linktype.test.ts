import { expect, test } from 'vitest'
import { Decoder } from '../../../../src/wire/decode.js'
import { UNKNOWN_LINKTYPE } from '../../../../src/wire/decode-status.js'
import { isKnownLinktype, linktypeName } from '../../../../src/wire/link/linktype.js'
import { embed, zeros } from '../frames.js'

test('names and decoding know the same link types', () => {
  const decoder = new Decoder()
  const view = embed(zeros(200), 0)
  for (let linktype = 0; linktype < 400; linktype++) {
    const status = decoder.decode(view, 0, 200, 200, linktype, 0)
    expect([linktype, status !== UNKNOWN_LINKTYPE]).toEqual([linktype, isKnownLinktype(linktype)])
  }
})

test('unknown link types are named by number', () => {
  expect(linktypeName(1)).toBe('EN10MB')
  expect(linktypeName(147)).toBe('linktype 147')
})
