import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { describe, it } from 'node:test'
import { inspect } from 'node:util'

import { execute, map, Pool, stateful, task, TaskError, withPool, type Task } from 'manyhands'

import { failure } from '#manyhands/testing/contract/subject.js'
import { Scratch } from '#manyhands/testing/scratch.js'

import { BACKENDS } from '../support/each-backend.js'

function wait(seconds: number, fails: boolean): string {
  if (fails) throw new RangeError('told to fail')
  return `waited ${seconds} s`
}

class Counter {
  readonly #most: number
  #count = 0

  constructor(most: number) {
    this.#most = most
  }

  call(by: number): number {
    this.#count += by
    if (this.#count > this.#most) throw new RangeError('too many')
    return this.#count
  }
}

async function failed(promise: PromiseLike<unknown>): Promise<TaskError> {
  const error = await failure(promise)
  assert.ok(error instanceof TaskError, String(error))
  return error
}

for (const backend of BACKENDS) {
  describe(`the task of an error on ${backend}`, () => {
    it('prints as the call, however it was made', async () => {
      const type = task(wait)
      await withPool({ backend, workers: 1 }, async (pool) => {
        const queue = pool.queue()
        await queue.push(type(5, true))
        const errors = {
          run: await failed(pool.run(wait, 5, true)),
          'run of a task': await failed(pool.run(type(5, true))),
          queue: await failed(queue.pop()),
          execute: await failed(execute([type(5, true)], { backend })),
          map: await failed(pool.map([5], wait, { args: [true] })),
          spread: await failed(pool.map([[5, true] as const], wait, { spread: true })),
        }
        for (const [way, { task: failedTask }] of Object.entries(errors)) {
          assert.equal(String(failedTask), 'wait(5, true)', way)
          assert.equal(inspect(failedTask), 'wait(5, true)', way)
          assert.equal(String(failedTask.call), 'wait(5, true)', way)
          assert.deepEqual(Object.keys(failedTask), ['name', 'index', 'key'], way)
        }
      })
    })

    it('can be run, executed and pushed again', async () => {
      const pool = new Pool({ backend, workers: 1 })
      try {
        const counter = stateful(Counter, 3)
        const error = await failed(
          pool
            .map([1, 1, 1, -1], counter, { args: [], batch: 1 })
            .toArray()
            .then(() => pool.run(counter, 9)),
        )
        const { call } = error.task
        assert.equal(String(call), 'Counter(9)')
        const again = call as Task<number>
        assert.equal((await failed(pool.run(again))).message, 'Counter[1] failed: RangeError: too many')
        assert.equal((await failed(pool.execute([again]))).cause instanceof RangeError, true)
        const queue = pool.queue<number>()
        await queue.push(again)
        const [record] = await queue.popMany({ max: 1, timeout: 60_000 })
        assert.equal(record?.status, 'rejected')
      } finally {
        await pool.close()
      }
    })
  })
}

describe('the call of a failed task', () => {
  it('keeps the limits that the task had', async () => {
    const error = await failed(execute([task(wait, { retries: 2, name: 'waiting' })(1, true)], { backend: 'serial' }))
    assert.equal(error.attempts, 3)
    assert.equal(String(error.task), 'waiting(1, true)')
    const again = await failed(execute([error.task.call as Task], { backend: 'serial' }))
    assert.equal(again.attempts, 3)
  })

  it('is pushed again by a queue that retries what failed', async () => {
    using scratch = new Scratch()
    const gate = scratch.file('gate')
    const flaky = task(
      (n: number) => {
        if (!existsSync(gate)) throw new Error('not yet')
        return n * 2
      },
      { name: 'flaky' },
    )
    await withPool({ backend: 'serial' }, async (pool) => {
      const queue = pool.queue()
      await queue.push(flaky(21))
      const error = await failed(queue.pop())
      scratch.touch('gate')
      await queue.push(error.task.call as Task)
      assert.equal(await queue.pop(), 42)
    })
  })

  it('is not there for errors of runs whose tasks are made of steps', async () => {
    const { pipeline } = await import('manyhands/pipeline')
    const [outcome] = await pipeline<{ n: number }>('steps')
      .step('bad', ({ n }): number => {
        throw new Error(`no ${n}`)
      })
      .run([{ n: 1 }], { backend: 'serial' })
    assert.ok(outcome?.ok === false)
    assert.equal(outcome.error.task.call, undefined)
    assert.equal(String(outcome.error.task), 'steps[0]')
  })

  it('is not printed with the error, nor sent', async () => {
    const error = await failed(
      map([1], (n: number) => Promise.reject(new Error(`no ${n}`)), { backend: 'serial', name: 'no' }),
    )
    assert.match(inspect(error), /task: no\(1\)/)
    const nested = await failed(
      map([1], () => map([2], (n: number) => Promise.reject(new Error(`no ${n}`)), { name: 'inner' }), { workers: 1 }),
    )
    assert.deepEqual((nested.cause as TaskError).task, {
      name: 'inner',
      index: 0,
      key: (nested.cause as TaskError).task.key,
    })
  })
})
