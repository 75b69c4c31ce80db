import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { delimiter, join } from 'node:path'
import { pathToFileURL } from 'node:url'

import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'

/** A machine may be slow. */
export const LONGEST_MS = 120_000
const NAMES = ['chromium', 'chromium-browser', 'google-chrome']
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const MAIN = new URL('../../../../dist/cli/main.js', import.meta.url)

/** Starts Chromium. Throws where there is none: these tests must not pass in silence. */
export async function openBrowser(): Promise<Browser> {
  const folders = (process.env['PATH'] ?? '').split(delimiter)
  const executablePath = NAMES.flatMap((name) => folders.map((folder) => join(folder, name))).find(existsSync)
  if (executablePath === undefined)
    throw new Error('There is no chromium on this machine, which tests of pages need: apt-get install chromium')
  return chromium.launch({ executablePath, timeout: LONGEST_MS, args: ['--no-sandbox', '--disable-dev-shm-usage'] })
}

/** A page that is open, and all that it did beside being shown. */
export interface OpenPage extends AsyncDisposable {
  readonly page: Page
  /** Requests for anything but the page itself, lines on the console, errors, dialogs. */
  readonly events: string[]
}

/** Opens a report from disk, and waits until its script is done. */
export async function openReport(
  browser: Browser,
  file: string,
  { hash = '', ...options }: BrowserContextOptions & { readonly hash?: string } = {},
): Promise<OpenPage> {
  const context = await browser.newContext({ viewport: { width: 1_400, height: 1_000 }, ...options })
  context.setDefaultTimeout(LONGEST_MS)
  const page = await context.newPage()
  const url = pathToFileURL(file).href
  const open = watchPage(page, (asked) => asked.split('#')[0] === url)
  await page.goto(`${url}${hash}`)
  if (options.javaScriptEnabled !== false) {
    await page.waitForSelector('html[data-ready]', { state: 'attached' })
    await drawn(page)
  }
  return { ...open, [Symbol.asyncDispose]: () => context.close() }
}

/** Notes what a page does beside being shown. `isExpected`: tells which addresses it may ask for. */
export function watchPage(
  page: Page,
  isExpected: (url: string) => boolean,
): Omit<OpenPage, typeof Symbol.asyncDispose> {
  const events: string[] = []
  page.on('request', (request) => {
    const url = request.url()
    if (!isExpected(url) && !url.startsWith('data:')) events.push(`asks ${url}`)
  })
  page.on('console', (message) => events.push(`console: ${message.text()}`))
  page.on('pageerror', (error) => events.push(`error: ${error.message}`))
  page.on('dialog', (dialog) => {
    events.push(`dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  return { page, events }
}

/** Waits until what was asked for is drawn. */
export async function drawn(page: Page): Promise<void> {
  await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))')
}

/** Returns what a page breaks of the rules of accessibility. */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(AXE)
  const found = await page.evaluate<{ id: string; nodes: { target: string[] }[] }[]>(
    'axe.run().then(({ violations }) => violations)',
  )
  return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`)
}

/** Makes a report of a job log with the command. */
export function makeReport(log: string, file: string): void {
  execFileSync(process.execPath, [MAIN.pathname, 'report', log, '-o', file], { stdio: ['ignore', 'ignore', 'inherit'] })
}
