import assert from 'node:assert/strict'
import { existsSync, writeFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'

import { BatchError, map, Pool, TaskError } from 'manyhands'

import { Scratch } from '#manyhands/testing/scratch.js'

import { BACKENDS, WITH_WORKERS } from '../support/each-backend.js'

/** Never settles, but for one input. */
function waits(n: number, bad: number): Promise<never> {
  return n === bad ? Promise.reject(new RangeError(`${n} is bad`)) : new Promise(() => {})
}

describe('a failure ends its run at once', () => {
  for (const backend of BACKENDS)
    for (const ordered of [true, false])
      it(`beside a hundred tasks that never end, on ${backend}, ordered: ${ordered}`, async () => {
        const inputs = Array.from({ length: 101 }, (_, n) => n)
        const run = map(inputs, waits, { backend, ordered, workers: 4, concurrency: 4, window: Infinity, args: [2] })
        await assert.rejects(run.toArray(), (error) => error instanceof TaskError && error.task.index === 2)
      })

  for (const backend of WITH_WORKERS)
    it(`and leaves a pool of ${backend} usable`, async () => {
      const pool = new Pool({ backend, workers: 2 })
      try {
        const run = pool.map([0, 1, 2, 3, 4], waits, { args: [1], window: Infinity })
        await assert.rejects(run.toArray(), TaskError)
        assert.deepEqual(await pool.map([1, 2, 3], Math.sqrt), [1, Math.SQRT2, Math.sqrt(3)])
      } finally {
        await pool.terminate()
      }
    })
})

/** Both fail, the first of them last. */
async function failsLast(n: number, file: string): Promise<never> {
  if (n === 1) writeFileSync(file, '')
  if (n === 0) while (!existsSync(file)) await delay(2)
  if (n === 0) await delay(20)
  throw new RangeError(`${n} is bad`)
}

describe("the errors of onError: 'collect'", () => {
  for (const backend of BACKENDS)
    it(`are in the order of the inputs, whichever failed first: ${backend}`, async () => {
      using scratch = new Scratch()
      const args = [scratch.file('failed')] as [string]
      const options = { backend, workers: 2, concurrency: 2, onError: 'collect', args } as const
      await assert.rejects(map([0, 1, 2], failsLast, options).toArray(), (error) => {
        assert.ok(error instanceof BatchError)
        assert.deepEqual(
          error.errors.map(({ task }) => task.index),
          [0, 1, 2],
        )
        return true
      })
    })
})

/** The first waits until the fifteenth has begun. */
async function waitsForLater(n: number, file: string): Promise<number> {
  if (n === 15) writeFileSync(file, '')
  if (n === 0) while (!existsSync(file)) await delay(2)
  return n
}

describe('the window of an ordered run', () => {
  for (const backend of WITH_WORKERS)
    it(`slides on behind a slow first task: ${backend}`, async () => {
      using scratch = new Scratch()
      const inputs = Array.from({ length: 32 }, (_, n) => n)
      const args = [scratch.file('later')] as [string]
      assert.deepEqual(await map(inputs, waitsForLater, { backend, workers: 2, window: 16, args }), inputs)
    })
})

/** Notes that it is there, and waits for the other. */
async function meets(n: number, folder: string): Promise<number> {
  writeFileSync(`${folder}/${n}`, '')
  while (!existsSync(`${folder}/${1 - n}`)) await delay(2)
  return n
}

describe('the workers of a run', () => {
  for (const backend of WITH_WORKERS)
    it(`run tasks at the same time: ${backend}`, async () => {
      using scratch = new Scratch()
      assert.deepEqual(await map([0, 1], meets, { backend, workers: 2, args: [scratch.folder] }), [0, 1])
    })

  it('are one on serial, whatever is asked for', async () => {
    let running = 0
    let most = 0
    const counts = async (n: number): Promise<number> => {
      most = Math.max(most, ++running)
      await delay(1)
      running--
      return n
    }
    const options = { backend: 'serial', workers: 4, copy: false } as const
    assert.deepEqual(await map([1, 2, 3, 4], counts, options), [1, 2, 3, 4])
    assert.equal(most, 1)
  })

  for (const backend of WITH_WORKERS)
    it(`are the same for ten runs of a pool: ${backend}`, async () => {
      const pool = new Pool({ backend, workers: 2 })
      try {
        const ids = new Set<number>()
        const who = async (): Promise<number> => (await import('manyhands')).currentTask().worker.id
        for (let i = 0; i < 10; i++) for (const id of await pool.map([1, 2, 3, 4, 5, 6], who)) ids.add(id)
        assert.ok(ids.size <= 2, `${ids.size} workers`)
      } finally {
        await pool.close()
      }
    })

  for (const backend of WITH_WORKERS)
    it(`are told of work, and do not look for it now and then: ${backend}`, async () => {
      const pool = new Pool({ backend, workers: 1 })
      try {
        await pool.run(Math.sqrt, 1)
        const start = performance.now()
        for (let i = 0; i < 100; i++) assert.equal(await pool.run(Math.sqrt, 4), 2)
        assert.ok(performance.now() - start < 20_000, 'a worker that looks once a second takes 50 s')
      } finally {
        await pool.close()
      }
    })
})
