// Waiting that a signal ends.

/** What `work` comes to, or the reason of the signal if that is first: the work goes on then, and nobody looks at it. */
export async function unlessAborted<T>(
  work: Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T> {
  if (signal === undefined) return work
  work.catch(() => undefined)
  // What was aborted before does not say so again.
  signal.throwIfAborted()
  // A race with one promise for a whole reading would keep something of each wait until that promise is settled.
  return new Promise((resolve, reject) => {
    function stop(): void {
      reject(signal?.reason as Error)
    }
    function settle(): void {
      signal?.removeEventListener('abort', stop)
    }
    signal.addEventListener('abort', stop, { once: true })
    work.then(
      (result) => {
        settle()
        resolve(result)
      },
      (error: unknown) => {
        settle()
        reject(error)
      },
    )
  })
}
