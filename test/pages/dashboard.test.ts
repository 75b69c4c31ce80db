import assert from 'node:assert/strict'
import { once } from 'node:events'
import { request } from 'node:http'
import { createServer } from 'node:net'
import { after, before, describe, it } from 'node:test'

import type { Browser, Page } from 'playwright-core'

import { Scratch } from '#manyhands/testing/scratch.js'

import { until } from '../support/until.js'
import { openBrowser, violations } from './support/browser.js'
import { MadeRun, openLive, serve, type Served } from './support/live.js'

const SECTIONS = ['summary', 'timeline', 'last', 'failures', 'lengths', 'steps', 'workers', 'cache', 'environment']

let browser: Browser

before(async () => {
  browser = await openBrowser()
})
after(() => browser?.close())

/** A folder with a run that goes on, and one that has ended. */
class Folder extends Scratch {
  readonly running: MadeRun
  readonly ended: MadeRun

  constructor() {
    super()
    this.running = new MadeRun(this.folder, { tasks: 2_000 })
    this.running.growTo(0.5)
    this.ended = new MadeRun(this.folder, { run: 'brisk-heron-27', tasks: 200, started: Date.UTC(2026, 10, 20) })
    this.ended.end(1)
  }
}

/** The figure under a name. */
async function figure(page: Page, name: string): Promise<number> {
  const tile = page.locator('.tiles div', { has: page.getByText(name, { exact: true }) }).locator('dd')
  return Number((await tile.innerText()).split('\n')[0]?.replaceAll(',', ''))
}

/** Waits until a condition holds in a page. Its policy forbids playwright's own way, which evaluates texts in the page. */
async function holds(page: Page, condition: string): Promise<void> {
  await until(async () => (await page.evaluate(condition)) === true)
}

