// `view`: a page at an address of this machine, until a signal comes.

import { request } from 'node:http'
import { describe, expect, test } from 'vitest'
import { readPage } from '../support/page.js'
import { run, start } from './run-cli.js'

const SAMPLE = 'test/cli/captures/kill-sigkill-unread.pcap'

interface Answer {
  readonly status: number | undefined
  readonly body: string
}

function get(url: string, path: string, host?: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = host === undefined ? {} : { host }
    request(new URL(path, url), { headers }, (response) => {
      const parts: Buffer[] = []
      response.on('data', (part: Buffer) => parts.push(part))
      response.on('end', () =>
        resolve({ status: response.statusCode, body: Buffer.concat(parts).toString() }),
      )
    })
      .on('error', reject)
      .end()
  })
}

/** Starts it, asks, and ends it by a signal; returns its exit code. */
async function view(
  args: readonly string[],
  ask: (url: string) => Promise<void>,
): Promise<number | null> {
  const child = start(['view', ...args])
  const ending = new Promise<number | null>((resolve) => child.on('close', resolve))
  const url = await new Promise<string>((resolve) => {
    let text = ''
    child.stdout.on('data', (part: Buffer) => {
      text += part.toString()
      const found = /^(http:\/\/127\.0\.0\.1:\d+\/) .*\n/.exec(text)?.[1]
      if (found !== undefined) resolve(found)
    })
  })
  await ask(url)
  child.kill('SIGINT')
  return ending
}

describe.concurrent('view', () => {
  test('a capture: its page, and nothing else', async () => {
    const code = await view([SAMPLE], async (url) => {
      const { status, body } = await get(url, '/')
      expect(status).toBe(200)
      expect(readPage(body).head.captures[0]?.capture).toBe(SAMPLE)
      expect(await get(url, '/../package.json')).toEqual({ status: 404, body: '' })
      expect(await get(url, '/', 'example.org')).toEqual({ status: 403, body: '' })
      expect((await get(url, '/', 'localhost:80')).status).toBe(200)
    })
    expect(code).toBe(0)
  })

  test('none: the page that takes captures', async () => {
    const code = await view([], async (url) => {
      const { body } = await get(url, '/')
      expect(body).toContain('worker-src blob:')
      expect(body).not.toContain('id="page-head"')
    })
    expect(code).toBe(0)
  })

  test('a port that is taken is named', async () => {
    await view([], async (url) => {
      const { port } = new URL(url)
      const { code, stderr } = await run(['view', '--port', port])
      expect([code, stderr]).toEqual([
        2,
        `tcp-teardown: cannot serve at port ${port}: address already in use\n`,
      ])
    })
  })

  test('no capture: an error', async () => {
    const { code, stderr } = await run(['view', 'samples/record'])
    expect([code, stderr]).toEqual([2, expect.stringContaining('no capture found')])
  })
})
