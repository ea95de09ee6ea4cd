// The names that users of the library get as types are those of the lists.

import { expect, test } from 'vitest'
import { FINDINGS } from '../../../src/verdict/findings.js'
import { FINDING_CODES } from '../../../src/verdict/findings/codes.js'
import { FLAGS, FLAG_NAMES } from '../../../src/verdict/flags.js'

test('every code of a finding is found by one row', () => {
  expect(FINDINGS.map(({ code }) => code).sort()).toEqual([...FINDING_CODES])
})

test('every name of a flag is set by one row', () => {
  expect(FLAGS.map(({ name }) => name).sort()).toEqual([...FLAG_NAMES])
})
