// A web server of objects that behaves as badly as it is told to.

import { createHash } from 'node:crypto'
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'

/** Bytes after which a connection breaks, where it is to break. */
export const BREAKS_AFTER_BYTES = 1 << 20

const TIME = 'Fri, 27 Nov 2026 06:00:00 GMT'

/** An object, and how it is served. */
export interface ServedObject {
  readonly bytes: Uint8Array
  /** The connection breaks every so often. */
  readonly breaks?: boolean
  /** Every answer has the object from its beginning. */
  readonly hasNoRanges?: boolean
  /** What it is from the second request on. */
  readonly later?: Uint8Array
  readonly status?: number
  /** It comes packed by gzip, with the length of that. */
  readonly isPacked?: boolean
  /** It has a time instead of a tag, which answers with a part leave out. */
  readonly hasTime?: boolean
  /** Answers with a part leave out so many bytes. */
  readonly gapBytes?: number
}

/** A request that came. */
export interface SeenRequest {
  readonly path: string
  readonly range: string | undefined
  readonly authorization: string | undefined
}

/** Serves objects by their paths. */
export class ObjectServer {
  readonly seen: SeenRequest[] = []
  private readonly objects: ReadonlyMap<string, ServedObject>
  private readonly server: Server

  constructor(objects: Readonly<Record<string, ServedObject>>) {
    this.objects = new Map(Object.entries(objects))
    this.server = createServer((request, response) => this.answer(request, response))
  }

  /** Begins to listen, and returns the beginning of all URLs. */
  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve))
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`
  }

  close(): void {
    this.server.closeAllConnections()
    this.server.close()
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const { pathname: path } = new URL(request.url ?? '', 'http://localhost')
    const { range, authorization } = request.headers
    const isFirst = !this.seen.some((before) => before.path === path)
    this.seen.push({ path, range, authorization })
    const object = this.objects.get(path)
    if (object === undefined || object.status !== undefined) {
      response.writeHead(object?.status ?? 404).end()
      return
    }
    const bytes = isFirst ? object.bytes : (object.later ?? object.bytes)
    const etag = `"${createHash('sha256').update(bytes).digest('hex')}"`
    if (object.isPacked === true) {
      const packed = gzipSync(bytes)
      response.writeHead(200, { 'content-encoding': 'gzip', 'content-length': packed.length })
      return void response.end(packed)
    }
    const name = object.hasTime === true ? 'last-modified' : 'etag'
    const isSame = object.hasTime === true || (request.headers['if-range'] ?? etag) === etag
    const [, from = '0'] = (isSame && /^bytes=(\d+)-$/.exec(range ?? '')) || []
    const gap = Number(from) === 0 ? 0 : (object.gapBytes ?? 0)
    const start = object.hasNoRanges === true ? 0 : Number(from) + gap
    const length = bytes.length - start
    const tag = { [name]: object.hasTime === true ? TIME : etag }
    if (start === 0) response.writeHead(200, { ...tag, 'content-length': length })
    else {
      const part = `bytes ${start}-${bytes.length - 1}/${bytes.length}`
      response.writeHead(206, {
        ...(object.hasTime === true ? {} : tag),
        'content-length': length,
        'content-range': part,
      })
    }
    if (request.method === 'HEAD') return void response.end()
    const isWhole = object.breaks !== true || length <= BREAKS_AFTER_BYTES
    if (isWhole) return void response.end(bytes.subarray(start))
    response.write(bytes.subarray(start, start + BREAKS_AFTER_BYTES), () => response.destroy())
  }
}
