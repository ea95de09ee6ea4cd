// Which captures, in which state, a result was made of: what has changed since is made again.

import { isS3Url, isUrl, shownInput } from '../../capture/remote/url.js'
import { statOf } from '../../capture/stat.js'
import type { Timeline } from '../../engine/capture-analyzer.js'

/** One capture: its size, and when it was changed, in ms since 1970, or the tag of its version. */
export type CaptureIdentity = readonly [path: string, bytes: number, version: number | string]

/** What a timeline's captures are now; undefined if of one of them that cannot be told, as of a pipe. */
export async function identitiesOf(
  timeline: Timeline,
  signal?: AbortSignal,
): Promise<readonly CaptureIdentity[] | undefined> {
  const identities: CaptureIdentity[] = []
  for (const path of timeline) {
    const identity = isUrl(path) ? await remoteIdentity(path, signal) : fileIdentity(path)
    if (identity === undefined) return undefined
    identities.push(identity)
  }
  return identities
}

function fileIdentity(path: string): CaptureIdentity | undefined {
  const stat = statOf(path)
  return stat?.isFile() === true ? [path, stat.size, stat.mtimeMs] : undefined
}

/** What cannot be told now will be said when it is read. */
async function remoteIdentity(
  url: string,
  signal: AbortSignal | undefined,
): Promise<CaptureIdentity | undefined> {
  try {
    const version = isS3Url(url)
      ? await (await import('../../capture/remote/s3.js')).s3Version(url, signal)
      : await (await import('../../capture/remote/web.js')).webVersion(url, signal)
    if (version?.size === undefined || version.tag === undefined) return undefined
    return [shownInput(url), version.size, version.tag]
  } catch {
    signal?.throwIfAborted()
    return undefined
  }
}