describe('the pages of a dashboard', () => {
  it('list the runs of the folder, the newest first, and go to one and back without loading a page', async () => {
    using project = new Folder()
    await using served = await serve(project.folder)
    await using open = await openLive(browser, served)
    const { page } = open
    assert.deepEqual(await page.locator('.runs .mono').allInnerTexts(), ['calm-otter-41', 'brisk-heron-27'])
    assert.deepEqual(await page.locator('.runs .state').allInnerTexts(), ['running', '✕ exit code 1'])
    await page.evaluate('window.isSame = true')
    await page.locator('a.run').first().click()
    await page.waitForSelector('#timeline')
    assert.equal(new URL(page.url()).pathname, '/run/calm-otter-41')
    await page.goBack()
    await page.waitForSelector('.runs')
    assert.equal(await page.evaluate('window.isSame'), true)
    assert.deepEqual(open.events, [])
  })

  it('show the sections of a report', async () => {
    using project = new Folder()
    await using served = await serve(project.folder, ['last'])
    assert.equal(served.url.pathname, '/run/calm-otter-41')
    await using open = await openLive(browser, served)
    await open.page.waitForSelector('#last')
    const ids = await open.page.evaluate('[...document.querySelectorAll("section")].map((one) => one.id)')
    assert.deepEqual(ids, SECTIONS)
  })

  it('grow with the run, leave open what is open, and say that it has ended', async () => {
    using project = new Folder()
    await using served = await serve(project.folder, ['last'])
    await using open = await openLive(browser, served)
    const { page } = open
    const first = await figure(page, 'attempts')
    await page.locator('.kind summary').nth(1).click()
    assert.match(await page.title(), /^\d+ % thumbnails/)
    project.running.growTo(0.8)
    await until(async () => (await figure(page, 'attempts')) > first)
    assert.equal(await page.locator('.kind[open]').count(), 2)
    project.running.end(1)
    await holds(page, `/^\\d+ failed$/.test(document.querySelector('.pill').textContent)`)
    assert.equal(await figure(page, 'attempts'), project.running.attempts)
    assert.deepEqual(open.events, [])
  })

  it('say that a run was killed', async () => {
    using project = new Folder()
    await using served = await serve(project.folder, ['last'])
    await using open = await openLive(browser, served)
    project.running.kill()
    await open.page.getByText(/^was killed/).waitFor()
  })

  it('draw a timeline in which tasks can be found and picked', async () => {
    using project = new Folder()
    await using served = await serve(project.folder, ['last'])
    await using open = await openLive(browser, served)
    const { page } = open
    await page.waitForSelector('#last a.task')
    await page.locator('#find').fill('#7')
    await holds(page, `/^2 of /.test(document.querySelector('.finder output').textContent)`)
    await page.locator('#last a.task').first().click()
    assert.match(await page.locator('.detail').innerText(), /manyhands debug calm-otter-41#\d+/)
  })

  it('hold the timeline still while the pointer is in it', async () => {
    using project = new Folder()
    await using served = await serve(project.folder, ['last'])
    await using open = await openLive(browser, served)
    const { page } = open
    await page.locator('canvas.lanes').hover()
    const note = await page.locator('.detail .note').innerText()
    assert.ok(await page.locator('.held').isVisible())
    const first = await figure(page, 'attempts')
    project.running.growTo(0.8)
    await until(async () => (await figure(page, 'attempts')) > first)
    assert.equal(await page.locator('.detail .note').innerText(), note)
    await page.locator('h1').hover()
    assert.notEqual(await page.locator('.detail .note').innerText(), note)
  })

  it('take the token out of the address, and are still let in when they are loaded again', async () => {
    using project = new Folder()
    await using served = await serve(project.folder)
    await using open = await openLive(browser, served)
    assert.equal(open.page.url(), `${served.url.origin}/`)
    await open.page.reload()
    await open.page.waitForSelector('.runs')
  })

  it('say so without a token, when the server ends, and when there is no such run', async () => {
    using project = new Folder()
    await using served = await serve(project.folder)
    const context = await browser.newContext()
    const page = await context.newPage()
    await page.goto(served.url.origin)
    assert.match(await page.getByRole('alert').innerText(), /token is missing/)
    await context.close()
    await using open = await openLive(browser, served)
    await open.page.evaluate(`history.pushState(null, '', '/run/no-such-run'); dispatchEvent(new Event('popstate'))`)
    await open.page.getByText('there is no such run').waitFor()
    await using other = await openLive(browser, served)
    assert.equal(await served.interrupt(), 0)
    await other.page.getByText('The dashboard was ended.').waitFor()
  })

  for (const colorScheme of ['light', 'dark'] as const)
    for (const width of [390, 1_400])
      it(`break no rule of accessibility and are not too wide, ${colorScheme}, ${width} pixels`, async () => {
        using project = new Folder()
        await using served = await serve(project.folder)
        const options = { colorScheme, viewport: { width, height: 900 } }
        for (const path of ['/', '/run/calm-otter-41']) {
          await using open = await openLive(browser, served, { ...options, path })
          assert.deepEqual(await violations(open.page), [], path)
          const over = await open.page.evaluate<number>('document.documentElement.scrollWidth - innerWidth')
          assert.ok(over <= 0, `${path}: ${over} pixels too wide`)
        }
      })
})

interface Answer {
  readonly status: number | undefined
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
}

/** Asks a dashboard as no browser would. */
function ask(
  { url, token }: Served,
  {
    path = '/events/runs',
    method = 'GET',
    headers = {},
  }: { readonly path?: string; readonly method?: string; readonly headers?: Readonly<Record<string, string>> } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request(
      { host: '127.0.0.1', port: url.port, path, method, headers: { authorization: `Bearer ${token}`, ...headers } },
      (response) => {
        let text = ''
        const done = (): void => {
          resolve({ status: response.statusCode, headers: response.headers, text })
          asked.destroy()
        }
        response.on('data', (part) => {
          text += part
          // A stream of events has no end.
          if (response.headers['content-type']?.startsWith('text/event-stream') === true) done()
        })
        response.on('end', done)
      },
    )
    asked.on('error', reject)
    asked.end()
  })
}

