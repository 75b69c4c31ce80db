import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'

import { PROJECTS, run } from '../../hosts/support/run-project.js'

const MAIN = fileURLToPath(new URL('fixtures/unread-runs.js', import.meta.url))

/** What a program leaves behind, and prints before it ends. */
const KINDS: Readonly<Record<string, string>> = {
  'endless inputs': '0',
  'tasks that never end': '1',
  'a stall timeout': '1 TimeoutError',
  'starts that wait for their rate': '0',
  'retries that wait': '0',
  'a deadline': '0',
  'records of all outcomes': 'fulfilled 0',
  'arrays as they come': 'true',
  'a run of a pool': '0',
  'a call behind a run': '7',
  'a run behind a run': '1,2',
  'a pipeline': '0',
  'a workflow': '0',
}

for (const backend of ['threads', 'processes', 'serial']) {
  describe(`programs that have nothing to do but to read on, ${backend}`, () => {
    for (const [kind, expected] of Object.entries(KINDS)) {
      it(`end: ${kind}`, async () => {
        assert.equal(await run(process.execPath, [MAIN, backend, kind], PROJECTS), `${expected}\n`)
      })
    }

    it('go on while they wait for values', async () => {
      const expected = '[[1,2],[1,2],[0,1,2],[3],"stalled, then 1"]\n'
      assert.equal(await run(process.execPath, [MAIN, backend, 'awaited'], PROJECTS), expected)
    })
  })
}
