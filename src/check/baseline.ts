// Known exceptions: how many violations of a rule an endpoint has had, by what they were. A capture is never the same twice, so
// that streams and clients would not be found again.

import { TeardownError } from '../base/errors.js'
import type { Violation } from './result.js'

/** Known violations. */
export class Baseline {
  private readonly left = new Map<string, number>()

  /** Takes one of the known ones; false when none is left. */
  take(rule: string, violation: Violation): boolean {
    const key = keyOf(rule, violation)
    const left = this.left.get(key) ?? 0
    if (left <= 0) return false
    this.left.set(key, left - 1)
    return true
  }

  add(rule: string, violation: Violation, n = 1): void {
    const key = keyOf(rule, violation)
    this.left.set(key, (this.left.get(key) ?? 0) + n)
  }

  /** The text of a baseline file. */
  text(): string {
    const known = [...this.left]
      .filter(([, n]) => n > 0)
      .map(([key, count]): object => Object.assign(JSON.parse(key) as object, { count }))
    return `${JSON.stringify({ known }, undefined, 2)}\n`
  }
}

/**
 * Reads a baseline file.
 *
 * @throws {TeardownError} ERR_OPTION when it is none.
 */
export function baselineOf(value: unknown, file: string): Baseline {
  const baseline = new Baseline()
  const known =
    typeof value === 'object' && value !== null ? Reflect.get(value, 'known') : undefined
  if (!Array.isArray(known))
    throw new TeardownError('ERR_OPTION', `${file}: expected a list under "known"`)
  for (const [at, each] of known.entries()) {
    const { rule, endpoint, what, count } = (each ?? {}) as Record<string, unknown>
    if (
      typeof rule !== 'string' ||
      typeof endpoint !== 'string' ||
      typeof what !== 'string' ||
      !Number.isInteger(count) ||
      (count as number) < 1
    )
      throw new TeardownError(
        'ERR_OPTION',
        `${file}: known[${at}]: expected rule, endpoint, what and count`,
      )
    baseline.add(rule, { endpoint, what } as Violation, count as number)
  }
  return baseline
}

function keyOf(rule: string, { endpoint, what }: Pick<Violation, 'endpoint' | 'what'>): string {
  return JSON.stringify({ rule, endpoint, what })
}
