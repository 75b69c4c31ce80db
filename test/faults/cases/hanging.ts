import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'

import { map, Pool, TaskTimeoutError } from 'manyhands'

import type { Case, CaseFunction } from '../case.js'

/** Milliseconds that ending a task may take beyond its limit. Generous: test machines are busy. */
const OVER_MS = 5_000

export function spinForEver(): never {
  for (;;);
}

export function spin(ms: number): number {
  const until = performance.now() + ms
  while (performance.now() < until);
  return ms
}

export function never(): Promise<never> {
  return new Promise(() => {})
}

export function workOn(kind: string): unknown {
  if (kind === 'loop') return spinForEver()
  if (kind === 'never') return never()
  return spin(20) === 20 ? kind : undefined
}

/** F11: a loop that never ends is ended on time, and costs nobody else anything. */
export const endless: CaseFunction = async ({ backend }) => {
  const pool = new Pool({ backend, workers: 2 })
  await pool.map([1, 1], spin)
  const inputs = ['a', 'loop', 'b', 'c', 'loop', ...Array.from({ length: 20 }, (_, i) => `n${i}`)]
  const startedAt = performance.now()
  const outcomes = await pool.map(inputs, workOn, { timeout: 2_000, onError: 'return' })
  const took = performance.now() - startedAt
  for (const [i, input] of inputs.entries()) {
    if (input === 'loop') assert.ok(outcomes[i] instanceof TaskTimeoutError, String(outcomes[i]))
    else assert.equal(outcomes[i], input)
  }
  assert.ok(took < 4_000 + OVER_MS, `${took} ms`)
  await pool.close()
}

/** F11 in single calls and queues. */
export const endlessCalls: CaseFunction = async ({ backend }) => {
  const pool = new Pool({ backend, workers: 1 })
  const { task } = await import('manyhands')
  const looping = task(workOn, { timeout: 2_000 })
  const others = [1, 2, 3].map((i) => pool.run(workOn, `n${i}`))
  await assert.rejects(pool.run(looping('loop')), TaskTimeoutError)
  assert.deepEqual(await Promise.all(others), ['n1', 'n2', 'n3'])
  const queue = pool.queue()
  for (const kind of ['loop', 'a']) await queue.push(looping(kind))
  const records = await queue.popMany({ timeout: 20_000 })
  assert.deepEqual(records.map((record) => [record.index, record.status]).toSorted(), [
    [0, 'rejected'],
    [1, 'fulfilled'],
  ])
  queue.close()
  await pool.close()
}

/** F11 in this thread: the loop cannot be stopped. When it ends by itself all goes on. */
export const blocksTheHost: CaseFunction = async ({ backend }) => {
  const outcomes = await map([3_000, 10, 10], spin, { backend, timeout: 2_000, onError: () => 'late' })
  assert.ok(outcomes[0] === 3_000 || outcomes[0] === 'late', String(outcomes[0]))
  assert.deepEqual(outcomes.slice(1), [10, 10])
}

export function callNative(seconds: number): string {
  if (seconds > 0) execFileSync('sleep', [String(seconds)])
  return 'done'
}

/** F12: blocked in a native call: the task fails on time, the others go on, whatever becomes of the worker. */
export const nativeCall: CaseFunction = (one) => blockInNativeCall(one, 7)

async function blockInNativeCall({ backend, note }: Case, seconds: number): Promise<void> {
  const pool = new Pool({ backend, workers: 2 })
  await pool.map([0, 0], callNative)
  const startedAt = performance.now()
  const outcomes = await pool.map([seconds, 0, 0, 0], callNative, { timeout: 2_000, onError: (error) => error.code })
  note('ms', performance.now() - startedAt)
  assert.deepEqual(outcomes, ['MH_TASK_TIMEOUT', 'done', 'done', 'done'])
  assert.ok(performance.now() - startedAt < 2_000 + OVER_MS, `${performance.now() - startedAt} ms`)
  await pool.close()
  note('closed after', performance.now() - startedAt)
}

/** F12 with a hard end: what the task had started is ended, too. */
export const nativeCallIsKilled: CaseFunction = async (one) => {
  const startedAt = performance.now()
  await blockInNativeCall(one, 60)
  assert.ok(performance.now() - startedAt < 30_000, 'closing waited for the call')
}

export const nativeCallBlocksTheHost: CaseFunction = async ({ backend }) => {
  const startedAt = performance.now()
  const outcomes = await map([2, 0], callNative, { backend, timeout: 1_500, onError: () => 'late' })
  assert.equal(outcomes[1], 'done')
  assert.ok(performance.now() - startedAt >= 1_900)
}

/** F13: a promise that never settles is given up; the worker goes on with others. */
export const neverResolves: CaseFunction = async ({ backend }) => {
  const inputs = ['never', 'a', 'never', 'b']
  for (const concurrency of [1, 2]) {
    const options = { backend, workers: 2, timeout: 1_500, concurrency } as const
    const outcomes = await map(inputs, workOn, { ...options, onError: (error) => error.code })
    assert.deepEqual(outcomes, ['MH_TASK_TIMEOUT', 'a', 'MH_TASK_TIMEOUT', 'b'])
  }
  const pool = new Pool({ backend, workers: 1 })
  await pool.run(spin, 1)
  await assert.rejects(async () => pool.map([0], never, { timeout: 50 }), TaskTimeoutError)
  // It only waited: its worker need not be replaced.
  assert.equal(pool.stats().restarts, 0)
  await pool.close()
}
