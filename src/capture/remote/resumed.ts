// Bytes that come over a network: read on from where a connection broke, in one version of the object, to its last byte.

import { setTimeout } from 'node:timers/promises'
import { TeardownError } from '../../base/errors.js'

/** Attempts without a single new byte, one after another, after which a reading is given up. */
const MOST_ATTEMPTS = 5
const FIRST_WAIT_MS = 200
/** A server that says nothing for so long is asked once more. */
const SILENCE_MS = 30_000

/** What is known of an object before its bytes come. */
export interface RemoteVersion {
  /** Bytes in all; undefined where the server does not say. */
  readonly size: number | undefined
  /** Names these very bytes, such as an ETag; undefined where the server has no such name. */
  readonly tag: string | undefined
  /** It comes packed, so that there is no offset to go on from. */
  readonly isRewritten?: boolean | undefined
}

/** An object that has been opened. */
export interface OpenedRemote extends RemoteVersion {
  /** The bytes from `offset` on, which may be less than was asked for. */
  readonly offset: number
  readonly body: AsyncIterable<Uint8Array>
}

/** An attempt failed for a reason that may be gone next time. */
export class PassingError extends Error {}

/**
 * Opens an object at an offset, the version that `known` names where it has been opened before.
 *
 * Throws a {@link TeardownError} where trying again is of no use.
 */
export type OpenRemote = (
  offset: number,
  known: RemoteVersion | undefined,
  signal: AbortSignal | undefined,
) => Promise<OpenedRemote>

/**
 * The bytes of an object from its first to its last.
 *
 * @throws {TeardownError} ERR_READ where it has changed meanwhile, or nothing more of it comes.
 */
export async function* resumedChunks(
  name: string,
  open: OpenRemote,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  let at = 0
  let known: RemoteVersion | undefined
  /** Attempts since the last new byte. */
  let fruitless = 1
  for (;;) {
    let problem: string
    const patience = new Patience(signal)
    try {
      const opened = await patience.with(open(at, known, patience.signal))
      requireSame(name, known, opened)
      if (opened.offset > at) throw lostError(name, `bytes from ${at} on are not sent`)
      const { size, tag, isRewritten } = opened
      known ??= { size, tag, isRewritten }
      let passed = opened.offset
      for await (const chunk of patience.over(opened.body)) {
        // A server without ranges begins again: what is known of it is left out.
        const fresh = chunk.subarray(Math.min(chunk.length, Math.max(0, at - passed)))
        passed += chunk.length
        if (fresh.length === 0) continue
        at += fresh.length
        fruitless = 0
        yield fresh
      }
      if (known.size === undefined || at === known.size) return
      if (at > known.size) throw lostError(name, `${at} bytes came of ${known.size}`)
      problem = 'the connection ended'
    } catch (error) {
      signal?.throwIfAborted()
      if (!(error instanceof PassingError) && !isBroken(error)) throw error
      problem = error instanceof Error ? textOf(error) : String(error)
    } finally {
      patience.end()
    }
    if (fruitless === MOST_ATTEMPTS) throw gaveUp(name, problem, at, known)
    // One that brought something is followed at once.
    if (fruitless > 0)
      await setTimeout(FIRST_WAIT_MS * 2 ** (fruitless - 1), undefined, signal && { signal })
    fruitless++
  }
}

function requireSame(name: string, known: RemoteVersion | undefined, now: RemoteVersion): void {
  if (known === undefined) return
  // Not every answer tells the size.
  const isSameSize = (known.size ?? now.size) === (now.size ?? known.size)
  if (known.tag !== now.tag || !isSameSize) throw changedError(name)
}

/** Gives up what is silent for too long. */
class Patience {
  private readonly controller = new AbortController()
  private readonly forget: () => void

  constructor(signal: AbortSignal | undefined) {
    const stop = (): void => this.controller.abort(signal?.reason)
    signal?.addEventListener('abort', stop, { once: true })
    this.forget = () => signal?.removeEventListener('abort', stop)
  }

  /** Ends what is under way. */
  get signal(): AbortSignal {
    return this.controller.signal
  }

  /** Waits for work, but not for ever. */
  async with<T>(work: Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined
    const silence = new Promise<never>((_resolve, reject) => {
      timer = globalThis.setTimeout(() => {
        const problem = new PassingError(`no answer for ${SILENCE_MS / 1000} s`)
        reject(problem)
        this.controller.abort(problem)
      }, SILENCE_MS)
    })
    try {
      return await Promise.race([work, silence])
    } finally {
      clearTimeout(timer)
    }
  }

  /** The same for each chunk of a body. */
  async *over(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
    const chunks = body[Symbol.asyncIterator]()
    try {
      for (;;) {
        const { done, value } = await this.with(chunks.next())
        if (done === true) return
        yield value
      }
    } finally {
      // What is silent may never end.
      chunks.return?.().catch(() => undefined)
    }
  }

  /** Lets go of what is not wanted any more. */
  end(): void {
    this.forget()
    this.controller.abort()
  }
}

/** What is said of an object that is not the one any more whose beginning has been read. */
export function changedError(name: string): TeardownError {
  return lostError(name, 'it changed while it was read')
}

function gaveUp(
  name: string,
  problem: string,
  at: number,
  known: RemoteVersion | undefined,
): TeardownError {
  const tried = `${problem} (${MOST_ATTEMPTS} attempts)`
  if (at === 0) return new TeardownError('ERR_READ', `cannot read ${name}: ${tried}`)
  const of = known?.size === undefined ? '' : ` of ${known.size}`
  return lostError(name, `${tried}, after ${at}${of} bytes`)
}

function lostError(name: string, why: string): TeardownError {
  return new TeardownError('ERR_READ', `cannot read ${name} to its end: ${why}`)
}

/** Whether a body ended in the middle: clients throw various errors, none of them ours. */
function isBroken(error: unknown): boolean {
  return error instanceof Error && !(error instanceof TeardownError)
}

/** An error of `fetch` says what happened in its cause. */
function textOf(error: Error): string {
  return error.cause instanceof Error ? error.cause.message : error.message
}
