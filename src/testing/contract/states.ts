import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { map, stateful, UnsupportedError, withPool, WorkerInitError } from '../../index.ts'
import { Closing, Counter, describeTask, FailingInit } from '../contract-tasks.ts'
import { Scratch } from '../scratch.ts'
import { failure, type Subject } from './subject.ts'

/** Stateful workers, and the facts that a task can read about itself. */
export function states({ backend, capabilities }: Subject): void {
  describe('stateful workers', () => {
    it('are built and made ready once, before their first task', async () => {
      const results = await map([7, 8, 9], stateful(Counter, 5), { backend, workers: 1 })
      assert.deepEqual(
        results,
        [7, 8, 9].map((value, i) => ({ value, calls: i + 1, ready: true, start: 5 })),
      )
    })

    it('are closed when their run is over, or their pool', async () => {
      using scratch = new Scratch()
      await map([1], stateful(Closing, scratch.file('run')), { backend })
      await scratch.appears('run')
      await withPool({ backend, workers: 1 }, async (pool) => {
        const closing = stateful(Closing, scratch.file('pool'))
        assert.deepEqual(await pool.map([1], closing), [1])
        assert.deepEqual(await pool.map([2], closing), [2])
      })
      await scratch.appears('pool')
    })

    it('live as long as their pool', async () => {
      await withPool({ backend, workers: 1 }, async (pool) => {
        const counter = stateful(Counter)
        await pool.map([1], counter)
        assert.equal((await pool.map([1], counter))[0]?.calls, 2)
      })
    })

    it('have each worker its own, of a list', async () => {
      const run = map([1, 2, 3, 4, 5, 6], [stateful(Counter, 10), stateful(Counter, 20)], { backend })
      if (capabilities.remote === true) return assert.ok((await failure(run)) instanceof UnsupportedError)
      const results = await run
      const starts = new Set(results.map((one) => one.start))
      assert.ok([...starts].every((start) => start === 10 || start === 20))
      if (!capabilities.parallel) assert.deepEqual([...starts], [10])
    })

    it('that cannot be made are one error of the run', async () => {
      const error = await failure(map([1, 2, 3], stateful(FailingInit), { backend }))
      assert.ok(error instanceof WorkerInitError)
      assert.match(error.message, /no connection/)
    })
  })

  describe('a task', () => {
    it('knows itself', async () => {
      const [first, second] = await map(['a', 'a'], describeTask, { backend })
      assert.equal(first?.name, 'describeTask')
      assert.deepEqual([first.index, second?.index], [0, 1])
      assert.equal(first.attempt, 1)
      assert.equal(first.key, second?.key)
    })
  })
}
