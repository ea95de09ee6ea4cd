// Links to what a page shows.

import { expect, test } from 'vitest'
import { NO_FILTERS, withList } from '../../../src/viewer/model/filters.js'
import { type Shown, hashOf, shownOf } from '../../../src/viewer/model/hash.js'
import { FIRST_ORDER } from '../../../src/viewer/model/order.js'

const FIRST: Shown = { filters: NO_FILTERS, order: FIRST_ORDER, connection: undefined }

test.each<[string, Shown]>([
  ['', FIRST],
  ['connection=12', { ...FIRST, connection: { capture: 0, stream: 12 } }],
  ['connection=3:12', { ...FIRST, connection: { capture: 2, stream: 12 } }],
  [
    'ending=rst_after_kill,graceful_fin.normal',
    {
      ...FIRST,
      filters: withList(NO_FILTERS, 'ending', ['rst_after_kill', 'graceful_fin.normal']),
    },
  ],
  [
    'server=[2001:db8::1]:443',
    { ...FIRST, filters: withList(NO_FILTERS, 'server', ['[2001:db8::1]:443']) },
  ],
  [
    'since=2026-11-25T20:01:19.871Z&until=2026-11-25T20:01:22.000Z',
    {
      ...FIRST,
      filters: {
        ...NO_FILTERS,
        fromMs: Date.parse('2026-11-25T20:01:19.871Z'),
        toMs: Date.parse('2026-11-25T20:01:22Z'),
      },
    },
  ],
  [
    'search=a%2Cb%26c%3D%20d&sort=-lasted',
    {
      ...FIRST,
      filters: { ...NO_FILTERS, search: 'a,b&c= d' },
      order: { by: 'lasted', isDescending: true },
    },
  ],
])('%s', (hash, shown) => {
  expect(hashOf(shown)).toBe(hash)
  expect(shownOf(`#${hash}`)).toEqual(shown)
})

test.each(['#nonsense', '#connection=x&sort=y&since=z', '#=&&=', '#search=%E0%A4%A', '#ending='])(
  'what makes no sense is passed over: %s',
  (hash) => {
    const { filters, order, connection } = shownOf(hash)
    expect([filters.lists, filters.fromMs, order, connection]).toEqual([
      {},
      -Infinity,
      FIRST_ORDER,
      undefined,
    ])
  },
)
