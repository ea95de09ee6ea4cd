// Captures and results that lie elsewhere: over HTTP from servers that break, and in a storage that speaks S3.

import { gzipSync } from 'node:zlib'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import S3rver from 's3rver'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildPcap } from '../support/capture-builder.js'
import { ObjectServer } from '../support/object-server.js'
import { scenarioFrames } from '../support/scenario.js'
import { type Run, Scratch, analyze, run } from './run-cli.js'

const scratch = new Scratch()
const SMALL = buildPcap(scenarioFrames('0.000 > S 0:0(0)\n0.001 < R. 0:0(0) ack 1 win 0 nots'))
/** Some 4 MB of frames that are no TCP, and a connection at each end. */
const LARGE = buildPcap([
  ...scenarioFrames('0.000 > S 0:0(0)\n0.001 < R. 0:0(0) ack 1 win 0 nots'),
  ...Array.from({ length: 70 }, () => ({
    timeNs: 1_700_000_000_000_000_000n,
    bytes: new Uint8Array(60_000),
  })),
  ...scenarioFrames('9.000 > S 0:0(0)\n9.001 < R. 0:0(0) ack 1 win 0 nots', { clientPort: 4 }),
])

const server = new ObjectServer({
  '/small.pcap': { bytes: SMALL },
  '/breaks.pcap': { bytes: LARGE, breaks: true },
  '/breaks.pcap.gz': { bytes: gzipSync(LARGE, { level: 0 }), breaks: true },
  '/no-ranges.pcap': { bytes: LARGE, breaks: true, hasNoRanges: true },
  '/changes.pcap': { bytes: LARGE, breaks: true, later: LARGE.subarray(0, -1) },
  '/secret.pcap': { bytes: SMALL },
  '/packed.pcap': { bytes: LARGE, isPacked: true },
  '/times.pcap': { bytes: LARGE, breaks: true, hasTime: true },
  '/gap.pcap': { bytes: LARGE, breaks: true, gapBytes: 1000 },
  '/forbidden.pcap': { bytes: SMALL, status: 403 },
  '/broken.pcap': { bytes: SMALL, status: 503 },
})
let web = ''
beforeAll(async () => {
  web = await server.listen()
})
afterAll(() => server.close())

/** The rows that a file with these bytes has under another name. */
async function rowsOf(name: string, bytes: Uint8Array, shown: string): Promise<string> {
  const path = await scratch.file(name, bytes)
  const { stdout } = await analyze(['-f', 'ndjson', path])
  return stdout.replaceAll(path, shown)
}

