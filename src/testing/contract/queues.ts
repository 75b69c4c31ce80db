import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { ClosedError, Pool, task, TaskError, TimeoutError, withPool } from '../../index.ts'
import { double, failOn, waitFor } from '../contract-tasks.ts'
import { Scratch } from '../scratch.ts'
import { failure, type Subject } from './subject.ts'

const doubling = task(double)
const failing = task(failOn)
const waiting = task(waitFor)

/** Task queues. */
export function queues({ backend }: Subject): void {
  describe('a queue', () => {
    it('gives each outcome once, failures as errors of their pop', async () => {
      await withPool({ backend, workers: 2 }, async (pool) => {
        const queue = pool.queue<number>()
        assert.equal(await queue.push(doubling(1)), 0)
        assert.equal(await queue.push(failing(2, 2)), 1)
        assert.equal(await queue.push(doubling(3)), 2)
        const outcomes: unknown[] = []
        for (let i = 0; i < 3; i++)
          outcomes.push(
            await queue
              .pop()
              .catch((error: unknown) => (error instanceof TaskError ? error.task.index : Promise.reject(error))),
          )
        assert.deepEqual(outcomes.toSorted(), [1, 2, 6])
      })
    })

    it('bounds what was pushed and not popped; a push that waited too long has pushed nothing', async () => {
      await withPool({ backend, workers: 1 }, async (pool) => {
        const queue = pool.queue<number>({ size: 2 })
        await queue.push(doubling(1))
        await queue.push(doubling(2))
        assert.ok((await failure(queue.push(doubling(3), { timeout: 20 }))) instanceof TimeoutError)
        assert.ok((await failure(queue.push(doubling(3), { timeout: 0 }))) instanceof TimeoutError)
        const waitingPush = queue.push(doubling(3))
        assert.equal(await queue.pop(), 2)
        assert.equal(await waitingPush, 2)
        assert.deepEqual([await queue.pop(), await queue.pop()], [4, 6])
      })
    })

    it('serves all who push and pop at the same time, in their order, within its size', async () => {
      await withPool({ backend, workers: 2 }, async (pool) => {
        const queue = pool.queue<number>({ size: 3 })
        const pushed: number[] = []
        const pushes = Array.from({ length: 10 }, async (_, i) => pushed.push(await queue.push(doubling(i))))
        await Promise.race(pushes)
        await Promise.allSettled([queue.push(doubling(0), { timeout: 0 })])
        assert.ok(queue.length <= 3, `${queue.length} are in the queue`)
        const values = await Promise.all(Array.from({ length: 10 }, () => queue.pop()))
        assert.deepEqual(
          values.toSorted((a, b) => a - b),
          Array.from({ length: 10 }, (_, i) => i * 2),
        )
        await Promise.all(pushes)
        assert.deepEqual(pushed, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
      })
    })

    it('ends with its pool: what was finished can be popped, then it says that it is closed', async () => {
      const pool = new Pool({ backend, workers: 1 })
      const [busy, idle] = [pool.queue<number>(), pool.queue<number>()]
      await busy.push(doubling(1))
      const waitingPop = failure(idle.pop())
      await pool.close()
      assert.ok((await waitingPop) instanceof ClosedError)
      assert.ok((await failure(idle.push(doubling(2)))) instanceof ClosedError)
      assert.equal(await busy.pop(), 2)
      assert.ok((await failure(busy.pop())) instanceof ClosedError)
    })

    it('loses nothing to timeouts', async () => {
      using scratch = new Scratch()
      const files = { started: scratch.file('started'), release: scratch.file('release') }
      await withPool({ backend, workers: 1 }, async (pool) => {
        const queue = pool.queue<string>()
        await queue.push(waiting(files))
        assert.ok((await failure(queue.pop({ timeout: 20 }))) instanceof TimeoutError)
        assert.ok((await failure(queue.pop({ timeout: 0 }))) instanceof TimeoutError)
        assert.deepEqual(await queue.popMany(), [])
        assert.equal(queue.tryPop(), undefined)
        scratch.touch('release')
        assert.equal(await queue.pop(), 'released')
      })
    })

    it('pops several at once, as records', async () => {
      await withPool({ backend, workers: 2 }, async (pool) => {
        const queue = pool.queue<number>()
        for (const value of [1, 2, 3]) await queue.push(failing(value, 2))
        const records = await queue.popMany({ timeout: 10_000 })
        assert.deepEqual(records.map((one) => [one.index, one.status]).toSorted(), [
          [0, 'fulfilled'],
          [1, 'rejected'],
          [2, 'fulfilled'],
        ])
        assert.deepEqual(await queue.popMany({ timeout: 10_000 }), [])
        for (const value of [1, 3, 4]) await queue.push(failing(value, 2))
        assert.equal((await queue.popMany({ timeout: 10_000, max: 2 })).length, 2)
      })
    })

    it('ends when it is told to and all is popped', async () => {
      await withPool({ backend, workers: 2 }, async (pool) => {
        const queue = pool.queue<number>()
        for (let i = 0; i < 10; i++) await queue.push(doubling(i))
        queue.end()
        assert.ok((await failure(queue.push(doubling(1)))) instanceof ClosedError)
        const indexes: number[] = []
        for await (const record of queue) indexes.push(record.index)
        assert.deepEqual(
          indexes.toSorted((a, b) => a - b),
          [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
        )
        assert.ok((await failure(queue.pop())) instanceof ClosedError)
      })
    })

    it('drops what has not started when it is closed', async () => {
      using scratch = new Scratch()
      const files = { started: scratch.file('started'), release: scratch.file('release') }
      await withPool({ backend, workers: 1 }, async (pool) => {
        const queue = pool.queue<string>()
        await queue.push(waiting(files))
        const popping = failure(queue.pop())
        await scratch.appears('started')
        queue.close()
        queue.close()
        assert.ok((await popping) instanceof ClosedError)
        assert.ok((await failure(queue.pop())) instanceof ClosedError)
        assert.ok((await failure(queue.push(waiting(files)))) instanceof ClosedError)
        scratch.touch('release')
        assert.equal(await pool.run(double, 2), 4)
      })
    })
  })
}
