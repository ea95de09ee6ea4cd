// What has to be put in order when the process ends at once, without a way back through its callers.

const steps = new Set<() => void>()

/** Has `step` done if the process ends at once; returns what takes that back. */
export function atExit(step: () => void): () => void {
  steps.add(step)
  return () => void steps.delete(step)
}

/** Does all of it. */
export function runExitHooks(): void {
  for (const step of steps) step()
}