describe.concurrent('a capture at a URL', () => {
  test.each([
    ['/small.pcap', SMALL],
    ['/breaks.pcap', LARGE],
    ['/packed.pcap', LARGE],
    ['/times.pcap', LARGE],
    ['/breaks.pcap.gz', gzipSync(LARGE, { level: 0 })],
  ])('gives what the file gives: %s', async (path, bytes) => {
    const url = web + path
    const read = await analyze(['-f', 'ndjson', url])
    expect(read).toMatchObject({ code: 0, stderr: '' })
    expect(read.stdout).toBe(await rowsOf(`same${path.replaceAll('/', '-')}`, bytes, url))
  })

  test('is read on from where the connection broke', async () => {
    await analyze([`${web}/breaks.pcap`])
    const ranges = server.seen
      .filter(({ path }) => path === '/breaks.pcap')
      .map(({ range }) => range)
    expect(ranges).toContain('bytes=1048576-')
    expect(ranges).toContain('bytes=2097152-')
  })

  test.each([
    [
      '/no-ranges.pcap',
      /^tcp-teardown: cannot read \S+ to its end: .* \(5 attempts\), after 1048576 of \d+ bytes\n$/,
    ],
    ['/changes.pcap', /^tcp-teardown: cannot read \S+ to its end: it changed while it was read\n$/],
    [
      '/forbidden.pcap',
      /^tcp-teardown: cannot read \S+: the server does not allow it \(403 Forbidden\)\n$/,
    ],
    [
      '/missing.pcap',
      /^tcp-teardown: cannot read \S+: there is no such object \(404 Not Found\)\n$/,
    ],
    [
      '/broken.pcap',
      /^tcp-teardown: cannot read \S+: the server says 503 Service Unavailable \(5 attempts\)\n$/,
    ],
  ])('says what is wrong: %s', async (path, words) => {
    const { code, stderr } = await analyze(['--summary', web + path])
    expect(code).toBe(2)
    expect(stderr).toMatch(words)
  })

  test('is not read over a gap', async () => {
    const { code, stderr } = await analyze(['--summary', `${web}/gap.pcap`])
    expect(code).toBe(2)
    expect(stderr).toBe(
      `tcp-teardown: cannot read ${web}/gap.pcap to its end: bytes from 1048576 on are not sent\n`,
    )
  })

  test('has a result of its own for what is asked of the server, and its secrets in none', async () => {
    const out = join(scratch.path, 'urls')
    const urls = ['id=1', 'id=2', 'private_token=hush'].map((ask) => `${web}/small.pcap?${ask}`)
    expect(await analyze(['-f', 'ndjson', '--out-dir', out, ...urls])).toMatchObject({ code: 0 })
    const files = readdirSync(join(out, web.replace('http://', '')))
    expect(files).toHaveLength(3)
    for (const name of files) {
      const path = join(out, web.replace('http://', ''), name)
      expect(name + readFileSync(path, 'utf8')).not.toContain('hush')
    }
    const watched = await run(['watch', '-f', 'ndjson', urls[2] ?? ''])
    expect(watched.stdout + watched.stderr).not.toContain('hush')
  })

  test.each([
    [['-o', 's3://caps/x', 'samples'], '-o s3://caps/x: it takes a file; --out-dir takes s3://'],
    [['--out-dir', 'http://h/x', 'samples'], '--out-dir takes a folder, or s3://BUCKET/PREFIX'],
    [['s3:///x.pcap'], 's3:///x.pcap names no bucket'],
    [['http://me:hush@[::1'], 'http://[::1 is no URL'],
  ])('is refused where it makes no sense: %s', async (args, words) => {
    const { code, stderr } = await analyze(args)
    expect(code).toBe(2)
    expect(stderr).toContain(`tcp-teardown: ${words}\n`)
  })

  test('keeps a password and a signature out of what is shown', async () => {
    const url = web.replace('http://', 'http://me:hush%21@')
    const { code, stdout } = await analyze([
      '-f',
      'ndjson',
      `${url}/secret.pcap?X-Amz-Signature=abc&a=b`,
    ])
    expect(code).toBe(0)
    expect(stdout).toContain(`"capture":"${web}/secret.pcap"`)
    expect(stdout).not.toContain('hush')
    const { authorization } = server.seen.find(({ path }) => path === '/secret.pcap') ?? {}
    expect(authorization).toBe(`Basic ${Buffer.from('me:hush!').toString('base64')}`)
  })
})

