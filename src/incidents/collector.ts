// What gathers something over many connections: counts, lists, incidents. Each thread has collectors of its own; what they
// hold goes to the main thread as plain data and is added up there, in the order of the endings.

/** Gathers a state over connections of type `C`. `S` is plain data, which can go from one thread to another. */
export interface Collector<C, S> {
  /** Takes the next connection, which is valid during the call only. */
  add(c: C): void
  /** Gives the state away and begins anew. */
  take(): S
  /** Adds the state of another collector of the same kind, whose connections ended after all that were added here. */
  absorb(state: S): void
}
