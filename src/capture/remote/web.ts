// Objects over HTTP.

import { TeardownError } from '../../base/errors.js'
import {
  type OpenedRemote,
  PassingError,
  type RemoteVersion,
  changedError,
  resumedChunks,
} from './resumed.js'
import { shownInput } from './url.js'

const PARTIAL = 206
const NOT_SATISFIABLE = 416
const PRECONDITION_FAILED = 412
/** Answers that may be others in a moment. */
const PASSING: ReadonlySet<number> = new Set([408, 425, 429, 500, 502, 503, 504])
/** The value of the Authorization header, for URLs without a password that would stand in results. */
const AUTHORIZATION = 'TCP_TEARDOWN_AUTHORIZATION'

const REASONS: Readonly<Record<number, string>> = {
  401: `the server wants to know who asks: ${AUTHORIZATION} is sent as the Authorization header`,
  403: 'the server does not allow it',
  404: 'there is no such object',
  410: 'there is no such object any more',
}

/** The bytes at a URL, each once, however often the connection breaks. */
export function webChunks(
  url: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  return resumedChunks(
    shownInput(url),
    (offset, known, stop) => openWeb(url, offset, known, stop),
    signal,
  )
}

/** What is at a URL. */
export async function webVersion(
  url: string,
  signal: AbortSignal | undefined,
): Promise<RemoteVersion> {
  const answer = await request(url, 'HEAD', {}, signal)
  requireFound(url, answer)
  return { size: sizeIn(answer.headers.get('content-length')), tag: tagOf(answer) }
}

async function openWeb(
  url: string,
  offset: number,
  known: RemoteVersion | undefined,
  signal: AbortSignal | undefined,
): Promise<OpenedRemote> {
  const isWhole = offset === 0 || known?.isRewritten === true
  const range: Record<string, string> = isWhole ? {} : { range: `bytes=${offset}-` }
  const same: Record<string, string> =
    !isWhole && known?.tag?.startsWith('W/') === false ? { 'if-range': known.tag } : {}
  const answer = await request(url, 'GET', { ...range, ...same }, signal)
  if (answer.status === NOT_SATISFIABLE || answer.status === PRECONDITION_FAILED)
    throw changedError(shownInput(url))
  requireFound(url, answer)
  const { body } = answer
  const [, from, total] =
    /^bytes (\d+)-\d*\/(\d+|\*)$/.exec(answer.headers.get('content-range') ?? '') ?? []
  const isPartial = answer.status === PARTIAL && from !== undefined
  // What is unpacked on the way has another length than the server says.
  const isRewritten = !/^(?:identity)?$/i.test(answer.headers.get('content-encoding') ?? '')
  const size = isPartial ? total : answer.headers.get('content-length')
  return {
    offset: isPartial ? Number(from) : 0,
    size: isRewritten ? undefined : sizeIn(size),
    // A part of the version that was asked for need not name it (RFC 9110 §15.3.7).
    tag: tagOf(answer) ?? (isPartial ? known?.tag : undefined),
    isRewritten,
    body: body === null ? emptyBody() : (body as AsyncIterable<Uint8Array>),
  }
}

async function* emptyBody(): AsyncGenerator<Uint8Array, void, undefined> {}

async function request(
  url: string,
  method: string,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal | undefined,
): Promise<Response> {
  const { href, authorization } = partsOf(url)
  const init = {
    method,
    // Lengths and offsets are those of the object, not of what it is packed into for the way.
    headers: { ...headers, ...authorization, 'accept-encoding': 'identity' },
    ...(signal === undefined ? {} : { signal }),
  }
  return fetch(href, init).catch((error: unknown) => {
    signal?.throwIfAborted()
    throw connectionError(url, error)
  })
}

/** Why there was no answer at all. What has no code of the system, such as a port that is not asked, stays as it is. */
function connectionError(url: string, error: unknown): Error {
  const cause = error instanceof Error ? (error.cause ?? error) : error
  // Of a name with several addresses there is an error for each.
  const [first = cause] = cause instanceof AggregateError ? (cause.errors as Error[]) : [cause]
  if (first instanceof Error && 'code' in first) return new PassingError(first.message)
  const said = first instanceof Error ? first.message : 'no connection'
  // The text of a header may be a secret.
  const why = said.includes('header value') ? `${AUTHORIZATION} is no value of a header` : said
  return new TeardownError('ERR_READ', `cannot read ${shownInput(url)}: ${why}`)
}

/** A URL as it is asked for; `fetch` takes none with a password. */
function partsOf(text: string): {
  readonly href: string
  readonly authorization: Readonly<Record<string, string>>
} {
  const url = new URL(text)
  const { username, password } = url
  const given = process.env[AUTHORIZATION]
  url.username = ''
  url.password = ''
  if (username !== '' || password !== '') {
    const pair = `${decoded(username)}:${decoded(password)}`
    const coded = Buffer.from(pair).toString('base64')
    return { href: url.href, authorization: { authorization: `Basic ${coded}` } }
  }
  return { href: url.href, authorization: given === undefined ? {} : { authorization: given } }
}

/** A name or password as it is meant; one with a bare % as it is. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function requireFound(url: string, { ok, status, statusText }: Response): void {
  if (ok) return
  const said = `${status}${statusText === '' ? '' : ` ${statusText}`}`
  if (PASSING.has(status)) throw new PassingError(`the server says ${said}`)
  const reason = REASONS[status]
  throw new TeardownError(
    'ERR_READ',
    `cannot read ${shownInput(url)}: ${reason === undefined ? `the server says ${said}` : `${reason} (${said})`}`,
  )
}

/** An ETag, else the time of the last change. */
function tagOf({ headers }: Response): string | undefined {
  return headers.get('etag') ?? headers.get('last-modified') ?? undefined
}

function sizeIn(text: string | null | undefined): number | undefined {
  return /^\d+$/.test(text ?? '') ? Number(text) : undefined
}
