// `watch --metrics`: a small HTTP server that shows the metrics of now. It answers whoever can reach its address, which is
// this host only unless another one is named.

import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { TeardownError } from '../../base/errors.js'
import { systemErrorText } from '../../base/system-error.js'
import {
  type Exposition,
  OPENMETRICS_TEXT,
  PROMETHEUS_TEXT,
} from '../../output/metrics/exposition.js'
import { endpointText } from '../../output/columns/address.js'
import type { ListenAddress } from '../values.js'

const PATH = '/metrics'
/** Somebody who asks and does not go on must not hold anything. */
const REQUEST_MS = 10_000
const MOST_CONNECTIONS = 64

/** Serves `text`, made anew for each request. */
export class MetricsServer {
  private readonly server: Server
  private readonly name: string

  private constructor(server: Server, name: string) {
    this.server = server
    this.name = name
  }

  /**
   * Begins to listen.
   *
   * @throws {TeardownError} ERR_OPTION where nobody can listen at the address.
   */
  static async start(
    { host, port }: ListenAddress,
    text: (form: Exposition) => string,
  ): Promise<MetricsServer> {
    const server = createServer({ requestTimeout: REQUEST_MS }, (request, response) =>
      answer(request, response, text),
    )
    server.maxConnections = MOST_CONNECTIONS
    await new Promise<void>((resolve, reject) => {
      server.once('error', (error) =>
        reject(
          new TeardownError(
            'ERR_OPTION',
            `--metrics: cannot listen on ${endpointText(host, port)}: ${systemErrorText(error)}`,
            { cause: error },
          ),
        ),
      )
      server.listen(port, host, resolve)
    })
    const { address, port: taken } = server.address() as AddressInfo
    return new MetricsServer(server, `http://${endpointText(address, taken)}${PATH}`)
  }

  /** Where it is found. */
  get url(): string {
    return this.name
  }

  /** Ends it, and whatever is being answered. */
  stop(): void {
    this.server.close()
    this.server.closeAllConnections()
  }
}

function answer(
  { method, url = '', headers }: IncomingMessage,
  response: ServerResponse,
  text: (form: Exposition) => string,
): void {
  if (url.split('?')[0] !== PATH) {
    respond(response, 404, `metrics are at ${PATH}\n`)
    return
  }
  if (method !== 'GET' && method !== 'HEAD') {
    response.setHeader('Allow', 'GET, HEAD')
    respond(response, 405, 'GET only\n')
    return
  }
  const form = wantedForm(headers.accept)
  response.setHeader('Vary', 'Accept')
  respond(response, 200, text(form), form.mediaType)
}

function respond(
  response: ServerResponse,
  status: number,
  body: string,
  mediaType = 'text/plain; charset=utf-8',
): void {
  response.writeHead(status, {
    'Content-Type': mediaType,
    'Content-Length': Buffer.byteLength(body),
    'X-Content-Type-Options': 'nosniff',
  })
  response.end(body)
}

/** OpenMetrics for those who name it in `Accept`, as Prometheus does. */
function wantedForm(accept = ''): Exposition {
  const asksForIt = accept
    .split(',')
    .map((range) => range.split(';').map((part) => part.trim().toLowerCase()))
    .some(
      ([type, ...parameters]) =>
        type === 'application/openmetrics-text' &&
        !parameters.some((each) => /^q=0(\.0*)?$/.test(each)),
    )
  return asksForIt ? OPENMETRICS_TEXT : PROMETHEUS_TEXT
}
