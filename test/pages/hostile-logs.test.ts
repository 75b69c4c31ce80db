import assert from 'node:assert/strict'
import { readFileSync, statSync } from 'node:fs'
import { after, before, describe, it } from 'node:test'

import type { Browser } from 'playwright-core'

import { Scratch } from '#manyhands/testing/scratch.js'

import { makeReport, openBrowser, openReport } from './support/browser.js'
import { openLive, serve, writeRecord } from './support/live.js'
import { LineFile } from './support/made-log.js'

/** What a text may hold, each with its number in it. */
const HOSTILE = [
  (n: number) => `</script><img src=x onerror="window.hacked=${n}"><script>window.hacked=${n}</script>`,
  (n: number) => `"><svg onload=window.hacked=${n}>\u202Egnp.exe\u202C\u2066`,
  (n: number) => `a\u0000b\u001B[2J\u007F\u0085${n}`,
  (n: number) => `\uD83D lone ${n} \uDE00`,
  (n: number) => `${n}${'w'.repeat(2 ** 20)}`,
  (n: number) => `\`|\n# heading ${n}\n| x |`,
  (n: number) => `<!-- --> ${n} ]]> &lt; {{x}} \u2028\u2029`,
]

let browser: Browser
let scratch: Scratch

before(async () => {
  scratch = new Scratch()
  browser = await openBrowser()
})
after(async () => {
  await browser?.close()
  scratch[Symbol.dispose]()
})

/** A log in which every text is hostile in one way. */
function writeHostile(file: string, text: (n: number) => string, run: string = text(3)): void {
  const log = new LineFile(file)
  const [code, host] = [text(1), text(2)]
  log.add({
    type: 'run',
    run,
    code,
    host,
    started: 1_000,
    name: text(4),
    backend: text(5),
    workers: 3,
    total: 200,
    functions: [{ name: text(6), steps: [text(7), text(8)] }],
    options: { [text(9)]: text(10), timeout: { a: text(11) } },
    command: [text(12), text(13)],
    resumes: text(14),
    env: { node: text(15), [text(16)]: text(17) },
  })
  for (let slot = 0; slot < 3; slot++)
    log.add({ type: 'worker', event: 'start', worker: slot + 1, slot, pid: 1, host: text(18), at: 1_000 })
  // Long texts make large logs.
  const tasks = code.length > 10_000 ? 9 : 60
  for (let task = 0; task < tasks; task++) {
    const isBad = task % 3 === 0
    log.add({
      task,
      key: text(19),
      input: task % 2 === 0 ? text(task) : { [text(20)]: [text(task)] },
      attempt: 1,
      state: isBad ? 'failed' : 'ok',
      start: 1_000 + task * 100,
      ms: 90,
      worker: 1 + (task % 3),
      steps: [40, 50],
      ...(isBad && {
        step: text(8),
        error: { name: text(21), message: text(task), stack: `${text(22)}\n    at ${text(23)}` },
      }),
    })
  }
  log.add({
    type: 'sample',
    at: 2_000,
    rss: text(24),
    memory: [
      [0, 5],
      [text(25), 4],
    ],
  })
  log.add({ type: 'sample', at: 3_000, rss: 5, memory: [[0, 5 * 2 ** 20]] })
  log.add({ type: 'worker', event: 'exit', worker: 1, slot: 0, pid: 1, host: text(26), at: 5_000, reason: text(27) })
  log.add({ type: 'end', at: 8_000, endedBy: text(28) })
  log.close()
}

/** Traces of a text that got out, as a script for a page. */
const TRACES = `({
  hacked: window.hacked,
  scripts: document.scripts.length,
  strange: document.querySelectorAll('img, iframe, object, embed, link:not([rel=icon]), [onerror], [onload]').length,
  over: document.documentElement.scrollWidth - innerWidth,
  hidden: /[\\u0000\\u001b\\u202a-\\u202e\\u2066-\\u2069]|[\\ud800-\\udbff](?![\\udc00-\\udfff])/.test(document.body.innerText),
})`

describe('the report of a log with hostile texts', () => {
  for (const [i, text] of HOSTILE.entries())
    it(`runs nothing, asks for nothing and stays in its box: ${JSON.stringify(text(0).slice(0, 24))}`, async () => {
      const log = scratch.file(`log-${i}.jsonl`)
      writeHostile(log, text)
      const file = scratch.file(`run-${i}.html`)
      makeReport(log, file)
      assert.ok(statSync(file).size < 2 ** 20, `${statSync(file).size} bytes`)
      await using open = await openReport(browser, file, { viewport: { width: 390, height: 800 } })
      const { page, events } = open
      await page.evaluate('for (const one of document.querySelectorAll("details")) one.open = true')
      await page.locator('.stage').focus()
      await page.keyboard.press('n')
      await page.locator('#find').fill('failed')
      assert.deepEqual(await page.evaluate(TRACES), {
        hacked: undefined,
        scripts: 3,
        strange: 0,
        over: 0,
        hidden: false,
      })
      assert.deepEqual(events, [])
    })

  it('is a Markdown file in which no text leaves its cell or makes an element', () => {
    for (const [i, text] of HOSTILE.entries()) {
      const log = scratch.file(`log-md-${i}.jsonl`)
      writeHostile(log, text)
      const file = scratch.file(`run-${i}.md`)
      makeReport(log, file)
      const summary = readFileSync(file, 'utf8')
      const outside = summary.replace(/`[^`\n]*`/g, '').replace('<!-- manyhands report -->', '')
      assert.doesNotMatch(outside, /(?<!\\)<|(?<!\\)`/)
      for (const line of summary.split('\n').filter((one) => one.startsWith('|')))
        assert.ok([4, 5, 6, 7, 8].includes(line.split(/(?<!\\)\|/).length), line.slice(0, 200))
      assert.doesNotMatch(summary, /^# heading/m)
      assert.ok(summary.length < 50_000)
    }
  })
})

describe('the dashboard of runs with hostile texts', () => {
  it('runs nothing, asks for nothing and stays in its box', async () => {
    using folder = new Scratch()
    const runs = HOSTILE.map((text, i) => {
      const run = `calm-otter-${i}`
      const log = folder.file(`${run}.jsonl`)
      writeHostile(log, text, run)
      const facts = {
        log,
        name: text(0),
        output: text(1),
        host: text(2),
        started: i,
        ended: i + 1,
        exitCode: 1,
        total: 9,
      }
      writeRecord(folder.folder, run, { args: [text(3)], pid: 1, ...facts })
      return `/run/${run}`
    })
    await using served = await serve(folder.folder)
    for (const path of ['/', ...runs]) {
      await using open = await openLive(browser, served, { path, viewport: { width: 390, height: 800 } })
      const { page, events } = open
      await page.evaluate('for (const one of document.querySelectorAll("details")) one.open = true')
      const clean = { hacked: undefined, scripts: 1, strange: 0, over: 0, hidden: false }
      assert.deepEqual(await page.evaluate(TRACES), clean, path)
      assert.deepEqual(events, [], path)
    }
  })
})
