// The comparison of two times for programs.

import { jsonText } from '../../output/formats/json-text.js'
import type { Sketch } from '../../output/endpoints/sketch.js'
import { type Change, LEVEL, shareOf } from './change.js'
import type { BeforeAfter, GroupChanges } from './comparison.js'
import { headline } from './headline.js'
import type { Tally } from './outcomes.js'
import type { Period } from './period.js'
import { TIMES } from './times.js'

/** One JSON document. */
export function beforeAfterJson(comparison: BeforeAfter): string {
  const { before, after, endings, closers, findings, incidents, groups } = comparison
  function row(change: Change): object {
    return changeRow(change, before, after)
  }
  const document = {
    schema: 'tcp-teardown-before-after/1',
    summary: headline(comparison),
    level: LEVEL,
    before: periodRow(before),
    after: periodRow(after),
    endings: endings.map(row),
    closers: closers.map(row),
    findings: findings.map(row),
    incidents,
    times: TIMES.map(({ key, of }) => ({
      name: key,
      before: timeRow(of(before)),
      after: timeRow(of(after)),
    })),
    ...(groups.length === 0 ? {} : { groups: groups.map((group) => groupRow(group, row)) }),
  }
  return `${jsonText(document)}\n`
}

function periodRow(period: Period): object {
  const { captures, outcomes, durationS, ungrouped } = period
  return {
    captures,
    connections: outcomes.all,
    ...(durationS > 0 ? { duration_s: durationS } : {}),
    ...rateOf(outcomes.all, period),
    ...(ungrouped === 0 ? {} : { ungrouped }),
  }
}

function changeRow(change: Change, before: Period, after: Period): object {
  const { name, points, designEffect, p, adjustedP, isBeyondChance } = change
  const ratio = shareOf(change.after) / shareOf(change.before)
  return {
    name,
    before: tallyRow(change.before, before),
    after: tallyRow(change.after, after),
    points: rounded(points),
    ...(Number.isFinite(ratio) ? { ratio: rounded(ratio) } : {}),
    ...(p === undefined || adjustedP === undefined
      ? {}
      : { design_effect: rounded(designEffect), p: rounded(p), p_adjusted: rounded(adjustedP) }),
    beyond_chance: isBeyondChance,
  }
}

function tallyRow(tally: Tally, period: Period): object {
  return {
    connections: tally.some,
    share: rounded(shareOf(tally)),
    ...rateOf(tally.some, period),
  }
}

function rateOf(n: number, { durationS }: Period): { per_minute?: number } {
  return durationS > 0 ? { per_minute: rounded((60 * n) / durationS) } : {}
}

function timeRow(sketch: Sketch): object {
  if (sketch.count === 0) return { connections: 0 }
  const [half, most] = [0.5, 0.95].map((share) => rounded(sketch.percentile(share) / 1e9))
  return { connections: sketch.count, p50_s: half, p95_s: most }
}

function groupRow(
  { name, before, after, endings }: GroupChanges,
  row: (change: Change) => object,
): object {
  const counted = endings.map(row)
  return { name, before, after, endings: counted }
}

/** Five digits: percentiles have no more than two, and shares are of counts that are given. */
function rounded(value: number): number {
  return Number(value.toPrecision(5))
}
