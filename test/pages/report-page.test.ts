import assert from 'node:assert/strict'
import { readFileSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { after, before, describe, it } from 'node:test'

import type { Browser, Page } from 'playwright-core'

import { Scratch } from '#manyhands/testing/scratch.js'
import type { View } from '#manyhands/view/view.js'

import { until } from '../support/until.js'
import { drawn, makeReport, openBrowser, openReport } from './support/browser.js'
import { writeMadeLog } from './support/made-log.js'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const SECTIONS = ['summary', 'timeline', 'failures', 'lengths', 'steps', 'workers', 'cache', 'environment']
const TASKS = 10_000

let browser: Browser
let scratch: Scratch
let file: string
let view: View

before(async () => {
  scratch = new Scratch()
  const log = scratch.file('log.jsonl')
  writeMadeLog(log, TASKS)
  file = scratch.file('run.html')
  makeReport(log, file)
  const json = scratch.file('run.json')
  makeReport(log, json)
  view = JSON.parse(readFileSync(json, 'utf8')) as View
  browser = await openBrowser()
})
after(async () => {
  await browser?.close()
  scratch[Symbol.dispose]()
})

/** What a script in the page returns. */
async function inPage<T>(page: Page, script: string): Promise<T> {
  return (await page.evaluate(script)) as T
}

describe('the page of a report', () => {
  it('opens from disk without a request, a line on the console or an error, and is small', async () => {
    await using open = await openReport(browser, file)
    assert.deepEqual(open.events, [])
    assert.ok(statSync(file).size < 400 * 1_024, `${statSync(file).size} bytes`)
    const nodes = await inPage<number>(open.page, 'document.querySelectorAll("*").length')
    assert.ok(nodes < 3_000, `${nodes} elements`)
  })

  it('has all sections, with the figures of the view', async () => {
    await using open = await openReport(browser, file)
    const ids = await inPage<string[]>(open.page, '[...document.querySelectorAll("section")].map((one) => one.id)')
    assert.deepEqual(ids, SECTIONS)
    const tiles = await inPage<Record<string, string>>(
      open.page,
      'Object.fromEntries([...document.querySelectorAll(".tiles div")].map((one) => [one.children[0].textContent, one.children[1].firstChild.data]))',
    )
    const shown = (n: number): string => n.toLocaleString('en')
    const { states, attempts } = view
    assert.equal(tiles['succeeded'], shown(states.ok + states.cached))
    assert.equal(tiles['failed'], shown(states.failed + states.timeout + states.crashed))
    assert.equal(tiles['attempts'], shown(attempts))
    const sentences = await inPage<string[]>(
      open.page,
      '[...document.querySelectorAll(".said li")].map((one) => one.textContent)',
    )
    assert.deepEqual(
      sentences,
      view.insights.map(({ text }) => text),
    )
    const kinds = await inPage<number[]>(
      open.page,
      '[...document.querySelectorAll(".kind .n")].map((one) => Number(one.textContent.replace(",", "")))',
    )
    assert.deepEqual(
      kinds,
      view.kinds.map((kind) => kind.failed),
    )
  })

  for (const width of [360, 390, 1_400])
    it(`is not wider than a window of ${width} pixels`, async () => {
      await using open = await openReport(browser, file, { viewport: { width, height: 800 }, hasTouch: width < 500 })
      await inPage(open.page, 'for (const one of document.querySelectorAll("details")) one.open = true')
      const over = await inPage<number>(open.page, 'document.documentElement.scrollWidth - innerWidth')
      assert.ok(over <= 0, `${over} pixels too wide`)
    })

  for (const colorScheme of ['light', 'dark'] as const)
    for (const width of [390, 1_400])
      it(`breaks no rule of accessibility, ${colorScheme}, ${width} pixels wide`, async () => {
        await using open = await openReport(browser, file, { colorScheme, viewport: { width, height: 900 } })
        await inPage(open.page, AXE)
        const violations = await inPage<{ id: string; nodes: { target: string[] }[] }[]>(
          open.page,
          'axe.run().then(({ violations }) => violations)',
        )
        const told = violations.map(
          ({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`,
        )
        assert.deepEqual(told, [])
      })

  it('can be read without its script: sections, figures, and a still picture of the lanes', async () => {
    await using open = await openReport(browser, file, { javaScriptEnabled: false })
    for (const id of SECTIONS) assert.ok(await open.page.locator(`#${id}`).isVisible(), id)
    assert.equal(await open.page.locator('.still path').count(), view.lanes.length * view.steps.length)
    assert.ok(await open.page.locator('.still').isVisible())
    assert.equal(await open.page.locator('.stage').isVisible(), false)
    await open.page.locator('.kind summary').nth(1).click()
    assert.ok(await open.page.locator('.kind .stack').nth(1).isVisible())
  })

  it('is printed with all failures open, and without what only a screen can do', async () => {
    await using open = await openReport(browser, file)
    const { page } = open
    await inPage(page, 'dispatchEvent(new Event("beforeprint"))')
    await page.emulateMedia({ media: 'print' })
    assert.equal(await page.locator('details[open]').count(), view.kinds.length)
    assert.equal(await page.locator('.top').isVisible(), false)
    assert.equal(await page.locator('.stage').isVisible(), false)
    assert.ok(await page.locator('.still').isVisible())
  })

  it('draws steps, idle time and failures in the lanes, in the colours of the legend', async () => {
    await using open = await openReport(browser, file)
    const { page } = open
    for (const name of ['c0', 'c1', 'c2', 'c3', 'lane', 'failed'])
      assert.ok((await pixelsOf(page, name)) > 100, `no ${name}`)
    await page.getByText('outcome', { exact: true }).click()
    await drawn(page)
    assert.ok((await pixelsOf(page, 'ok')) > 10_000)
    assert.equal(await pixelsOf(page, 'c2'), 0)
  })

  it('turns from light to dark by its button, the canvas, too', async () => {
    await using open = await openReport(browser, file, { colorScheme: 'light' })
    const { page } = open
    const light = await inPage<string>(page, 'getComputedStyle(document.body).backgroundColor')
    await page.locator('.theme').click()
    await drawn(page)
    assert.notEqual(await inPage<string>(page, 'getComputedStyle(document.body).backgroundColor'), light)
    assert.ok((await pixelsOf(page, 'lane')) > 100)
  })

  it('goes to the next failure by a key, and tells what is known of it', async () => {
    await using open = await openReport(browser, file)
    const { page } = open
    await page.locator('.stage').focus()
    await page.keyboard.press('n')
    const detail = page.locator('.detail')
    assert.match(await detail.innerText(), /#\d+ photos\/\S+ (failed|timed out|lost its worker) /)
    assert.match(await detail.innerText(), /manyhands debug calm-otter-41#\d+/)
    await page.keyboard.press('Escape')
    assert.match(await detail.innerText(), /All 10,066 attempts are here/)
  })

  it('goes to the task that its address names, and to one whose link is clicked', async () => {
    const task = view.singles.task[view.slowest[3] as number]
    await using open = await openReport(browser, file, { hash: `#task-${task}` })
    const { page } = open
    assert.match(await page.locator('.detail').innerText(), new RegExp(`^#${task} `))
    const link = page.locator('#failures a.task').first()
    const text = await link.innerText()
    await link.click()
    // A condition as text would have to be evaluated in the page, which its policy forbids.
    await until(async () => (await page.locator('.detail b').first().innerText()).trim() === text)
  })

  it('finds tasks by input, number, outcome, worker and length, all together', async () => {
    await using open = await openReport(browser, file)
    const { page } = open
    const { singles } = view
    const number = async (words: string): Promise<number> => {
      await page.locator('#find').fill(words)
      return Number((await page.locator('.finder output').innerText()).replace(/ of .*/, '').replaceAll(',', ''))
    }
    const counted = (test: (i: number) => boolean): number => singles.task.filter((_, i) => test(i)).length
    assert.equal(await number('#7'), 2)
    assert.equal(
      await number('failed'),
      counted((i) => singles.failed[i] === 1),
    )
    assert.equal(
      await number('retried HARBOUR'),
      counted((i) => (singles.attempt[i] as number) > 1 && singles.input[i]?.includes('harbour') === true),
    )
    const slow = counted((i) => singles.lane[i] === 2 && (singles.ms[i] as number) > 1_000)
    assert.equal(await number('worker:3 >1s'), slow)
    assert.equal(await page.locator('.found tbody tr').count(), Math.min(20, slow))
    assert.equal(await number('no such file'), 0)
    await page.locator('#find').fill('')
    assert.equal(await page.locator('.found').isVisible(), false)
  })

  it('zooms by dragging, moves by keys, and shows all again', async () => {
    await using open = await openReport(browser, file)
    const { page } = open
    const whole = await pixelsOf(page, 'accent', '.overview')
    const box = await page.locator('canvas.lanes').boundingBox()
    assert.ok(box !== null)
    await page.mouse.move(box.x + 300, box.y + 60)
    await page.mouse.down()
    await page.mouse.move(box.x + 400, box.y + 60, { steps: 4 })
    await page.mouse.up()
    await drawn(page)
    // What is seen is framed in the overview.
    const framed = await pixelsOf(page, 'accent', '.overview')
    assert.ok(framed > whole + 50, `${framed} after ${whole}`)
    await page.locator('.stage').press('ArrowRight')
    await page.locator('.stage').press('+')
    await page.locator('.stage').press('0')
    await drawn(page)
    assert.equal(await pixelsOf(page, 'accent', '.overview'), whole)
  })

  it('shows the failures of a kind in the timeline', async () => {
    await using open = await openReport(browser, file)
    const { page } = open
    const bars = await pixelsOf(page, 'c1')
    await page.locator('[data-show]').first().click()
    await drawn(page)
    // The others are pale.
    assert.ok((await pixelsOf(page, 'c1')) < bars / 2)
  })
})

/** Counts the pixels of a canvas that have a colour of the page. */
async function pixelsOf(page: Page, color: string, canvas: string = 'canvas.lanes'): Promise<number> {
  return inPage<number>(
    page,
    `(() => {
      const probe = document.body.appendChild(document.createElement('i'))
      probe.style.color = 'var(--${color})'
      const [r, g, b] = getComputedStyle(probe).color.match(/\\d+/g).map(Number)
      probe.remove()
      const { width, height } = document.querySelector('${canvas}')
      const { data } = document.querySelector('${canvas}').getContext('2d').getImageData(0, 0, width, height)
      let n = 0
      for (let i = 0; i < data.length; i += 4) if (data[i] === r && data[i + 1] === g && data[i + 2] === b) n++
      return n
    })()`,
  )
}
