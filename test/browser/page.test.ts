// The page of `-f html` in a real browser.

import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Scratch, analyze } from '../cli/run-cli.js'
import { buildPcap } from '../support/capture-builder.js'
import {
  closedByClient,
  closedByServer,
  framesOf,
  leftUnanswered,
  refused,
} from '../support/service.js'
import { CHROMIUM, launch, open, violations } from './browser.js'
import { manyConnections } from './many.js'

const scratch = new Scratch()
let browser: Browser
let path = ''

/** A service that dies at 5 s with requests open, refuses, and is back at 12 s. */
const CAPTURE = buildPcap(
  framesOf(
    [
      ...[0, 1, 2, 3, 4, 4.5].map((t, at) => leftUnanswered(t, 5 + at / 10_000)),
      ...[6, 7, 8, 9, 10].map((t) => refused(t)),
      ...[12, 13, 14].map((t) => closedByServer(t, t + 2)),
      ...[1, 2, 3].map((t) => closedByClient(t, t + 3, { serverPort: 443 })),
    ],
    20,
  ),
)
const ALL = 17

describe.skipIf(CHROMIUM === undefined)('the page in a browser (needs chromium)', () => {
  beforeAll(async () => {
    const capture = await scratch.file('service.pcap', CAPTURE)
    path = join(scratch.path, 'report.html')
    const { code, stderr } = await analyze(['-f', 'html', '-o', path, capture])
    if (code !== 0) throw new Error(`no page was made: ${stderr}`)
    browser = await launch()
  })

  afterAll(() => browser?.close())

  /** The page of a capture. */
  async function pageOf(name: string, capture: Uint8Array): Promise<string> {
    const input = await scratch.file(`${name}.pcap`, capture)
    const output = join(scratch.path, `${name}.html`)
    await analyze(['-f', 'html', '-o', output, input])
    return output
  }

  const status = (page: Page): Promise<string> => page.locator('.filter-state p').innerText()

  test('opens from a file: the incident first, no error, no request', async () => {
    const { page, troubles } = await open(browser, path)
    expect(await page.title()).toBe('service.pcap - tcp-teardown')
    expect(await page.locator('.incidents .sentence').first().innerText()).toMatch(
      /^10\.0\.0\.9:80 died at 22:13:25\.\d+ UTC/,
    )
    expect(await status(page)).toBe(`all ${ALL} connections shown`)
    expect(await page.locator('.verdict-list > li').count()).toBe(2)
    await page.waitForSelector('.chart canvas')
    expect(troubles).toEqual([])
  })

  test('a verdict, an endpoint and a search filter, and all is shown again', async () => {
    const { page, troubles } = await open(browser, path)
    await page.getByRole('button', { name: /handshake_failed/ }).click()
    expect(await status(page)).toBe(`5 of ${ALL} connections shown`)
    expect(await page.locator('.connection-table tbody tr').count()).toBe(5)
    await page.getByRole('button', { name: 'Show all' }).click()
    await page.getByRole('button', { name: '10.0.0.9:443', exact: true }).click()
    expect(await status(page)).toBe(`3 of ${ALL} connections shown`)
    await page.getByRole('button', { name: 'Show all' }).click()
    await page.getByRole('searchbox').fill('unanswered_request')
    await page.getByText(`6 of ${ALL} connections shown`).waitFor()
    expect(decodeURIComponent(page.url())).toMatch(/#search=unanswered_request$/)
    expect(troubles).toEqual([])
  })

  test('a span of time is dragged over, or typed', async () => {
    const { page } = await open(browser, path)
    const box = await page.locator('.chart .u-over').boundingBox()
    if (box === null) throw new Error('there is no time line')
    const y = box.y + box.height / 2
    await page.mouse.move(box.x + 1, y)
    await page.mouse.down()
    await page.mouse.move(box.x + box.width / 4, y, { steps: 4 })
    await page.mouse.up()
    await page.getByRole('button', { name: 'Whole time' }).waitFor()
    expect(await status(page)).toMatch(/^\d+ of 17 connections shown$/)
    await page.getByRole('button', { name: 'Whole time' }).click()
    await page.getByLabel('From', { exact: true }).fill('2023-11-14 22:13:26')
    await page.getByLabel('To', { exact: true }).fill('2023-11-14 22:13:29.5')
    await page.keyboard.press('Enter')
    await page.getByText(`5 of ${ALL} connections shown`).waitFor()
    expect(page.url()).toContain('since=2023-11-14T22:13:26.000Z&until=2023-11-14T22:13:29.500Z')
  })

  test('a row is opened with the keyboard alone: packets, meaning, the filter to copy', async () => {
    const { page, troubles } = await open(browser, path)
    await page.locator('.connection-table tbody a').first().focus()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowDown')
    await page.locator('tr[aria-rowindex="4"] a:focus').waitFor()
    await page.keyboard.press('Enter')
    const panel = page.getByRole('dialog')
    await panel.getByRole('heading', { name: 'About this ending' }).waitFor()
    expect(await panel.locator('.ladder .packet').count()).toBeGreaterThan(1)
    expect(await panel.locator('.packet.evidence').count()).toBeGreaterThan(0)
    expect(await panel.getByLabel('Wireshark filter').first().inputValue()).toMatch(
      /^ip\.addr==10\.0\.0\.1 && ip\.addr==10\.0\.0\.9 && tcp\.port==\d+ && tcp\.port==80 && frame/,
    )
    await panel.getByRole('button', { name: 'Next' }).click()
    await panel.getByText(`4 of ${ALL}`).waitFor()
    await page.keyboard.press('Escape')
    await panel.waitFor({ state: 'detached' })
    expect(troubles).toEqual([])
  })

  test('the way back from a connection leads to the page', async () => {
    const { page, troubles } = await open(browser, path, { hash: '#ending=graceful_fin' })
    await page.locator('.connection-table tbody a').first().click()
    const panel = page.getByRole('dialog')
    await panel.getByRole('button', { name: 'Next' }).click()
    await panel.getByText('2 of 12').waitFor()
    await page.goBack()
    await panel.waitFor({ state: 'detached' })
    expect(await status(page)).toBe(`12 of ${ALL} connections shown`)
    await page.goForward()
    await panel.getByText('2 of 12').waitFor()
    expect(troubles).toEqual([])
  })

  test('a link shows a colleague the same', async () => {
    const { page } = await open(browser, path, { hash: '#connection=0&ending=graceful_fin' })
    const panel = page.getByRole('dialog')
    await panel.getByText('service.pcap, stream 0').waitFor()
    expect(await status(page)).toBe(`12 of ${ALL} connections shown`)
  })

  test('addresses of links that are wrong show everything', async () => {
    const { page, troubles } = await open(browser, path, { hash: '#connection=99&ending=x&sort=y' })
    expect(await status(page)).toBe(`0 of ${ALL} connections shown`)
    expect(await page.getByRole('dialog').count()).toBe(0)
    await page.getByText('names connection 99, of which it has no row').waitFor()
    expect(troubles).toEqual([])
  })

  test.each(['light', 'dark'] as const)(
    'is accessible in %s colours, also when open',
    async (scheme) => {
      const { page, troubles } = await open(browser, path, { colorScheme: scheme })
      expect(await violations(page)).toEqual([])
      await page.locator('.connection-table tbody a').first().click()
      await page.getByRole('heading', { name: 'Look further' }).waitFor()
      expect(await violations(page)).toEqual([])
      expect(troubles).toEqual([])
    },
  )

  test('its colours can be switched', async () => {
    const { page } = await open(browser, path, { colorScheme: 'light' })
    const paper = (): Promise<string> =>
      page.evaluate('getComputedStyle(document.body).backgroundColor')
    expect(await paper()).toBe('rgb(255, 255, 255)')
    await page.getByLabel('Theme').selectOption('dark')
    expect(await paper()).toBe('rgb(20, 23, 26)')
  })

  test.each([360, 800, 1600])('needs no sideways scrolling on %i pixels', async (width) => {
    const { page } = await open(browser, path, { viewport: { width, height: 800 } })
    const wide = (): Promise<number> => page.evaluate('document.documentElement.scrollWidth')
    expect(await wide()).toBe(width)
    await page.locator('.connection-table tbody a').first().click()
    await page.getByRole('heading', { name: 'Look further' }).waitFor()
    expect(await page.locator('.panel').evaluate((panel) => panel.scrollWidth)).toBeLessThanOrEqual(
      width,
    )
    expect(await violations(page)).toEqual([])
  })

  test('prints the first screen and the table, in light colours and without controls', async () => {
    const { page } = await open(browser, path, { colorScheme: 'dark' })
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' })
    const isShown = (selector: string): Promise<boolean> =>
      page.locator(selector).first().isVisible()
    expect(await isShown('.incidents')).toBe(true)
    expect(await isShown('.chart canvas')).toBe(true)
    expect(await isShown('.connection-table')).toBe(true)
    expect(await isShown('.controls')).toBe(false)
    expect(await isShown('.distributions')).toBe(false)
    expect(await page.locator('.connection-table tbody tr').count()).toBe(ALL)
    const ink = await page.evaluate(`getComputedStyle(document.querySelector('h1')).color`)
    expect(ink).toBe('rgb(26, 29, 33)')
  })

  test('a port scan is told first, and its connections are shown', async () => {
    const tries = Array.from({ length: 120 }, (_, i) =>
      refused(1 + i / 1000, { serverPort: 1000 + i, clientIp: [10, 0, 0, 7] }),
    )
    const scan = buildPcap(framesOf([...tries, refused(3)], 5))
    const { page } = await open(browser, await pageOf('scan', scan))
    expect(await page.locator('.incidents .sentence').innerText()).toMatch(
      /^10\.0\.0\.7 tried 121 ports of 10\.0\.0\.9 \(.* UTC\): 120 SYNs were refused\. That is what/,
    )
    await page.getByRole('button', { name: 'show its connections' }).click()
    expect(await status(page)).toBe('120 of 121 connections shown')
    await page.getByRole('button', { name: 'show all connections' }).click()
    expect(await status(page)).toBe('all 121 connections shown')
  })

  test('local times name their zone, unless clocks were changed between them', async () => {
    // Clocks in New York went forward on 10 March 2024.
    const clocks = await pageOf(
      'clocks',
      buildPcap(framesOf([refused(0), refused(10_500_000)], 10_500_001)),
    )
    for (const [file, expected] of [
      [
        await pageOf('zone', buildPcap(framesOf([refused(0)], 1))),
        / 17:13:20\.\d+ – 17:13:2\d.* -05:00, /,
      ],
      [clocks, / 17:13:20\.\d+ – 2024-03-15 06:53:2\d\.\d+ local time$/],
    ] as const) {
      const { page } = await open(browser, file, { timezoneId: 'America/New_York' })
      await page.getByLabel('Times').selectOption('local')
      expect(await page.locator('header .span').innerText()).toMatch(expected)
    }
  })

  test('paper ends behind the rows that are printed', async () => {
    const many = await scratch.file('printed.html', manyConnections(1000))
    const { page } = await open(browser, many)
    const paper = (await page.pdf({ format: 'A4' })).toString('latin1')
    expect(paper.split(/\/Type *\/Page\b/).length - 1).toBeLessThan(8)
    await page.emulateMedia({ media: 'print' })
    await page.getByText('The first 200 of 1,000 connections.').waitFor()
    expect(await page.locator('.connection-table tr').count()).toBe(201)
  })

  test('of several days every time has its date; without connections little is shown', async () => {
    const days = buildPcap(framesOf([refused(0), refused(7200)], 7201))
    const { page } = await open(browser, await pageOf('days', days))
    const times = page.locator('.connection-table td.c-ended')
    expect(await times.allInnerTexts()).toEqual([
      expect.stringMatching(/^2023-11-14 22:13:20/),
      expect.stringMatching(/^2023-11-15 00:13:20/),
    ])
    const { page: empty } = await open(browser, await pageOf('empty', buildPcap([])), {
      isEmpty: true,
    })
    await empty.getByText('There is no TCP connection in this capture.').waitFor()
    expect(await empty.locator('main > *').count()).toBe(1)
  })

  test('100,000 connections: rows out of sight are not in the document, and filters are quick', async () => {
    const many = await scratch.file('many.html', manyConnections(100_000))
    const { page, troubles } = await open(browser, many)
    expect(await status(page)).toBe('all 100,000 connections shown')
    const rows = page.locator('.connection-table tbody tr')
    expect(await rows.count()).toBeLessThan(80)
    await page.locator('.table-frame').evaluate((frame) => (frame.scrollTop = 1_500_000))
    await page.locator('tr[aria-rowindex="50002"]').waitFor()
    expect(await rows.count()).toBeLessThan(80)
    // Several seconds would be noticed by anybody; the machine may have other things to do.
    const took = await page.evaluate<number>(`(async () => {
      const started = performance.now()
      document.querySelector('.verdicts .row').click()
      await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))
      return performance.now() - started
    })()`)
    expect(await status(page)).toBe('50,000 of 100,000 connections shown')
    expect(took).toBeLessThan(3000)
    expect(troubles).toEqual([])
  })
})
