import assert from 'node:assert/strict'
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'

import { ClosedError, Pool, stateful, TaskAbortedError } from 'manyhands'

import { type Case, type CaseFunction, markOf } from '../case.js'
import { processesOf } from '../leak-check.js'
import { end } from './dying.js'
import { never, spinForEver, workOn } from './hanging.js'

/** The threads of this process, where the system tells. */
function threads(): number {
  return process.platform === 'linux' ? readdirSync('/proc/self/task').length : 0
}

/** Node's own threads are started when they are first needed. */
async function startNodesThreads(): Promise<void> {
  await Promise.all(Array.from({ length: 8 }, () => readFile(process.execPath)))
}

/** Fails unless this process has no more threads and no more children than before. */
async function nothingLeft(folder: string, before: number): Promise<void> {
  const until = performance.now() + 2_000
  const isClean = (): boolean => threads() <= before && processesOf(folder).length === 0
  while (!isClean() && performance.now() < until) await sleep(5)
  assert.ok(threads() <= before, `${threads() - before} threads are left`)
  assert.deepEqual(processesOf(folder), [])
}

class Closing {
  readonly #file: string
  constructor(file: string) {
    this.#file = file
  }
  call(x: number): number {
    return x
  }
  async close(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, 20))
    writeFileSync(this.#file, 'closed')
  }
}

/** A pool that went through all sorts of faults, closed. */
export const afterFaults: CaseFunction = async ({ backend, folder }: Case) => {
  await startNodesThreads()
  const before = threads()
  const pool = new Pool({ backend, workers: 2 })
  const file = markOf(folder, 'closed')
  const kinds = backend === 'serial' ? ['never', 'a'] : ['never', 'loop', 'a', 'loop']
  await pool.map(kinds, workOn, { timeout: 100, onError: 'return' })
  if (backend !== 'serial') await pool.map(['exit 3', 'b', 'exit later'], end, { onError: 'return' })
  for await (const _ of pool.map([1, 2, 3, 4, 5, 6], Math.sqrt)) break
  await Promise.allSettled([pool.run(JSON.parse, '{'), pool.run(Math.sqrt, 4)])
  // Last, so that no fault takes the worker away that has it.
  assert.deepEqual(await pool.map([1, 2], stateful(Closing, file)), [1, 2])
  await Promise.all([pool.close(), pool.close()])
  assert.ok(existsSync(file), 'the stateful worker was not closed')
  await nothingLeft(folder, before)
  await assert.rejects(pool.run(Math.sqrt, 4), ClosedError)
  await pool.close()
  await pool.terminate()
}

/** Says that it runs, and never ends. */
export function blockAfter(file: string): Promise<never> {
  writeFileSync(file, '')
  return spinForEver()
}

export function waitAfter(file: string): Promise<never> {
  writeFileSync(file, '')
  return never()
}

/** A pool that is terminated, or closed with a limit in time, while it is busy. */
export const whileBusy: CaseFunction = async ({ backend, folder }) => {
  await startNodesThreads()
  const before = threads()
  const block = backend === 'serial' ? waitAfter : blockAfter
  for (const how of ['terminate', 'close'] as const) {
    const [inCall, inRun, ...rest] = ['call', 'run', 'more', 'and more'].map((name) => markOf(folder, `${how} ${name}`))
    const pool = new Pool({ backend, workers: 2, concurrency: 2 })
    const call = pool.run(block, inCall as string)
    const run = pool.map([inRun as string, ...rest], block).toArray()
    const popping = pool.queue<number>().pop()
    const outcomes = Promise.allSettled([call, run, popping])
    const begun = [inCall, ...(backend === 'serial' ? [] : [inRun])] as string[]
    while (!begun.every((file) => existsSync(file))) await sleep(2)
    const startedAt = performance.now()
    await (how === 'terminate' ? pool.terminate() : pool.close({ timeout: 100 }))
    assert.ok(performance.now() - startedAt < 20_000)
    const [first, second, third] = await Promise.race([
      outcomes,
      sleep(2_000, undefined, { ref: false }).then(() => assert.fail('somebody still waits')),
    ])
    assert.ok(first.status === 'rejected' && first.reason instanceof TaskAbortedError)
    assert.ok(second.status === 'rejected' && second.reason instanceof ClosedError)
    assert.ok(third.status === 'rejected' && third.reason instanceof ClosedError)
    await nothingLeft(folder, before)
  }
}

/** A pool that is ended while a run is being made ready: that run starts nothing any more. */
export const whileStarting: CaseFunction = async ({ backend, folder }) => {
  await startNodesThreads()
  const before = threads()
  for (const isWarm of [true, false]) {
    for (const how of ['terminate', 'close'] as const) {
      const pool = new Pool({ backend, workers: 2 })
      if (isWarm) await pool.map([1, 2], Math.sqrt)
      const run = pool.map(['a', 'b', 'c'], (name: string) => new Promise(() => name)).toArray()
      const call = pool.run(never)
      const outcomes = Promise.allSettled([run, call])
      await (how === 'terminate' ? pool.terminate() : pool.close({ timeout: 1 }))
      for (const outcome of await outcomes) assert.equal(outcome.status, 'rejected')
      await nothingLeft(folder, before)
    }
  }
}

/** Closing waits for what is queued. */
export const finishesFirst: CaseFunction = async ({ backend, folder }) => {
  await startNodesThreads()
  const before = threads()
  const pool = new Pool({ backend, workers: 2 })
  const slow = async (x: number): Promise<number> => {
    await new Promise((resolve) => setTimeout(resolve, 10))
    return x
  }
  const inputs = Array.from({ length: 20 }, (_, i) => i)
  const run = pool.map(inputs, slow).toArray()
  const calls = inputs.map((i) => pool.run(slow, i))
  await pool.close()
  assert.deepEqual(await run, inputs)
  assert.deepEqual(await Promise.all(calls), inputs)
  await nothingLeft(folder, before)
}

/** Workers that are not used for a while are stopped, and started again when they are needed. */
export const idle: CaseFunction = async ({ backend, folder }) => {
  await startNodesThreads()
  const before = threads()
  const pool = new Pool({ backend, workers: 2, idleTimeout: 50 })
  for (let i = 0; i < 3; i++) {
    assert.deepEqual(await pool.map([1, 4], Math.sqrt), [1, 2])
    const until = performance.now() + 3_000
    while (pool.stats().workers.length > 0 && performance.now() < until) await sleep(5)
    assert.equal(pool.stats().workers.length, 0)
    await nothingLeft(folder, before)
  }
  assert.equal(pool.stats().restarts, 0)
  await pool.close()
}
