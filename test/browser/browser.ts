// A real browser for the tests of the page: the one that is installed, none is downloaded.

import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { type Browser, type BrowserContextOptions, type Page, chromium } from 'playwright-core'

const PLACES = [
  process.env['CHROMIUM'] ?? '',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
]

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** Where a browser is; undefined without one. */
export const CHROMIUM: string | undefined = PLACES.find((path) => path !== '' && existsSync(path))

/** Starts the browser. */
export function launch(): Promise<Browser> {
  // The sandbox of its processes does not run as root, which tests in containers do.
  return chromium.launch({ executablePath: CHROMIUM ?? '', args: ['--no-sandbox'] })
}

/** A page that was opened, and what went wrong in it. */
export interface Opened {
  readonly page: Page
  /** Errors, warnings and requests: there should be none. */
  readonly troubles: string[]
}

/** How a page is opened. */
type OpenOptions = BrowserContextOptions & { readonly hash?: string; readonly isEmpty?: boolean }

/** Opens a file as a double click does, and waits for its table. */
export async function open(
  browser: Browser,
  path: string,
  { hash = '', isEmpty = false, ...options }: OpenOptions = {},
): Promise<Opened> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options })
  const page = await context.newPage()
  const troubles: string[] = []
  const url = pathToFileURL(path).href
  page.on('console', (message) => troubles.push(`${message.type()}: ${message.text()}`))
  page.on('pageerror', (error) => troubles.push(error.message))
  page.on('request', (request) => {
    if (request.url().split('#')[0] !== url) troubles.push(`request: ${request.url()}`)
  })
  await page.goto(url + hash)
  if (!isEmpty) await page.waitForSelector('.connection-table')
  return { page, troubles }
}

/** What an accessibility checker finds, by rule and place. */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(AXE)
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: {
        run: (
          options: object,
        ) => Promise<{ violations: { id: string; nodes: { html: string }[] }[] }>
      }
    }
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
    const found = await axe.run({ runOnly: tags })
    return found.violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`),
    )
  })
}