describe('object storage', () => {
  let storage: S3rver
  let client: S3Client
  let env: Record<string, string>

  beforeAll(async () => {
    const directory = join(scratch.path, 's3')
    const configureBuckets = [{ name: 'caps' }]
    storage = new S3rver({
      port: 0,
      address: '127.0.0.1',
      silent: true,
      directory,
      configureBuckets,
    })
    const { port } = await storage.run()
    const endpoint = `http://127.0.0.1:${port}`
    env = {
      AWS_ENDPOINT_URL_S3: endpoint,
      AWS_ACCESS_KEY_ID: 'S3RVER',
      AWS_SECRET_ACCESS_KEY: 'S3RVER',
    }
    const credentials = { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' }
    client = new S3Client({ endpoint, region: 'us-east-1', forcePathStyle: true, credentials })
    await Promise.all([
      put('day/a.pcap', SMALL),
      put('day/b.pcap', LARGE),
      put('day/notes.txt', Buffer.from('notes')),
    ])
  })
  afterAll(() => storage.close())

  async function put(key: string, bytes: Uint8Array): Promise<void> {
    await client.send(new PutObjectCommand({ Bucket: 'caps', Key: key, Body: bytes }))
  }

  async function get(key: string): Promise<string> {
    const { Body } = await client.send(new GetObjectCommand({ Bucket: 'caps', Key: key }))
    return (await Body?.transformToString()) ?? ''
  }

  const withStorage = (args: readonly string[]): Promise<Run> => run(args, { env })

  test('the captures below a prefix give what the files give', async () => {
    const read = await withStorage([
      'analyze',
      '-f',
      'ndjson',
      '--types',
      'connection',
      's3://caps/day/',
    ])
    expect(read.code).toBe(0)
    expect(read.stderr).toBe(
      'tcp-teardown: passed over 1 file below s3://caps/day/ that is no capture: notes.txt\n',
    )
    const files = [await scratch.file('s3-a.pcap', SMALL), await scratch.file('s3-b.pcap', LARGE)]
    const { stdout } = await analyze(['-f', 'ndjson', '--types', 'connection', ...files])
    expect(read.stdout).toBe(stdout.replaceAll(`${scratch.path}/s3-`, 's3://caps/day/'))
  })

  test('results become objects, and are made again only when their captures change', async () => {
    const args = [
      'analyze',
      '-f',
      'ndjson',
      '--out-dir',
      's3://caps/out',
      '--resume',
      's3://caps/day/a.pcap',
    ]
    const first = await withStorage(args)
    expect(first).toMatchObject({ code: 0, stdout: '' })
    expect(first.stderr).toMatch(
      /^tcp-teardown: 1 result written below s3:\/\/caps\/out: 1 connection/,
    )
    const { stdout } = await withStorage(['analyze', '-f', 'ndjson', 's3://caps/day/a.pcap'])
    expect(await get('out/caps/day/a.pcap.ndjson')).toBe(stdout)
    const second = await withStorage(args)
    expect(second.stderr).toBe(
      'tcp-teardown: 0 results written below s3://caps/out, 1 done before and unchanged\n',
    )
    await put('day/a.pcap', LARGE)
    const third = await withStorage(args)
    expect(third.stderr).toMatch(
      /^tcp-teardown: 1 result written below s3:\/\/caps\/out: 2 connections/,
    )
    await put('day/a.pcap', SMALL)
  })

  test.each([
    [['s3://caps/nothing'], /^tcp-teardown: no object begins with s3:\/\/caps\/nothing\n$/],
    [
      ['s3://none/a.pcap'],
      /^tcp-teardown: cannot read s3:\/\/none\/a\.pcap: there is no such bucket \(404\)\n$/,
    ],
    [
      ['--out-dir', 's3://none/out', '-f', 'ndjson', 's3://caps/day/a.pcap'],
      /cannot write s3:\/\/none\/out\/caps\/day\/a\.pcap\.ndjson: there is no such bucket \(404\)\n/,
    ],
  ])('says what is wrong: %s', async (args, words) => {
    const { code, stderr } = await withStorage(['analyze', ...args])
    expect(code).toBe(2)
    expect(stderr).toMatch(words)
  })
})

test('a program that was installed without the client of the storage says so', async () => {
  const { code, stderr } = await run(['analyze', 's3://caps/a.pcap'], {
    env: { NODE_OPTIONS: `--import=${join(scratch.path, 'without.mjs')}` },
  })
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr:
      'tcp-teardown: s3:// needs @aws-sdk/client-s3, to be installed beside tcp-teardown: npm install @aws-sdk/client-s3\n',
  })
})

beforeAll(async () => {
  await scratch.file(
    'without.mjs',
    `import { register } from 'node:module'
     register('data:text/javascript,' + encodeURIComponent(\`export function resolve(name, context, next) {
       if (name.startsWith('@aws-sdk/')) throw Object.assign(new Error(name), { code: 'ERR_MODULE_NOT_FOUND' })
       return next(name, context)
     }\`))`,
  )
})
