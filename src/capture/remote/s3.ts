// Objects of an object storage that speaks S3, by Amazon's client: credentials, region and endpoint come from where all its
// programs take them (AWS_PROFILE, AWS_REGION, AWS_ENDPOINT_URL_S3 and their like).

import { createReadStream, statSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import type { GetObjectCommandOutput, HeadObjectCommandOutput, S3Client } from '@aws-sdk/client-s3'
import { TeardownError } from '../../base/errors.js'
import { optional } from '../../base/optional.js'
import {
  type OpenedRemote,
  PassingError,
  type RemoteVersion,
  changedError,
  resumedChunks,
} from './resumed.js'
import { s3Place } from './url.js'

type Library = typeof import('@aws-sdk/client-s3')

/** Where no region is named: buckets of other regions are found through it, other storages have none. */
const REGION = 'us-east-1'

const FORBIDDEN = 403
const NOT_FOUND = 404
const PRECONDITION_FAILED = 412
const NOT_SATISFIABLE = 416
const MANY_REQUESTS = 429
const SERVER_ERROR = 500

const CONNECT_MS = 10_000
const SILENCE_MS = 60_000
const PUT_ATTEMPTS = 4
const PUT_WAIT_MS = 200

/** What goes wrong is told by errors. */
const SILENT = { trace: nothing, debug: nothing, info: nothing, warn: nothing, error: nothing }

function nothing(): void {}

/** Loaded once, with one client for all objects. */
let storage: Promise<{ readonly library: Library; readonly client: S3Client }> | undefined

function open(): NonNullable<typeof storage> {
  // What it says of Node's versions is not for whoever reads a capture.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true'
  storage ??= optional(() => import('@aws-sdk/client-s3'), 's3://', '@aws-sdk/client-s3').then(
    (library) => {
      const { AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL, AWS_REGION, AWS_DEFAULT_REGION } = process.env
      const client = new library.S3Client({
        region: AWS_REGION ?? AWS_DEFAULT_REGION ?? REGION,
        followRegionRedirects: true,
        // Storages of others seldom have a host name for each bucket.
        forcePathStyle: (AWS_ENDPOINT_URL_S3 ?? AWS_ENDPOINT_URL) !== undefined,
        // Not every storage knows the newer checksums; lengths and tags are checked here.
        requestChecksumCalculation: 'WHEN_REQUIRED',
        responseChecksumValidation: 'WHEN_REQUIRED',
        logger: SILENT,
        requestHandler: { connectionTimeout: CONNECT_MS, socketTimeout: SILENCE_MS },
      })
      return { library, client }
    },
  )
  return storage
}

/** An object below a prefix. */
export interface S3Object {
  readonly url: string
  readonly size: number
}

/** The bytes of an object, each once, however often the connection breaks. */
export function s3Chunks(
  url: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  return resumedChunks(url, (offset, known, stop) => openS3(url, offset, known, stop), signal)
}

/** What an object is now; undefined where there is none. */
export async function s3Version(
  url: string,
  signal?: AbortSignal,
): Promise<(RemoteVersion & { readonly metadata: Readonly<Record<string, string>> }) | undefined> {
  const { library, client } = await open()
  const { bucket, key } = s3Place(url)
  let head: HeadObjectCommandOutput
  try {
    const command = new library.HeadObjectCommand({ Bucket: bucket, Key: key })
    head = await client.send(command, optionsOf(signal))
  } catch (error) {
    signal?.throwIfAborted()
    if (statusOf(error) === NOT_FOUND) return undefined
    throw readError(url, error)
  }
  return { size: head.ContentLength, tag: head.ETag, metadata: head.Metadata ?? {} }
}

/** The objects whose keys begin so, in the order of their keys. */
export async function s3Objects(url: string, signal: AbortSignal | undefined): Promise<S3Object[]> {
  const { library, client } = await open()
  const { bucket, key } = s3Place(url)
  const objects: S3Object[] = []
  try {
    const pages = library.paginateListObjectsV2(
      { client },
      { Bucket: bucket, Prefix: key },
      optionsOf(signal),
    )
    for await (const { Contents = [] } of pages) {
      signal?.throwIfAborted()
      for (const { Key = '', Size = 0 } of Contents)
        // What stands for a folder in consoles is an object without a byte.
        if (!Key.endsWith('/')) objects.push({ url: `s3://${bucket}/${Key}`, size: Size })
    }
  } catch (error) {
    signal?.throwIfAborted()
    throw readError(url, error)
  }
  return objects
}

/** The first bytes of an object. */
export async function s3Beginning(
  url: string,
  bytes: number,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  const { library, client } = await open()
  const { bucket, key } = s3Place(url)
  try {
    const range = `bytes=0-${bytes - 1}`
    const command = new library.GetObjectCommand({ Bucket: bucket, Key: key, Range: range })
    const { Body } = await client.send(command, optionsOf(signal))
    return (await Body?.transformToByteArray()) ?? new Uint8Array(0)
  } catch (error) {
    signal?.throwIfAborted()
    // Of an object without a byte no range can be had.
    if (statusOf(error) === NOT_SATISFIABLE) return new Uint8Array(0)
    throw readError(url, error)
  }
}

/** The text of an object; undefined where there is none. */
export async function s3Text(url: string): Promise<string | undefined> {
  const { library, client } = await open()
  const { bucket, key } = s3Place(url)
  try {
    const { Body } = await client.send(new library.GetObjectCommand({ Bucket: bucket, Key: key }))
    return await Body?.transformToString()
  } catch (error) {
    if (statusOf(error) === NOT_FOUND) return undefined
    throw readError(url, error)
  }
}

/** Removes an object, if it is there. */
export async function deleteS3(url: string): Promise<void> {
  const { library, client } = await open()
  const { bucket, key } = s3Place(url)
  try {
    await client.send(new library.DeleteObjectCommand({ Bucket: bucket, Key: key }))
  } catch (error) {
    throw new TeardownError('ERR_WRITE', `cannot write ${url}: ${problemOf(error)}`, {
      cause: error,
    })
  }
}

/**
 * Puts a file into an object: at once, so that it is whole or absent.
 *
 * @param metadata Kept beside the object.
 * @throws {TeardownError} ERR_WRITE where the storage does not take it.
 */
export async function putS3(
  url: string,
  path: string,
  metadata: Readonly<Record<string, string>> = {},
  signal?: AbortSignal,
): Promise<void> {
  const { library, client } = await open()
  const { bucket, key } = s3Place(url)
  for (let attempt = 1; ; attempt++) {
    try {
      const command = new library.PutObjectCommand({
        Bucket: bucket,
        Key: key,
        Body: createReadStream(path),
        ContentLength: statSync(path).size,
        Metadata: { ...metadata },
      })
      await client.send(command, optionsOf(signal))
      return
    } catch (error) {
      signal?.throwIfAborted()
      // The client does not send a file again that it has begun to send.
      if (!isPassing(error) || attempt === PUT_ATTEMPTS)
        throw new TeardownError('ERR_WRITE', `cannot write ${url}: ${problemOf(error)}`, {
          cause: error,
        })
      await setTimeout(PUT_WAIT_MS * 2 ** attempt)
    }
  }
}

async function openS3(
  url: string,
  offset: number,
  known: RemoteVersion | undefined,
  signal: AbortSignal | undefined,
): Promise<OpenedRemote> {
  const { library, client } = await open()
  const { bucket, key } = s3Place(url)
  let answer: GetObjectCommandOutput
  try {
    const command = new library.GetObjectCommand({
      Bucket: bucket,
      Key: key,
      ...(offset === 0 ? {} : { Range: `bytes=${offset}-` }),
      ...(known?.tag === undefined ? {} : { IfMatch: known.tag }),
    })
    answer = await client.send(command, optionsOf(signal))
  } catch (error) {
    signal?.throwIfAborted()
    const status = statusOf(error)
    if (status === PRECONDITION_FAILED || status === NOT_SATISFIABLE) throw changedError(url)
    if (isPassing(error)) throw new PassingError(problemOf(error))
    throw readError(url, error)
  }
  const [, from, total] = /^bytes (\d+)-\d*\/(\d+)$/.exec(answer.ContentRange ?? '') ?? []
  return {
    offset: Number(from ?? 0),
    size: total === undefined ? answer.ContentLength : Number(total),
    tag: answer.ETag,
    // In Node it is a stream of its own.
    body: answer.Body as unknown as AsyncIterable<Uint8Array>,
  }
}

/** How a request is sent. */
function optionsOf(signal: AbortSignal | undefined): { readonly abortSignal?: AbortSignal } {
  return signal === undefined ? {} : { abortSignal: signal }
}

/** The status of an answer; undefined where there was none. */
function statusOf(error: unknown): number | undefined {
  const { $metadata } = error as { readonly $metadata?: { readonly httpStatusCode?: number } }
  return $metadata?.httpStatusCode
}

/** Whether the same may work in a moment. */
function isPassing(error: unknown): boolean {
  const status = statusOf(error)
  if (status === undefined) return !isAboutCredentials(error)
  return status >= SERVER_ERROR || status === MANY_REQUESTS
}

function isAboutCredentials(error: unknown): boolean {
  return error instanceof Error && /Credential|Token/.test(error.name)
}

function readError(url: string, error: unknown): TeardownError {
  if (error instanceof TeardownError) return error
  return new TeardownError('ERR_READ', `cannot read ${url}: ${problemOf(error)}`, { cause: error })
}

function problemOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const status = statusOf(error)
  if (isAboutCredentials(error))
    return `no credentials that hold: set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (${error.message})`
  if (status === FORBIDDEN) return `the storage does not allow it (403 ${error.name})`
  if (status === NOT_FOUND)
    return error.name === 'NoSuchBucket'
      ? 'there is no such bucket (404)'
      : 'there is no such object (404)'
  const said = error.message === '' ? error.name : error.message
  return status === undefined ? said : `${said} (${status})`
}
