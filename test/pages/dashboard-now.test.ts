import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'

import type { Browser } from 'playwright-core'

import { Scratch } from '#manyhands/testing/scratch.js'
import { parseLive } from '#manyhands/view/live.js'

import { until } from '../support/until.js'
import { openBrowser, violations } from './support/browser.js'
import { openLive, serve } from './support/live.js'

const MAIN = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url))
const TASKS = `
import { existsSync, writeFileSync } from 'node:fs'
export async function untilThere(name) {
  writeFileSync('begun-' + name.length, '')
  while (!existsSync('now')) await new Promise((resolve) => setTimeout(resolve, 5))
}
`
/** What may not act as HTML. */
const HOSTILE = '<img src=x onerror=window.isHostile=1>\u202e'

let browser: Browser

before(async () => {
  browser = await openBrowser()
})
after(() => browser?.close())

/** Starts a run of two tasks, which end when the file `now` is there; resolves when both have begun. */
async function startRun({ folder }: Scratch): Promise<{ end: () => Promise<void>; runFolder: string }> {
  writeFileSync(join(folder, 'tasks.mjs'), TASKS)
  const inputs = ['short', HOSTILE]
  const args = ['run', 'tasks.mjs#untilThere', ...inputs, '--jobs', '2', '-q']
  const child = spawn(process.execPath, [MAIN, ...args], { cwd: folder, stdio: 'ignore' })
  const exited = once(child, 'exit')
  await until(() => {
    assert.equal(child.exitCode, null, 'the run has ended')
    return inputs.every(({ length }) => existsSync(join(folder, `begun-${length}`)))
  })
  const runs = join(folder, '.manyhands')
  const [run] = readdirSync(runs).filter((name) => existsSync(join(runs, name, 'run.json')))
  const end = async (): Promise<void> => {
    writeFileSync(join(folder, 'now'), '')
    assert.deepEqual(await exited, [0, null])
  }
  return { end, runFolder: join(runs, run as string) }
}

describe('the page of a run that goes on', () => {
  it('shows what workers do just now, to all who watch, and lets go of it at the end', async () => {
    using scratch = new Scratch()
    const { end, runFolder } = await startRun(scratch)
    await using served = await serve(scratch.folder, ['last'])
    await using first = await openLive(browser, served)
    await using second = await openLive(browser, served)
    for (const { page } of [first, second]) {
      await page.waitForSelector('#now tbody tr:nth-child(2)')
      const rows = (await page.locator('#now tbody tr').allInnerTexts()).map((row) => row.split('\t'))
      assert.deepEqual(rows.map(([, task, input]) => `${task} ${input}`).toSorted(), [
        '#0 short',
        '#1 <img src=x onerror=window.isHostile=1>\\u202e',
      ])
      assert.match(await page.locator('#now header p').innerText(), /^2 tasks; 0 results to write; [\d.]+ MB in /)
      assert.equal(await page.evaluate('window.isHostile'), undefined)
    }
    assert.deepEqual(await violations(first.page), [])
    assert.equal(parseLive(readFileSync(join(runFolder, 'live.json'), 'utf8'))?.busy, 2)
    await end()
    for (const { page, events } of [first, second]) {
      await page.waitForSelector('#now', { state: 'detached' })
      assert.deepEqual(events, [])
    }
    assert.equal(existsSync(join(runFolder, 'live.json')), false)
  })
})
