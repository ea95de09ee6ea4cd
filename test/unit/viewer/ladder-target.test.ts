// A row of the page names the connection whose packets are read once more as the first reading would have.

import { expect, test } from 'vitest'
import { targetOf, type LadderTarget } from '../../../src/engine/ladder/target.js'
import { PAGE_DETAIL_COLUMNS, pageDetails } from '../../../src/output/page/page-rows.js'
import { findConnection } from '../../../src/viewer/model/connections.js'
import { wantedLadder } from '../../../src/viewer/model/ladder-target.js'
import { closedByClient, closedByServer, leftUnanswered, refused } from '../../support/service.js'
import { analyze, loaded } from './connections.js'

const PARTS = [
  closedByServer(0, 5),
  closedByClient(1, 3, { serverPort: 443 }),
  refused(6),
  leftUnanswered(7, 9),
]

test('stream, sides, ports, evidence and last packet', () => {
  const wanted: { target: LadderTarget; details: unknown[]; lastPacket: number }[] = []
  analyze(PARTS, (c) => {
    const details = JSON.parse(pageDetails(c)) as unknown[]
    wanted.push({ target: targetOf(c), details, lastPacket: c.e.end.frame })
  })
  const { c } = loaded([PARTS])
  expect(wanted).toHaveLength(PARTS.length)
  for (const { target, details, lastPacket } of wanted) {
    const named = Object.fromEntries(
      PAGE_DETAIL_COLUMNS.map((key, at) => [key, details[at] ?? undefined]),
    )
    const place = findConnection(c, 0, target.stream)
    expect(wantedLadder(c, place, named)).toEqual({ capture: 0, target, lastPacket })
  }
})
