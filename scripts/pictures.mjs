// Makes the pictures of the pages, from a job log that is the same each time: `npm run build`, `npx tsc -p tsconfig.json`, and
// then this. It needs chromium.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { drawn, makeReport, openBrowser, openReport } from '../build/test/pages/support/browser.js'
import { MadeRun, openLive, serve } from '../build/test/pages/support/live.js'
import { writeMadeLog } from '../build/test/pages/support/made-log.js'
import { smallPng } from './pictures/small-png.mjs'

const TASKS = 10_000
const WIDTH = 1_240
/** Bytes of a picture, at most: all of them are part of the package. */
const MOST = 100_000

const folder = mkdtempSync(join(tmpdir(), 'manyhands-pictures-'))
const browser = await openBrowser()
try {
  const log = join(folder, 'log.jsonl')
  const file = join(folder, 'run.html')
  writeMadeLog(log, TASKS)
  makeReport(log, file)
  const open = await openReport(browser, file, { viewport: { width: WIDTH, height: 1_180 } })
  const { page } = open
  write('report', await page.screenshot({ clip: { x: 0, y: 50, width: WIDTH, height: 1_080 } }))

  // A second near the end, where there is room for single attempts.
  const box = await page.locator('canvas.overview').boundingBox()
  const across = (share) => box.x + 76 + (box.width - 76) * share
  await page.mouse.move(across(0.62), box.y + 30)
  await page.mouse.down()
  await page.mouse.move(across(0.64), box.y + 30, { steps: 3 })
  await page.mouse.up()
  await page.mouse.move(0, 0)
  await drawn(page)
  write('timeline', await page.locator('#timeline').screenshot())

  const run = new MadeRun(folder, { tasks: TASKS })
  run.growTo(0.6)
  const served = await serve(folder, ['last'])
  const live = await openLive(browser, served, { viewport: { width: WIDTH, height: 880 }, colorScheme: 'dark' })
  await live.page.waitForSelector('#last')
  await drawn(live.page)
  write('dashboard', await live.page.screenshot())
  await served.interrupt()
} finally {
  await browser.close()
  rmSync(folder, { recursive: true, force: true })
}

function write(name, png) {
  const small = smallPng(png)
  if (small.length > MOST) throw new Error(`docs/images/${name}.png has ${small.length} bytes: ${MOST} is the most`)
  writeFileSync(`docs/images/${name}.png`, small)
  console.log(`docs/images/${name}.png ${small.length} bytes`)
}
