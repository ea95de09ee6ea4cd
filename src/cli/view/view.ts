// `tcp-teardown view`: a page, served on the loopback interface.

import { once } from 'node:events'
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { TeardownError } from '../../base/errors.js'
import { systemErrorText } from '../../base/system-error.js'
import { discoverCaptures } from '../../capture/discover.js'
import { pageParts } from '../../output/page/page-document.js'
import { print, warn } from '../context.js'
import { EXIT_DONE } from '../exit-codes.js'
import { PageRun } from '../page/page-run.js'
import { builtPage, pack } from '../page/template.js'
import type { ViewFlags } from './command.js'

const LOOPBACK = '127.0.0.1'

/** Runs `view` until a signal comes, and returns the exit code. */
export async function runView(
  inputs: readonly string[],
  { port }: ViewFlags,
  signal: AbortSignal,
): Promise<number> {
  const page = inputs.length === 0 ? builtPage('tcp-teardown') : await pageOf(inputs, signal)
  if (signal.aborted) return EXIT_DONE
  const server = createServer((request, response) => answer(request, response, page))
  const url = await listen(server, port)
  print(`${url}  (Ctrl-C ends it)\n`)
  if (!signal.aborted) await once(signal, 'abort')
  server.close()
  server.closeAllConnections()
  return EXIT_DONE
}

/** The page of some captures. */
async function pageOf(inputs: readonly string[], signal: AbortSignal): Promise<string> {
  const template = builtPage('page')
  const { captures } = await discoverCaptures(inputs, signal)
  if (captures.length === 0)
    throw new TeardownError('ERR_OPTION', `no capture found below ${inputs.join(', ')}`)
  const run = new PageRun({ analysis: {}, filter: {}, filters: '', anonymizeKey: undefined })
  for (const capture of captures) {
    const { error } = await run.read([capture], false, signal, () => undefined)
    if (signal.aborted) return ''
    if (error !== undefined)
      warn(error.code === 'ERR_READ' ? error.message : `${capture}: ${error.message}`)
  }
  return [...pageParts(template, await run.content(signal), pack)].join('')
}

async function listen(server: Server, port: number): Promise<string> {
  const failed = once(server, 'error')
  const listening = once(server, 'listening')
  server.listen(port, LOOPBACK)
  const problem = (await Promise.race([listening.then(() => undefined), failed])) as
    readonly [error: Error] | undefined
  if (problem !== undefined)
    throw new TeardownError(
      'ERR_READ',
      `cannot serve at port ${port}: ${systemErrorText(problem[0])}`,
      { cause: problem[0] },
    )
  return `http://${LOOPBACK}:${(server.address() as AddressInfo).port}/`
}

/** One page, for whoever calls it by its own name: the names of others that lead here are not answered. */
function answer(request: IncomingMessage, response: ServerResponse, page: string): void {
  const { host = '' } = request.headers
  const isOurs = [LOOPBACK, 'localhost'].includes(host.replace(/:\d+$/, ''))
  const isPage = request.method === 'GET' && request.url === '/'
  response.writeHead(!isOurs ? 403 : isPage ? 200 : 404, {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  })
  response.end(isOurs && isPage ? page : '')
}
