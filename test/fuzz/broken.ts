// What a find is.

/** A property does not hold for an input. */
export class Broken extends Error {
  override readonly name: string = 'Broken'
  readonly property: string

  constructor(property: string, found: string) {
    super(`${property}: ${found}`)
    this.property = property
  }
}

/** @throws {Broken} if `condition` does not hold. */
export function expectThat(condition: boolean, property: string, found: string): void {
  if (!condition) throw new Broken(property, found)
}

/** Expects two lists to be the same, and shows the first entries that are not. */
export function expectSameTexts(
  found: readonly string[],
  expected: readonly string[],
  property: string,
): void {
  const at = Array.from({ length: Math.max(found.length, expected.length) }).findIndex(
    (_, i) => found[i] !== expected[i],
  )
  expectThat(at < 0, property, `entry ${at} is ${found[at]} and not ${expected[at]}`)
}
