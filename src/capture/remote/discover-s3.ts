// The captures below a prefix of an object storage.

import { TeardownError } from '../../base/errors.js'
import { s3Beginning, s3Objects, s3Version } from './s3.js'
import { s3Place } from './url.js'

/** Objects looked into at once. */
const AT_ONCE = 16

/** Tells by its first bytes, got by their number, whether something is a capture. */
type HoldsCapture = (start: (bytes: number) => Promise<Uint8Array>) => Promise<boolean>

/** What lies below a prefix. */
interface Below {
  readonly captures: readonly string[]
  readonly passedOver: readonly string[]
}

/**
 * An object itself, or the captures whose keys begin so.
 *
 * @throws {TeardownError} ERR_OPTION where there is nothing.
 */
export async function capturesBelow(
  url: string,
  holdsCapture: HoldsCapture,
  signal: AbortSignal | undefined,
): Promise<Below> {
  const { bucket, key } = s3Place(url)
  if (bucket === '') throw new TeardownError('ERR_OPTION', `${url} names no bucket`)
  const isPrefix = key === '' || key.endsWith('/')
  if (!isPrefix && (await s3Version(url, signal)) !== undefined)
    return { captures: [url], passedOver: [] }
  const objects = await s3Objects(url, signal)
  if (objects.length === 0) throw new TeardownError('ERR_OPTION', `no object begins with ${url}`)
  const isCapture: boolean[] = []
  for (let at = 0; at < objects.length; at += AT_ONCE) {
    signal?.throwIfAborted()
    const group = objects.slice(at, at + AT_ONCE)
    isCapture.push(
      ...(await Promise.all(
        // Better a complaint than a capture passed over.
        group.map(({ url: each }) =>
          holdsCapture((bytes) => s3Beginning(each, bytes, signal)).catch(() => true),
        ),
      )),
    )
  }
  signal?.throwIfAborted()
  return {
    captures: objects.filter((_, at) => isCapture[at]).map(({ url: each }) => each),
    passedOver: objects.filter((_, at) => isCapture[at] !== true).map(({ url: each }) => each),
  }
}
