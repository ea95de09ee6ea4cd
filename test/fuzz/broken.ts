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
