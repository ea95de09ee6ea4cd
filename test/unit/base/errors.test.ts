// Errors with and without what they copy from a capture.

import { expect, test } from 'vitest'
import { CaptureError, TeardownError } from '../../../src/base/errors.js'
import { quoting } from '../../../src/base/quoting.js'

test('a capture error says what it copies, and also without', () => {
  const error = new CaptureError('ERR_CAPTURE_LENGTH', 'block lengths differ', {
    offset: 24,
    expected: quoting`total length ${92} again at the end of the block`,
    found: quoting`${0xc0a84d0d}`,
  })
  expect(error).toMatchObject({
    message:
      'block lengths differ at byte 24: expected total length 92 again at the end of the block, found 3232255245',
    bareMessage:
      'block lengths differ at byte 24: expected total length (hidden) again at the end of the block, found (hidden)',
    expected: 'total length 92 again at the end of the block',
    found: '3232255245',
    bare: { expected: 'total length (hidden) again at the end of the block', found: '(hidden)' },
  })
})

test('what copies nothing is the same in both forms', () => {
  const error = new TeardownError('ERR_READ', 'cannot read a.pcap: 10 % is no name')
  expect(error.bareMessage).toBe(error.message)
})
