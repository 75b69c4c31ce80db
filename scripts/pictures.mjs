// Makes the pictures of the pages, from a job log that is the same each time: `npm run build`, `npx tsc -p tsconfig.json`, and
// then this. It needs chromium.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { makeReport, openBrowser, openReport } from '../build/test/pages/support/browser.js'
import { writeMadeLog } from '../build/test/pages/support/made-log.js'

const folder = mkdtempSync(join(tmpdir(), 'manyhands-pictures-'))
const browser = await openBrowser()
try {
  const log = join(folder, 'log.jsonl')
  const file = join(folder, 'run.html')
  writeMadeLog(log, 10_000)
  makeReport(log, file)
  const size = { width: 1_240, height: 1_180 }
  const open = await openReport(browser, file, { viewport: size })
  await open.page.screenshot({ path: 'docs/images/report.png', clip: { x: 0, y: 50, ...size, height: 1_080 } })
} finally {
  await browser.close()
  rmSync(folder, { recursive: true, force: true })
}
