import assert from 'node:assert/strict'

import { map, Pool, ResourceLimitError } from 'manyhands'

import type { CaseFunction } from '../case.js'
import { identity } from './inputs.js'

const MB = 1024 * 1024
const kept: Buffer[] = []

/** Takes so many MB outside of the heap, and lets go of them with its worker. */
export async function takeBuffers(mb: number): Promise<number> {
  for (let i = 0; i < mb; i += 20) {
    kept.push(Buffer.alloc(20 * MB, 1))
    await new Promise((resolve) => setImmediate(resolve))
  }
  return mb
}

/** F10: a task that takes far more than it may is stopped, by the memory of its process; a worker that grew is replaced. */
export const growing: CaseFunction = async ({ backend, note }) => {
  const pool = new Pool({ backend, workers: 1, maxMemory: '200MB' })
  const outcomes = await pool.map([20, Infinity, 40], takeBuffers, { batch: 1, onError: 'return' })
  const error = outcomes[1]
  assert.ok(error instanceof ResourceLimitError, String(error))
  note('used MB', error.used / MB)
  assert.ok(error.used > error.limit * 2 && error.used < error.limit * 6, `${error.used / MB} MB`)
  assert.deepEqual([outcomes[0], outcomes[2]], [20, 40])
  const [first] = await pool.map([null], () => process.pid)
  // Between one and two times the limit: it may end, but its worker serves no longer.
  assert.deepEqual(await pool.map([220], takeBuffers), [220])
  const [second] = await pool.map([null], () => process.pid)
  assert.notEqual(first, second)
  await pool.close()
}

/** F10 in threads: what a task took is seen when it has ended; then its thread is replaced. */
export const grown: CaseFunction = async ({ backend }) => {
  const pool = new Pool({ backend, workers: 1, maxMemory: '200MB' })
  const idOf = async (): Promise<number> => (await import('node:worker_threads')).threadId
  const [first] = await pool.map([null], idOf)
  assert.deepEqual(await pool.map([500], takeBuffers), [500])
  const [second] = await pool.map([null], idOf)
  assert.notEqual(first, second)
  await pool.close()
}

/** F10 without workers: the memory is the host's. */
export const notWatched: CaseFunction = async ({ backend }) => {
  const pool = new Pool({ backend, maxMemory: '50MB' })
  assert.deepEqual(await pool.map([120, 20], takeBuffers), [120, 20])
  await pool.close()
}

/** Milliseconds for which inputs are read that have no end. */
const ENDLESS_MS = 5_000

/** F25: inputs without an end: it goes on until it is told to stop, in the same memory. */
export const endless: CaseFunction = async ({ backend, note }) => {
  function* inputs(): Generator<{ i: number; text: string }> {
    for (let i = 0; ; i++) yield { i, text: 'x'.repeat(100) }
  }
  const stop = new AbortController()
  const timer = setTimeout(() => stop.abort('enough'), ENDLESS_MS)
  const peaks = [0, 0]
  const startedAt = performance.now()
  let next = 0
  const run = async (): Promise<void> => {
    for await (const values of map(inputs(), identity, { backend, workers: 2, signal: stop.signal }).batches()) {
      for (const value of values) assert.equal(value.i, next++)
      const elapsed = performance.now() - startedAt
      // What is loaded and compiled in the first fifth counts for nothing.
      if (elapsed < ENDLESS_MS / 5) continue
      const half = elapsed < ENDLESS_MS * 0.6 ? 0 : 1
      peaks[half] = Math.max(peaks[half] as number, process.memoryUsage.rss())
    }
  }
  await assert.rejects(run(), (error) => error === 'enough')
  clearTimeout(timer)
  const grown = ((peaks[1] as number) - (peaks[0] as number)) / MB
  note('inputs and grown MB', [next, grown])
  assert.ok(next > 10_000, `${next} inputs`)
  // A hundred bytes kept of each input would be more.
  assert.ok(grown < 32, `grew by ${grown.toFixed(1)} MB over ${next} inputs`)
}
