// The page that analyzes captures itself, in a real browser: the same results as those of the command.

import { readFileSync, readdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { gzipSync } from 'node:zlib'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { PageContent } from '../../src/output/page/page-document.js'
import { columnLines } from '../../src/output/page/page-document.js'
import { ROOT, Scratch, analyze } from '../cli/run-cli.js'
import { buildPcap } from '../support/capture-builder.js'
import { lz4Frame, raw, zstdFrame } from '../support/frames.js'
import { readPage } from '../support/page.js'
import { closedByServer, framesOf, refused } from '../support/service.js'
import { CHROMIUM, launch, open, violations } from './browser.js'

const PAGE = join(ROOT, 'dist/viewer/tcp-teardown.html')
const SAMPLES = join(ROOT, 'samples')
const scratch = new Scratch()
let browser: Browser

/** A file as it would be chosen. */
interface Chosen {
  readonly name: string
  readonly bytes: Buffer
}

const samples: readonly Chosen[] = readdirSync(SAMPLES)
  .filter((name) => /\.pcap(ng)?$/.test(name))
  .map((name) => ({ name, bytes: readFileSync(join(SAMPLES, name)) }))

/** What the page shows of some files, and what went wrong in it. */
async function analyzed(
  files: readonly Chosen[],
): Promise<{ page: Page; content: PageContent; troubles: string[] }> {
  const page = await browser.newPage()
  const troubles: string[] = []
  page.on('console', (message) => troubles.push(message.text()))
  page.on('pageerror', (error) => troubles.push(error.message))
  page.on('request', (request) => {
    if (!/^(file|blob):/.test(request.url())) troubles.push(request.url())
  })
  await page.goto(pathToFileURL(PAGE).href)
  const content = page.evaluate<PageContent>(
    `new Promise((done) => addEventListener('analyzed', ({ detail }) => done(detail), { once: true }))`,
  )
  const chosen = files.map(({ name, bytes }) => ({ name, mimeType: '', buffer: bytes }))
  await page.locator('input[type=file]').setInputFiles(chosen)
  return { page, content: await content, troubles }
}

describe.skipIf(CHROMIUM === undefined)('the analyzer in a browser (needs chromium)', () => {
  beforeAll(async () => {
    browser = await launch()
  })

  afterAll(() => browser?.close())

  test('of all samples: what the command says, to the byte', async () => {
    const names = samples.map(({ name }) => name)
    const { stdout } = await analyze(['-f', 'html', ...names], { cwd: SAMPLES })
    const wanted = readPage(stdout)
    const { content, page, troubles } = await analyzed(samples)
    const { head, rows, details, ladders } = content
    expect(JSON.stringify(head)).toBe(JSON.stringify(wanted.head))
    expect(columnLines(rows, head.columns.length).join('\n')).toBe(wanted.rows)
    expect(details).toHaveLength(wanted.details.length)
    expect(JSON.stringify(ladders)).toBe(JSON.stringify(wanted.ladders))
    for (const [at, line] of details.entries())
      expect(JSON.parse(line)).toEqual(
        head.detail_columns.map((key) => wanted.details[at]?.[key] ?? null),
      )
    await page.waitForSelector('.connection-table')
    expect(troubles).toEqual([])
  })

  test('gzip, zstd and LZ4 are read as well, and damage is told', async () => {
    const [first] = samples
    if (first === undefined) throw new Error('there are no samples')
    const { content } = await analyzed([{ name: 'a.pcap.gz', bytes: gzipSync(first.bytes) }])
    const plain = await analyzed([{ name: 'a.pcap.gz', bytes: first.bytes }])
    expect(content.rows).toEqual(plain.content.rows)
    expect(content.head.captures[0]?.error).toBe(undefined)
    const frames = [
      zstdFrame([raw(first.bytes)], { window: 48, content: first.bytes }),
      lz4Frame([{ plain: first.bytes }], { content: first.bytes }),
    ]
    for (const frame of frames) {
      const packed = await analyzed([{ name: 'a.pcap.gz', bytes: Buffer.from(frame) }])
      expect(packed.content.rows).toEqual(plain.content.rows)
      expect(packed.troubles).toEqual([])
    }
    const cut = await analyzed([{ name: 'a.pcap', bytes: first.bytes.subarray(0, -5) }])
    expect(cut.content.head.captures[0]?.notes).toEqual([expect.stringContaining('cut short')])
    const none = await analyzed([
      { name: 'a.txt', bytes: Buffer.from('no capture at all, but some text') },
    ])
    expect(none.content.head.captures[0]?.error?.code).toBe('ERR_CAPTURE_FORMAT')
  })

  test('gzip of several members, with bytes behind them, and damaged: as the command reads it', async () => {
    const bytes = large().subarray(0, 300_000)
    const half = bytes.length / 2
    const members = Buffer.concat([
      gzipSync(bytes.subarray(0, half)),
      gzipSync(bytes.subarray(half)),
    ])
    const broken = Buffer.from(members)
    broken.fill(0xff, broken.length - 900, broken.length - 700)
    const files = [
      ['members.gz', members],
      ['behind.gz', Buffer.concat([members, Buffer.from('no gzip')])],
      ['cut.gz', members.subarray(0, -500)],
      ['broken.gz', broken],
    ] as const
    for (const [name, file] of files) {
      const path = await scratch.file(name, file)
      const { stdout } = await analyze(['-f', 'html', name], { cwd: dirname(path) })
      const wanted = readPage(stdout)
      const { content, troubles } = await analyzed([{ name, bytes: file }])
      expect(content.head.captures).toEqual(wanted.head.captures)
      expect(content.head.summary).toEqual(wanted.head.summary)
      expect(columnLines(content.rows, content.head.columns.length).join('\n')).toBe(wanted.rows)
      expect(troubles).toEqual([])
    }
  })

  test.each(['light', 'dark'] as const)('is accessible in %s colours', async (scheme) => {
    const context = await browser.newContext({ colorScheme: scheme })
    const page = await context.newPage()
    await page.setViewportSize({ width: 360, height: 700 })
    await page.goto(pathToFileURL(PAGE).href)
    expect(await violations(page)).toEqual([])
    await page.locator('input[type=file]').setInputFiles(join(SAMPLES, samples[0]?.name ?? ''))
    await page.waitForSelector('.connection-table')
    expect(await violations(page)).toEqual([])
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360)
  })

  test('can be cancelled, and takes other captures afterwards', async () => {
    const path = await scratch.file('large.pcap', large())
    const page = await browser.newPage()
    await page.goto(pathToFileURL(PAGE).href)
    // As soon as the button is there: on a busy machine the analysis may be over before a click from outside gets to it.
    await page.evaluate(`new MutationObserver((_, observer) => {
      const button = [...document.querySelectorAll('button')].find((each) => each.textContent === 'Cancel')
      if (button === undefined) return
      observer.disconnect()
      button.click()
      document.title = 'cancelled'
    }).observe(document.body, { childList: true, subtree: true })`)
    await page.locator('input[type=file]').setInputFiles(path)
    await expect.poll(() => page.title()).toBe('cancelled')
    await page.getByRole('heading', { name: 'How did the TCP connections end?' }).waitFor()
    await page.locator('input[type=file]').setInputFiles(join(SAMPLES, samples[0]?.name ?? ''))
    await page.waitForSelector('.connection-table')
    expect(await page.title()).toBe(`${samples[0]?.name} - tcp-teardown`)
  })

  test('packets that are not among the result are read from the capture when a row is opened', async () => {
    const parts = Array.from({ length: 320 }, (_, at) => refused(at / 100))
    const name = 'many.pcap.gz'
    const bytes = gzipSync(buildPcap(framesOf([closedByServer(0, 4), ...parts], 9)))
    const { page, content, troubles } = await analyzed([{ name, bytes }])
    const known = new Set(content.head.ladders.map(([, stream]) => stream))
    const streams = Array.from({ length: 321 }, (_, stream) => stream)
    const missing = streams.filter((stream) => !known.has(stream))
    expect(missing).toHaveLength(21)
    await page.evaluate(`location.hash = 'connection=${missing.at(-1)}'`)
    const panel = page.getByRole('dialog')
    await panel.locator('.ladder .packet').first().waitFor()
    const shown = await panel.locator('.ladder .label').allInnerTexts()
    expect(shown).toEqual(['SYN seq 0', 'RST ACK seq 1 ack 1'])
    expect(await panel.locator('.packet.evidence em').allInnerTexts()).toEqual([
      'SYN',
      'RST in answer to the SYN',
    ])
    expect(await panel.locator('.packet .at').first().innerText()).toBe('0.000000')
    expect(troubles).toEqual([])
  })

  test('what was found is saved as a page like that of the command', async () => {
    const names = samples.map(({ name }) => name)
    const { stdout } = await analyze(['-f', 'html', ...names], { cwd: SAMPLES })
    const wanted = readPage(stdout)
    const { page, troubles } = await analyzed(samples)
    const saving = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Save as a page to send' }).click()
    const file = await saving
    expect(file.suggestedFilename()).toBe('captures.html')
    const path = join(scratch.path, 'saved.html')
    await file.saveAs(path)
    expect(troubles).toEqual([])
    const saved = readPage(await readFile(path, 'utf8'))
    expect(JSON.stringify(saved.head)).toBe(JSON.stringify(wanted.head))
    expect(saved.rows).toBe(wanted.rows)
    expect(saved.details).toEqual(wanted.details)
    expect(JSON.stringify(saved.ladders)).toBe(JSON.stringify(wanted.ladders))
    const opened = await open(browser, path, { hash: '#connection=0' })
    await opened.page.getByRole('dialog').locator('.ladder .packet').first().waitFor()
    expect(await opened.page.locator('input[type=file]').count()).toBe(0)
    expect(opened.troubles).toEqual([])
  })

  test('what was filtered in one capture is forgotten with the next', async () => {
    const [first, second] = samples
    if (first === undefined || second === undefined) throw new Error('there are no samples')
    const { page } = await analyzed([first])
    await page.locator('.connection-table tbody a').first().click()
    await page.keyboard.press('Escape')
    await page.getByRole('searchbox').fill('nothing has this')
    await page.getByText(/^0 of /).waitFor()
    await page.locator('input[type=file]').setInputFiles(join(SAMPLES, second.name))
    await page.getByRole('heading', { name: second.name, level: 1 }).waitFor()
    await page.waitForSelector('.connection-table')
    expect(new URL(page.url()).hash).toBe('')
    expect(await page.locator('.chip').count()).toBe(0)
  })
})

/** A capture that takes a while: the packets of a sample many times over. */
function large(): Buffer {
  const { bytes } = samples.find(
    ({ bytes: { length }, name }) => name.endsWith('.pcap') && length > 2000,
  ) ?? { bytes: Buffer.alloc(0) }
  const header = 24
  return Buffer.concat([
    bytes.subarray(0, header),
    ...Array.from({ length: 20_000 }, () => bytes.subarray(header)),
  ])
}
