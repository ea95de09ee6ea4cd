// What a pool and its workers say to each other. Errors lose their class on the way between threads, so results carry
// plain objects.

/** To a worker. */
export type ToWorker<T> =
  { readonly kind: 'task'; readonly task: T | undefined } | { readonly kind: 'stop' }

/** From a worker. */
export type FromWorker<P, R> =
  | { readonly kind: 'progress'; readonly progress: P }
  | { readonly kind: 'result'; readonly result: R }
