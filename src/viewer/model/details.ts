// What is known of a connection beyond its row.

/** Everything of a connection that is not in the table, by column. */
export type Details = Readonly<Record<string, unknown>> & {
  readonly explanation?: string
  readonly encapsulation?: string
}
