// Two captures compared, in answers that have a bound.

import { TeardownError } from '../../base/errors.js'
import { compareTimes } from '../../compare/before-after/comparison.js'
import { beforeAfterJson } from '../../compare/before-after/json.js'
import { comparisonJson } from '../../compare/report.js'
import type { Anonymizer } from '../../output/columns/address.js'
import { periodOf } from '../compare/before-after.js'
import { comparisonOf } from '../compare/compare.js'
import { partOf } from './answer.js'
import type { KnownCapture } from './roots.js'

/** Changes of a kind in one answer. */
const MOST_CHANGES = 8

/** What changed between two times. */
export async function compareTimesOf(
  before: KnownCapture,
  after: KnownCapture,
  anonymizer: Anonymizer | undefined,
  signal: AbortSignal,
): Promise<object> {
  const flags = { by: 'all' as const }
  const was = await periodOf([before.path], flags, anonymizer, signal)
  const is = await periodOf([after.path], flags, anonymizer, signal)
  if (was === undefined || is === undefined) throw unreadable(before, after)
  const document = JSON.parse(beforeAfterJson(compareTimes(was, is))) as Record<string, unknown>
  const { endings, closers, findings, ...others } = document
  return {
    ...named(others, before, after),
    endings: beginning(endings),
    closers: beginning(closers),
    findings: beginning(findings),
  }
}

/** What happened between two places. */
export async function comparePlaces(
  a: KnownCapture,
  b: KnownCapture,
  offset: number | undefined,
  anonymizer: Anonymizer | undefined,
  signal: AbortSignal,
): Promise<object> {
  const comparison = await comparisonOf(a.path, b.path, {}, anonymizer, signal)
  if (comparison === undefined) throw unreadable(a, b)
  const document = JSON.parse(
    comparisonJson({ ...comparison, nameA: a.name, nameB: b.name }),
  ) as Record<string, unknown>
  const { connections, ...others } = document
  const pairs = connections as readonly { readonly differences?: readonly unknown[] }[]
  const different = pairs.filter(({ differences = [] }) => differences.length > 0)
  return { ...others, different: partOf(different, offset) }
}

/** Without the paths by which this machine knows them. */
function named(document: object, before: KnownCapture, after: KnownCapture): object {
  const text = JSON.stringify(document)
    .replaceAll(JSON.stringify(before.path), JSON.stringify(before.name))
    .replaceAll(JSON.stringify(after.path), JSON.stringify(after.name))
  return JSON.parse(text) as object
}

/** The first of a list, which has the greatest changes first, and how many there are. */
function beginning(list: unknown): { readonly total: number; readonly first: readonly unknown[] } {
  const all = Array.isArray(list) ? (list as unknown[]) : []
  return { total: all.length, first: all.slice(0, MOST_CHANGES) }
}

function unreadable(a: KnownCapture, b: KnownCapture): TeardownError {
  return new TeardownError('ERR_READ', `${a.name} or ${b.name} cannot be read to its end`)
}
