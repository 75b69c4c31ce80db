import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

import { thorough } from '../support/thorough.js'

const PROGRAM = fileURLToPath(new URL('./fixtures/many-captures.js', import.meta.url))
const MB = 1024 * 1024
/** Megabytes that a process may keep of freed memory: half of what 500 captures would take. */
const MOST_TAKEN = 250

interface Memory {
  readonly heap: number
  readonly rss: number
}

/** What memory a program that maps `times` times, each time with a new capture of 1 MB, has at first and at last. */
async function measure(backend: string, times: number): Promise<{ before: Memory; after: Memory; workers: number }> {
  const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', PROGRAM, backend, String(times)])
  return JSON.parse(stdout) as { before: Memory; after: Memory; workers: number }
}

for (const [backend, times] of [
  ['threads', thorough ? 10_000 : 2_000],
  ['processes', thorough ? 1_000 : 500],
  ['serial', thorough ? 1_000 : 500],
] as const) {
  test(`${times} maps, each with a new captured array of 1 MB, leave nothing behind: ${backend}`, async () => {
    const { before, after, workers } = await measure(backend, times)
    const grown = (after.heap - before.heap) / MB
    assert.ok(grown < 8, `the heap and its buffers grew by ${grown.toFixed(1)} MB`)
    const taken = (after.rss - before.rss) / MB
    assert.ok(taken < MOST_TAKEN, `the process grew by ${taken.toFixed(1)} MB`)
    assert.ok(workers < MOST_TAKEN, `the worker's memory grew by ${workers.toFixed(1)} MB`)
  })
}
