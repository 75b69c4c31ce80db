import assert from 'node:assert/strict'
import { test } from 'node:test'

import { PROJECTS, run } from './support/run-project.js'

/** The global timers never fire, and give numbers, as in a browser's environment; the clock stands still. */
const PROGRAM = `
  import { map, Pool } from 'manyhands'
  for (const name of ['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask']) globalThis[name] = () => 1
  performance.now = () => 1_000
  for (const backend of ['serial', 'threads', 'processes']) {
    let tries = 0
    const flaky = backend === 'serial' ? (x) => { if (tries++ === 0) throw new Error('once'); return x } : (x) => x
    const once = await map([1, 2], flaky, { backend, retries: 1, ...(backend === 'serial' && { copy: false }) })
    const pool = new Pool({ backend, workers: 1 })
    const more = [await pool.run(Math.sqrt, 9), ...(await pool.map([4], Math.sqrt, { progress: () => {}, timeout: 5_000 }))]
    const endless = () => new Promise(() => {})
    const late = await pool.map([1], endless, { timeout: 20 }).toArray().catch((error) => error.name)
    await pool.close()
    console.log(JSON.stringify([...once, ...more, late]))
  }`

test('runs go on while the program fakes the global timers', async () => {
  const folder = new URL('../../../', PROJECTS)
  const output = await run(process.execPath, ['--input-type=module', '-e', PROGRAM], folder)
  assert.equal(output, '[1,2,3,2,"TaskTimeoutError"]\n'.repeat(3))
})