describe('the server of a dashboard', () => {
  let project: Folder
  let served: Served
  before(async () => {
    project = new Folder()
    served = await serve(project.folder)
  })
  after(async () => {
    await served[Symbol.asyncDispose]()
    project[Symbol.dispose]()
  })

  it('answers those who have the token', async () => {
    const { status, text } = await ask(served)
    assert.equal(status, 200)
    assert.match(text, /^event: state\ndata: \{"of":"runs"/)
  })

  it('refuses those who have none, or another', async () => {
    for (const authorization of ['', 'Bearer', 'Bearer x', `Bearer ${served.token}x`, served.token])
      assert.equal((await ask(served, { headers: { authorization } })).status, 401, authorization)
  })

  it('refuses names that are not its own, as of a page that has bound its name to this machine', async () => {
    const { port } = served.url
    for (const host of [
      'evil.example',
      `evil.example:${port}`,
      '127.0.0.1',
      '127.0.0.1:1',
      `127.0.0.1:${port}.evil.example`,
    ])
      for (const path of ['/', '/events/runs'])
        assert.equal((await ask(served, { path, headers: { host } })).status, 403, host)
    assert.equal((await ask(served, { headers: { host: `localhost:${port}` } })).status, 200)
  })

  it('refuses what other pages of a browser ask', async () => {
    for (const site of ['cross-site', 'same-site'])
      assert.equal((await ask(served, { headers: { 'sec-fetch-site': site } })).status, 403, site)
  })

  it('refuses all methods but GET and HEAD', async () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE']) {
      const { status, headers } = await ask(served, { method })
      assert.deepEqual([status, headers['allow']], [405, 'GET, HEAD'], method)
    }
    assert.equal((await ask(served, { path: '/', method: 'HEAD' })).status, 200)
    assert.equal((await ask(served, { method: 'HEAD' })).status, 200)
  })

  it('has no paths but those of its pages', async () => {
    const paths = [
      '/..',
      '/../package.json',
      '/run/..',
      '/run/%2e%2e',
      '/run/../../x',
      '/events/run/..',
      '/events/run/%2e',
    ]
    for (const path of [...paths, '/events', '/run', '//etc/passwd', '/.manyhands/calm-otter-41/log.jsonl'])
      assert.equal((await ask(served, { path })).status, 404, path)
    for (const path of ['/events/run/no-such-run', '/events/cluster'])
      assert.equal((await ask(served, { path })).status, 404, path)
  })

  it('sends all with the headers that keep others out, and a page without data', async () => {
    const { headers, text } = await ask(served, { path: '/run/calm-otter-41' })
    const policy = String(headers['content-security-policy'])
    for (const part of ["default-src 'none'", "connect-src 'self'", "frame-ancestors 'none'", "script-src 'sha256-"])
      assert.ok(policy.includes(part), part)
    assert.doesNotMatch(policy, /unsafe/)
    assert.equal(headers['cache-control'], 'no-store')
    assert.equal(headers['x-content-type-options'], 'nosniff')
    assert.equal(headers['referrer-policy'], 'no-referrer')
    assert.equal(headers['cross-origin-opener-policy'], 'same-origin')
    assert.equal(headers['cross-origin-resource-policy'], 'same-origin')
    assert.equal(headers['access-control-allow-origin'], undefined)
    assert.doesNotMatch(text, /calm-otter|brisk-heron/)
    assert.ok(!text.includes(served.token))
  })

  it('listens on this machine alone, and has a token of 128 bits that is new each time', async () => {
    assert.equal(served.url.hostname, '127.0.0.1')
    assert.equal(Buffer.from(served.token, 'base64url').length, 16)
    await using other = await serve(project.folder)
    assert.notEqual(other.token, served.token)
  })

  it('says which port is taken', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    const { port } = taken.address() as { port: number }
    await assert.rejects(serve(project.folder, ['--port', String(port)]), new RegExp(`port ${port} is taken`))
    taken.close()
  })
})
